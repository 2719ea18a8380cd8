"""What there is to see: runs, the people in them, and what each of them sends; all of it by seed and clock."""

from collections.abc import Mapping, Sequence

from simulator.clock import MINUTE
from simulator.comings import Comings
from simulator.figures import SHORT, STREAMS, Change, Figure, blank, fields_of
from simulator.people import first_minute
from simulator.runs import Instance, Knobs

__all__ = ["Instance", "Knobs", "World"]


class World(Comings):
    """The runs, who is in each, and their figures. A meeting is named by its number or by a run's UUID."""

    def figures(
        self,
        meeting: str | int,
        user_id: str | int,
        stream: str,
        values: Mapping[str, Figure | Sequence[Figure]],
        *,
        start: float | None = None,
        minutes: int | None = None,
    ) -> None:
        """Set figures of a stream from this minute (or that of `start`) on, for good or for some minutes.

        `values` is like {"avg_loss": 14, "jitter": [5, 90, 120]}: a list is one value a minute.
        """
        _check(stream, values)
        with self.lock:
            begin = first_minute(start, self.clock.now())
            end = None if minutes is None else begin + minutes * MINUTE
            self.person(meeting, user_id).change(Change(stream, dict(values), begin, end))

    def mute(
        self,
        meeting: str | int,
        user_id: str | int,
        streams: Sequence[str] = ("audio_input",),
        *,
        start: float | None = None,
        minutes: int | None = None,
    ) -> None:
        """Nothing goes over these streams: their texts are empty."""
        for stream in streams:
            self.figures(meeting, user_id, stream, blank(stream), start=start, minutes=minutes)

    def fine(self, meeting: str | int, user_id: str | int, *, start: float | None = None) -> None:
        """From this minute on (or the one of `start`) all is ordinary again: unmuted, nothing asked for."""
        with self.lock:
            self.person(meeting, user_id).fine_from(first_minute(start, self.clock.now()))


def _check(stream: str, values: Mapping[str, object]) -> None:
    if stream not in STREAMS:
        raise ValueError(f"unknown stream {stream!r}: there are {', '.join(STREAMS)}")
    odd = {name for name in values if SHORT.get(name, name) not in fields_of(stream)}
    if odd:
        raise ValueError(f"{stream} has no {sorted(odd)}: it has {', '.join(fields_of(stream))}")
    if any(isinstance(value, list | tuple) and not value for value in values.values()):
        raise ValueError("a list of figures needs at least one")
