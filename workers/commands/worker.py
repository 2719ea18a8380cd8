"""`qoswatch worker`: one process that polls Zoom and one that delivers, kept alive."""

import argparse
from importlib import import_module

from service.settings import Settings
from workers.reach import ours, running
from workers.supervisor import Child, Supervisor, stopping

QUEUES = ("poll", "deliver")
_PATIENCE_S = 10.0  #: less than `up` grants us


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser(
        "worker", help="one process that polls Zoom and one that delivers", description=__doc__
    )
    parser.add_argument("--queue", choices=QUEUES, help="be the worker of one queue, without a supervisor")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Work until SIGTERM; what is in hand is finished."""
    settings = running(settings)
    if args.queue:
        code: int | None = import_module("workers.worker").run(settings, args.queue)
        return code or 0
    children = [Child(queue, ours("worker", "--queue", queue)) for queue in QUEUES]
    with stopping() as stop:
        return Supervisor(children, lambda name, line: print(line, flush=True), stop, _PATIENCE_S).run()
