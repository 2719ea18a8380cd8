"""Which severity is worse."""

from collections.abc import Iterable, Mapping

from rules.model import Severity

RANK: Mapping[Severity | None, int] = {None: 0, "warning": 1, "critical": 2}


def worst(severities: Iterable[Severity | None]) -> Severity | None:
    """The worst of them; None where there is none."""
    return max(severities, key=lambda severity: RANK[severity], default=None)
