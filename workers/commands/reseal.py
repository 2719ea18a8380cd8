"""`qoswatch reseal`: bring every kept secret under the newest QOSWATCH_SECRET_KEY, so that the older ones can go."""

import argparse

from service.settings import Settings
from service.store import Seals, Store
from workers.reach import reached

_LINKS = "Links in messages of the last day are signed with the older key: they end when it goes."


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    help = "seal every secret with the newest key, so that the older can go"
    subparsers.add_parser("reseal", help=help, description=__doc__).set_defaults(func=run)


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Seal anew, and say what is left: 1 while an older key is still needed."""
    with reached(settings) as found:
        store = Store.connect(found)
        try:
            renewed, left = store.sealing.renew(), store.sealing.look()
        finally:
            store.close()
    print(_told(renewed, left, len(settings.secret_keys)))
    return 1 if left.older or left.lost else 0


def _told(renewed: int, left: Seals, keys: int) -> str:
    lines = [f"{renewed} sealed anew; {len(left.newest)} lie under the newest key."]
    if left.older:
        lines.append(f"Changed meanwhile by a process that does not know the newest key: {', '.join(left.older)}.")
        lines.append("Restart every process with both keys, then run this again.")
    if left.lost:
        lines.append(f"No key that was given opens {', '.join(left.lost)}: give the key, or set them anew.")
    if not left.older and not left.lost and keys > 1:
        lines.append("Nothing is left under an older key: take it out of QOSWATCH_SECRET_KEY, and restart. " + _LINKS)
    return "\n".join(lines)
