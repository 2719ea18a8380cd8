"""Rings move by minutes, however many at once, and a calm one is passed over as the long way would."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import breaches, judging, window
from rules.model import Ring, Sample, Span
from tests.rules.builders import MINUTE, a_row, a_rule

_MASKS = st.integers(0, (1 << window.WIDTH) - 1)
_RULES = (
    a_rule(),
    a_rule(id="burst", warning=None, critical="audio_input.avg_loss > 10%", clear=None, critical_for=Span(1, 1)),
    a_rule(id="wave", critical=None, clear=None, warning_for=Span(2, 4), clear_for=Span(2, 3)),
)
_ROWS = st.sampled_from([0, 3, 6, 14, "idle", "missing"]).map(lambda told: a_row(0, told))


@st.composite
def _rings(draw: st.DrawFn, *, calm: bool = False) -> Ring:
    """Any ring; a calm one has no bad minute and nothing that stood or ended."""
    seen = [draw(_MASKS) for _ in range(3)]
    if calm:
        return Ring(1, 0, 0, *seen, cut=draw(_MASKS))
    stood = draw(_MASKS)
    raised = draw(st.booleans())
    return Ring(1, draw(_MASKS), draw(_MASKS), *seen, 0 if raised else stood, stood if raised else 0, draw(_MASKS))


@settings(deadline=None)
@given(ring=_rings(), minutes=st.integers(1, window.WIDTH + 9), row=_ROWS, rule=st.sampled_from(_RULES))
def test_minutes_at_once_are_minutes_one_by_one(ring: Ring, minutes: int, row: Sample, rule: object) -> None:
    marks = [window.read(rule, row)]
    step = ring
    for _ in range(minutes - 1):
        step = window.moved(step, 1, 0, ())

    assert window.moved(ring, minutes, 0, marks) == window.moved(step, 1, 0, marks)


@settings(deadline=None)
@given(ring=_rings(calm=True), row=_ROWS, rule=st.sampled_from(_RULES))
def test_a_calm_ring_is_passed_over_as_the_long_way_would(ring: Ring, row: Sample, rule: object) -> None:
    ring = window.moved(ring, 1, 0, [window.read(rule, row)])
    short = judging.judged(None, ring, rule, MINUTE, MINUTE, [row], first=True)

    opened = breaches.judged(None, window.as_of(ring, 0), rule, MINUTE, [row])
    long = (opened, window.judged(ring, 0, opened.severity if opened else None, ended=False))

    assert short == long
    assert opened is None or not window.is_calm(ring), "only a bad minute breaks a rule"
