"""docs/benchmarks.md: each bench writes its own section and leaves the others as they are."""

import re
from collections.abc import Sequence
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs/benchmarks.md"
_HEAD = """# Benchmarks

What these cost and take, on this machine and in this run; repeat it on yours. Absolute figures depend on the machine,
so each stands beside something that ran with it.

- `make bench` wrote what is said of speed and size. It takes less than ten minutes on two cores.
- `make bench-budget` wrote "The budget", "A day with too few calls" and "Pushed figures": what watching costs in calls
  to Zoom, and what it finds. It takes ten more.
"""


def head() -> None:
    """Begin the document, or write its head anew."""
    text = PATH.read_text() if PATH.exists() else ""
    _, mark, sections = text.partition("<!-- ")
    PATH.write_text(f"{_HEAD}\n{mark}{sections}" if mark else _HEAD)


def put(section: str, lines: Sequence[str]) -> None:
    """Replace a section, or add it at the end."""
    text = PATH.read_text()
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    whole = "\n".join([begin, *lines, end])
    if begin in text:
        text = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: whole, text, flags=re.DOTALL)
    else:
        text = f"{text.rstrip()}\n\n{whole}\n"
    PATH.write_text(text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in lines]


def percentile(numbers: Sequence[float], percent: int) -> float:
    """The nearest rank: a figure that was really measured."""
    ranked = sorted(numbers)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
