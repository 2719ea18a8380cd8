"""`python -m tests.chaos [--seed N] [crash] [stopped] …`: break things on purpose; fail when a promise is not kept."""

import argparse
import importlib
import sys
from collections.abc import Sequence

#: Each is a module of this folder with `run(seed, short)`: lines to read, and whether what was promised holds.
TROUBLES: tuple[str, ...] = ("crash", "stopped", "redis", "failover", "destinations", "zoom")


def main(words: Sequence[str]) -> int:
    """Run what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("troubles", nargs="*", choices=[*TROUBLES, []], help="which of them; none: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="as `make test` runs them")
    asked = parser.parse_args(words)
    kept = True
    for name in asked.troubles or TROUBLES:
        lines, holds = importlib.import_module(f"tests.chaos.{name}").run(asked.seed, asked.short)
        print("\n".join(lines), flush=True)
        if not holds:
            print(f"{name}: not what was promised (seed {asked.seed})", file=sys.stderr)
        kept = kept and holds
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
