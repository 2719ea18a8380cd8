"""What is only said once and is nobody's alert: roll-calls, hand-overs, silences, several of them in one message."""

from collections.abc import Sequence
from datetime import datetime

from rules.model import Note
from rules.shapes import TEST, Message
from rules.words import Clock, clean, cut

LIMIT = 300  #: of one sentence


def message(notes: Sequence[Note], tz: str, now: datetime) -> Message:
    """The notes of one conversation that a channel is owed, as one message: the oldest first."""
    clock = Clock(tz, now)
    first, *others = (cut(clean(note.sentence), LIMIT) for note in notes)
    return Message(
        notes[0].kind,
        None,
        "grey",
        first,
        first,
        clock.abbreviation,
        lines=tuple(("grey", sentence) for sentence in others),
        age=f"as of {clock.at(min(note.at for note in notes))}",
        test=all(note.sentence.startswith(TEST) for note in notes),
    )
