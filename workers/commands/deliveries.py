"""`qoswatch deliveries`: what was posted, what is owed, what was given up; and once more for one of them."""

import argparse
import json
from collections.abc import Sequence
from typing import Any, get_args
from zoneinfo import ZoneInfo

from rules.words import clean, cut
from service import log
from service.settings import Settings
from service.store import Delivery, Store
from service.store.deliveries import DeliveryState
from workers.errors import CommandError
from workers.reach import reached

_PAGE = 200
_LIMIT_MAX = 10_000
_ANSWER = 80  #: characters of what a destination said


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("deliveries", help="what was posted, is owed, was given up", description=__doc__)
    parser.add_argument("--state", choices=get_args(DeliveryState), help="only these")
    parser.add_argument("--channel", help="only those to this channel")
    parser.add_argument("--limit", type=int, default=20, help="the newest so many (default: 20)")
    parser.add_argument("--json", action="store_true", help="print them as JSON, with every attempt")
    deeds = parser.add_subparsers(dest="deed", metavar="redeliver")
    again = deeds.add_parser("redeliver", help="post one once more", description="Owes a delivery again, as the same.")
    again.add_argument("id", help="as `qoswatch deliveries` shows it")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it on the Redis in use; our own server is started for it when nothing runs."""
    if not 1 <= args.limit <= _LIMIT_MAX:
        raise CommandError(f"--limit is from 1 to {_LIMIT_MAX}")
    with reached(settings) as found:
        store = Store.connect(found)
        try:
            if args.deed == "redeliver":
                _redeliver(args.id, store)
            else:
                _list(args, store, settings)
        finally:
            store.close()
    return 0


def _list(args: argparse.Namespace, store: Store, settings: Settings) -> None:
    deliveries = _newest(store, args.state, args.channel, args.limit)
    if args.json:
        print(json.dumps([_as_json(each) for each in deliveries], indent=2))
        return
    zone = ZoneInfo(settings.qoswatch_tz)
    for each in deliveries:
        print(_line(each, zone))
    if not deliveries:
        print("There are no such deliveries." if args.state or args.channel else "Nothing was owed or posted yet.")
    elif any(each.state == "dead" for each in deliveries):
        print("Once more: qoswatch deliveries redeliver ID")


def _newest(store: Store, state: str | None, channel: str | None, limit: int) -> list[Delivery]:
    """So many, over as many pages as it takes: a filtered page may be short."""
    found: list[Delivery] = []
    cursor = None
    while True:
        page, cursor = store.lanes.deliveries(state=state, channel=channel, limit=_PAGE, cursor=cursor)
        found += page
        if cursor is None or len(found) >= limit:
            return found[:limit]


def _redeliver(id: str, store: Store) -> None:
    delivery = store.lanes.delivery(id)
    if delivery is None:
        raise CommandError(f"there is no delivery {clean(id)}: `qoswatch deliveries` shows them")
    if store.duty().kind(delivery.channel) is None:
        raise CommandError(f"channel {delivery.channel} is gone, so {id} has nowhere to go")
    if not store.lanes.redeliver(id):
        raise CommandError(_refusal(store.lanes.delivery(id) or delivery))
    print(f"Delivery {id} is owed to {delivery.channel} again, under the same id.")
    if reason := store.lanes.gate(delivery.channel).broken:
        print(f"But {delivery.channel} is broken ({_safe(reason)}): mend it first, PUT /v1/channels/{delivery.channel}")


def _refusal(delivery: Delivery) -> str:
    """Why it is not owed again."""
    match delivery.state:
        case "accepted":
            return f"{delivery.channel} has accepted {delivery.id} already: once more would tell it twice"
        case "owed" | "leased":
            return f"{delivery.id} is on its way to {delivery.channel} already"
        case "dead" if not delivery.attempts:
            return f"{delivery.id} was given up before it was posted: what it was to tell stood no longer"
        case "dead":
            return f"another post of the same conversation is on its way to {delivery.channel}: try again in a minute"


def _line(delivery: Delivery, zone: ZoneInfo) -> str:
    """One line: which, how it stands, to whom, when, and the last answer."""
    at = f"{delivery.updated_at.astimezone(zone):%Y-%m-%d %H:%M}"
    tries = len(delivery.attempts)
    told = f"{tries} tries" if tries != 1 else "1 try"
    return f"{delivery.id:<24}{delivery.state:<10}{delivery.channel:<20} {at}  {told:<9}{_last(delivery)}".rstrip()


def _last(delivery: Delivery) -> str:
    if not delivery.attempts:
        return ""
    last = delivery.attempts[-1]
    return f"{last.status or 'no answer'}: {cut(_safe(last.answer), _ANSWER)}"


def _safe(text: str) -> str:
    """Foreign text at a terminal: one line, no escapes, no secret."""
    return clean(log.redacted(text))


def _as_json(delivery: Delivery) -> dict[str, Any]:
    kept = {name: getattr(delivery, name) for name in ("id", "channel", "lane", "state", "alerts")}
    moments = {name: getattr(delivery, name).isoformat() for name in ("created_at", "updated_at")}
    return {**kept, **moments, "tries": len(delivery.attempts), "attempts": _attempts(delivery)}


def _attempts(delivery: Delivery) -> Sequence[dict[str, Any]]:
    return [
        {
            "at": each.at.isoformat(),
            "outcome": each.outcome,
            "status": each.status,
            "latency_ms": each.latency_ms,
            "answer": log.redacted(each.answer),
        }
        for each in delivery.attempts
    ]
