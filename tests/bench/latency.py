"""How long it takes from Zoom's answer to the POST that tells of it; from the row on, beside Prometheus."""

import os
from collections.abc import Sequence

from tests.bench import debian
from tests.bench.receiver import receiver
from tests.bench.report import percentile, table
from tests.bench.telling import Load, Measured, ours, theirs

LOADS = (
    Load("10 watched, in one meeting", 1, 10, minute_s=3, spread=2, minutes=2),
    Load("1,000 watched, in 20 meetings", 20, 50, minute_s=5, spread=20, minutes=4),
    Load("1,000, all of them bad in the same minute", 20, 50, minute_s=5, spread=1, minutes=1, chats=True),
    Load("5,000 watched, in 100 meetings", 100, 50, minute_s=15, spread=20, minutes=1),
)
PROMISED = 1  #: of them: p99 stays under a second, and the rows are told ahead of Prometheus and Alertmanager
PROMISED_S = 1.0


def section() -> tuple[list[str], bool]:
    """Measure; in words and figures, and whether everything came, in time, and ahead of theirs where they are."""
    with receiver() as target:
        found = [ours(load, target) for load in LOADS]
        rival = theirs(LOADS[PROMISED], target) if debian.has_both() else None
    mine = found[PROMISED]
    lines = [
        "## Latency",
        "",
        f"Real processes on {os.cpu_count()} cores: `qoswatch scheduler`, a poll and a deliver worker, Redis, a "
        "pretend Zoom and a receiver over loopback. The clock runs faster than life, by the length of a minute that "
        "the table names; each meeting is looked at once in such a minute. Everybody is watched by one rule of one "
        "minute. In each minute 5 % have a bad one (of the ten: half), and one webhook is told of each by itself; "
        "where all are bad at once, each meeting has a chat of its own, and one message there tells it. Counted from "
        "the moment at which Zoom has sent the first answer with the bad row, to the last byte of the POST at the "
        "receiver. Beside it, what a bare POST to the receiver took meanwhile.",
        "",
        *table(_HEAD, [_row(each) for each in found]),
        "",
        *_beside(mine, rival),
    ]
    return lines, _holds(found, mine, rival)


_HEAD = ("load", "a minute", "told", "p50", "p99", "of that until it is decided, p50", "a bare POST, p50", "p99")


def _row(each: Measured) -> Sequence[object]:
    told = f"{len(each.after_answer)} of {len(each.after_answer) + each.missing}"
    times = (each.after_answer, 50), (each.after_answer, 99), (each.decided, 50), (each.bare, 50), (each.bare, 99)
    return each.load.says, f"{each.load.minute_s:g} s", told, *(_ms(numbers, percent) for numbers, percent in times)


def _ms(numbers: Sequence[float], percent: int) -> str:
    return f"{percentile(numbers, percent) * 1000:,.0f} ms" if numbers else "–"


def _beside(mine: Measured, rival: Measured | None) -> list[str]:
    """From the row's appearance, which holds the wait for the next look or scrape."""
    if rival is None:
        return [debian.ABSENT]
    rows = [
        (f"qoswatch, {mine.load.says}", mine),
        (f"Prometheus {debian.version('prometheus')} + Alertmanager {debian.version('alertmanager')}", rival),
    ]
    every = f"{mine.load.minute_s:g} s"
    return [
        f"From the moment at which the row is there to the POST, at the same interval of {every}: qoswatch looks at "
        f"each meeting every {every}; Prometheus scrapes a page a meeting and evaluates a rule for each page "
        f"every {every} (`for` 0), Alertmanager has `group_by: ['...']`, `group_wait: 0s`, `group_interval: 1s`. The "
        "exporter gives one figure a person, ready made; the pretend Zoom gives all of Zoom's as texts. One after the "
        "other in the same run.",
        "",
        *table(("what", "told", "p50", "p99", "beside theirs, p50", "p99"), [_against(*row, rival) for row in rows]),
    ]


def _against(says: str, each: Measured, rival: Measured) -> Sequence[object]:
    ratios = (percentile(each.after_row, p) / percentile(rival.after_row, p) for p in (50, 99))
    told = f"{len(each.after_row)} of {len(each.after_row) + each.missing}"
    return says, told, _ms(each.after_row, 50), _ms(each.after_row, 99), *(f"**{ratio:.2f}**" for ratio in ratios)


def _holds(found: Sequence[Measured], mine: Measured, rival: Measured | None) -> bool:
    came = not any(each.missing for each in found)
    ahead = rival is None or all(percentile(mine.after_row, p) < percentile(rival.after_row, p) for p in (50, 99))
    return came and ahead and percentile(mine.after_answer, 99) < PROMISED_S
