"""`python -m simulator`: the pretend Zoom and the inbox, until somebody ends them."""

import argparse
import signal
import sys
from collections.abc import Sequence

from simulator.scenarios import SCENARIOS
from simulator.server import Simulator


def _wishes(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--zoom-port", type=int, default=8026, help="0: any free one")
    parser.add_argument("--inbox-port", type=int, default=8025, help="0: any free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per real second")
    parser.add_argument("--base", type=float, help="unix seconds at which both times agree (default: now)")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), action="append", default=[])
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Open both ports, put on what was asked for, and wait for the end."""
    wish = _wishes(argv)
    # Blocked before any thread starts, so that the end is waited for here and nowhere else.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    simulator = Simulator(
        seed=wish.seed,
        base=wish.base,
        speed=wish.speed,
        zoom_port=wish.zoom_port,
        inbox_port=wish.inbox_port,
        host=wish.host,
    )
    try:
        with simulator:
            for name in wish.scenario:
                simulator.play(name)
            print(f"zoom   {simulator.url}   (control: /sim/)", flush=True)
            print(f"inbox  {simulator.inbox_url}", flush=True)
            signal.sigwait(ends)
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
