"""What is said once: each kind of note as one line, several of one conversation together."""

import pytest

from rules import notewords
from rules.model import Note
from tests.rules.alerts import ZONE, at


@pytest.mark.parametrize("kind", ["roll_call", "hand_over", "silence"])
def test_notes_of_one_conversation_are_one_message(kind):
    notes = [Note("nt_1", kind, "First said.", at("10:07")), Note("nt_2", kind, "Then\u202e\nthis.", at("10:06"))]

    made = notewords.message(notes, ZONE, at("10:08"))

    assert (made.kind, made.first, made.lines) == (kind, "First said.", (("grey", "Then this."),))
    assert (made.severity, made.tone, made.age) == (None, "grey", "as of 10:06")


def test_a_note_is_bounded():
    assert len(notewords.message([Note("nt_1", "silence", "x" * 999, at("10:07"))], ZONE, at("10:08")).first) == 300
