"""`qoswatch keys create | list | revoke`: who may use the API. There is no API for this."""

import argparse
from datetime import timedelta

from service.settings import Settings
from service.store import Store
from workers.errors import CommandError
from workers.reach import reached

SCOPES = ("read", "write", "admin")


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("keys", help="make, list and revoke API keys", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="create|list|revoke")
    create = deeds.add_parser("create", help="make a key and show it once")
    create.add_argument("--scope", choices=SCOPES, default="write", help="each holds the one before (default: write)")
    create.add_argument("--name", default="", help="whom or what it is for")
    create.add_argument("--days", type=int, help="how long it lives (default: until it is revoked)")
    deeds.add_parser("list", help="show the keys, not their secrets")
    deeds.add_parser("revoke", help="end a key at once").add_argument("id", help="as `keys list` shows it")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it on the Redis in use; our own server is started for it when nothing runs."""
    with reached(settings) as found:
        store = Store.connect(found)
        try:
            {"create": _create, "list": _list, "revoke": _revoke}[args.deed](args, store)
        finally:
            store.close()
    return 0


def _create(args: argparse.Namespace, store: Store) -> None:
    if args.days is not None and args.days < 1:
        raise CommandError("--days must be 1 or more")
    ends = store.clock.now() + timedelta(days=args.days) if args.days else None
    key_id, secret = store.keys_.create(args.scope, args.name or args.scope, ends)
    print(f"{secret}\n\nKey {key_id} may {args.scope}. It is shown this once: keep it now.")


def _list(_: argparse.Namespace, store: Store) -> None:
    keys = store.keys_.list()
    for key in keys:
        ends = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "until revoked"
        if key.revoked_at:
            ends = f"revoked {key.revoked_at:%Y-%m-%d %H:%M} UTC"
        elif key.expires_at and key.expires_at <= store.clock.now():
            ends = f"expired {key.expires_at:%Y-%m-%d %H:%M} UTC"
        used = f"used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
        print(f"{key.id:<14} {key.scope:<6} {ends:<28} {used:<26} {key.name}")
    if not keys:
        print("There are no keys yet: qoswatch keys create --scope admin")


def _revoke(args: argparse.Namespace, store: Store) -> None:
    if not store.keys_.revoke(args.id):
        raise CommandError(f"there is no key {args.id}: `qoswatch keys list` shows them")
    print(f"Key {args.id} is revoked: from now on it opens nothing.")
