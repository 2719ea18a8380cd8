"""`python -m tests.bench [bench …]`: measure, write docs/benchmarks.md, fail when a promise is not kept.

Without names: what `make bench` runs. A bench is a module with `section()`: its lines, and whether it holds.
"""

import os
import sys
import time
from importlib import import_module

from tests.bench import report

#: name → module, imported when it runs; in the order of the document
BENCHES = {
    "engine": "tests.bench.engine",
    "poll": "tests.bench.poll",
    "latency": "tests.bench.latency",
    "delivery": "tests.bench.delivery",
    "api": "tests.bench.api",
    "growth": "tests.bench.growth",
}
#: measured by themselves, with `make bench-budget`: simulated hours take minutes
BUDGET = {
    "budget": "tests.bench.budget",
    "day": "tests.bench.day",
    "qss": "tests.bench.qss",
}


def main(names: list[str]) -> int:
    """Measure what is named, or everything that `make bench` stands for; one that fails stops no other."""
    known = BENCHES | BUDGET
    if unknown := [name for name in names if name not in known]:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    report.head()
    begun, kept = time.monotonic(), True
    for name in names or BENCHES:
        kept = _measured(name, known[name]) and kept
    print(f"\nmeasured in {(time.monotonic() - begun) / 60:.1f} min; load now {os.getloadavg()[0]:.1f}", flush=True)
    return 0 if kept else 1


def _measured(name: str, module: str) -> bool:
    begun = time.monotonic()
    try:
        lines, holds = import_module(module).section()
    except Exception as error:
        print(f"{name}: could not be measured: {type(error).__name__}: {error}", file=sys.stderr)
        return False
    report.put(name, lines)
    print("\n".join(["", *lines]), flush=True)
    said = "holds" if holds else "NOT what was promised"
    print(f"{name}: {said} ({time.monotonic() - begun:.0f} s)", file=sys.stderr)
    return holds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
