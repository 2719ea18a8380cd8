"""`python -m tests.bench [budget] [day] [qss]`: measure, write docs/benchmarks.md, fail when a promise is not kept."""

import sys
from collections.abc import Callable

from tests.bench import budget, day, qss, report

BENCHES: dict[str, Callable[[], tuple[list[str], bool]]] = {
    "budget": budget.section,
    "day": day.section,
    "qss": qss.section,
}


def main(names: list[str]) -> int:
    """Measure what is named, or everything."""
    kept = True
    for name in names or BENCHES:
        lines, holds = BENCHES[name]()
        report.put(name, lines)
        print("\n".join(lines), flush=True)
        if not holds:
            print(f"{name}: not what was promised", file=sys.stderr)
        kept = kept and holds
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
