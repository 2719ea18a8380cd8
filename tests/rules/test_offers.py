"""What may be done about each kind of message: only what still makes sense."""

import pytest

from rules.offers import offered
from rules.shapes import KINDS
from tests.rules.alerts import an_alert, taken

ALERT = an_alert()
EVERY = ("Take it", "Snooze 15 min", "Not for this meeting", "False alarm", "Open")


def names(*given, **more):
    return tuple(name for name, _ in offered(*given, **more))


@pytest.mark.parametrize("kind", ["fire", "worse", "dropped", "escalated", "reopened", "reminder", "flapping", "also"])
def test_what_asks_for_somebody_offers_everything(kind):
    assert names(kind, ALERT) == EVERY
    assert names(kind, an_alert(taken=taken())) == EVERY[1:]
    assert names(kind, an_alert(state="closed")) == ()


@pytest.mark.parametrize("kind", ["taken", "snoozed", "resolved", "closed_bad", "better", "held", "resumed", "back"])
def test_what_asks_nothing_of_anybody_offers_nothing(kind):
    assert names(kind, ALERT) == ()


def test_what_was_given_back_can_be_taken():
    assert names("untaken", ALERT) == ("Take it", "Open")


def test_several_can_be_taken_together_while_something_is_bad():
    assert offered("storm", None) == (("Take all", "take"), ("Snooze 15 min", "snooze"), ("Open", "show"))
    assert offered("digest", None) == offered("storm", None)
    assert offered("digest", None, standing=False) == ()


def test_a_service_alert_has_no_meeting_and_no_false_alarm():
    assert names("blind", an_alert(subject="service.zoom")) == ("Take it", "Snooze 15 min", "Open")


def test_a_test_has_every_link():
    assert names("test", None) == EVERY


@pytest.mark.parametrize("kind", KINDS)
def test_no_chat_is_offered_more_than_it_shows(kind):
    assert len(offered(kind, ALERT)) <= 6
    assert {act for _, act in offered(kind, ALERT)} <= {"take", "snooze", "mute", "false_alarm", "show"}
