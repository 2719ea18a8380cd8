"""`qoswatch plan`: what a load costs in Zoom calls, how often it can be looked at, and what would fit."""

import argparse
import dataclasses
import json
from typing import Any

from rules import budgeting
from rules.budgeting import Allowed, Described, Outlook
from service.settings import Settings
from service.store.plans import PLANS, Plan, plan_of


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "plan",
        help="what a load costs in Zoom calls, and whether it fits",
        description=f"{__doc__} Asks nobody and needs no server.",
    )
    parser.add_argument("--meetings", type=_whole, required=True, metavar="N", help="meetings at once")
    parser.add_argument("--size", type=_whole, required=True, metavar="N", help="people in each meeting")
    parser.add_argument("--watched", type=_whole, required=True, metavar="N", help="people watched in each meeting")
    parser.add_argument("--hours", type=_hours, required=True, metavar="H", help="hours of a day")
    parser.add_argument("--plan", choices=tuple(PLANS), help="default: by the settings")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Count, print; 1 when it does not fit."""
    load = Described(args.meetings, args.size, min(args.watched, args.size), args.hours)
    plan, period_s = _plan(args.plan, settings), settings.qoswatch_poll_seconds
    allowed = Allowed(plan.a_day, plan.reserve, plan.heavy.per_s)
    told = budgeting.outlook(load, allowed, period_s=period_s)
    says = budgeting.sentence(load, told, period_s)
    print(json.dumps(_as_json(told, plan, says), indent=2) if args.json else says)
    return 0 if told.fits else 1


def _plan(name: str | None, settings: Settings) -> Plan:
    """The plan that was named; else ours, with what the settings say of it."""
    if name:
        return PLANS[name]
    return plan_of(
        settings.zoom_plan,
        heavy_per_s=settings.zoom_heavy_per_second,
        intensive_per_min=settings.zoom_intensive_per_minute,
        a_day=settings.zoom_calls_per_day,
    )


def _as_json(told: Outlook, plan: Plan, says: str) -> dict[str, Any]:
    """As POST /v1/budget/plan answers."""
    return {
        "calls_a_minute": round(told.calls_a_minute, 1),
        "calls_a_day": told.calls_a_day,
        "discovery_calls_a_day": told.discovery_a_day,
        "a_day": plan.a_day,
        "fits": told.fits,
        "interval_s": told.interval_s,
        "delays": [{**dataclasses.asdict(each), "span": str(each.span)} for each in told.delays],
        "would_fit": {"watched": told.most_watched, "meetings": told.most_meetings},
        "says": says,
    }


def _whole(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 100000")
    return number


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 24:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 24")
    return hours
