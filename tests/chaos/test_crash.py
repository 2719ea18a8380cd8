"""The crash matrix in small: each process killed at each of its points, once."""

from tests.chaos import crash


def test_nothing_is_lost_wherever_a_process_is_killed() -> None:
    lines, holds = crash.run(seed=1, short=True)

    assert holds, "\n".join(lines)
