"""The crash matrix in small: each process killed at each of its points, once."""

from tests.chaos import crash
from tests.chaos.crew import POINTS


def test_nothing_is_lost_wherever_a_process_is_killed() -> None:
    lines, holds = crash.run(seed=1, short=True)

    told = "\n".join(lines)
    assert holds, told
    assert [point for points in POINTS.values() for point in points if f"{point} 0" in told] == [], told
