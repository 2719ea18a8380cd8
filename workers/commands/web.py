"""`qoswatch web`: the API over HTTP."""

import argparse

from service.settings import Settings
from workers import web
from workers.reach import running


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Put the command into the command line."""
    parser = subparsers.add_parser("web", help="the API", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: every one)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM."""
    return web.run(running(settings), args.host)
