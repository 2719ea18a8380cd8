"""Whether webhooks come: what none told is a silence only while none comes at all."""

from datetime import timedelta

from service.store import Store
from tests.service.store.builders import START


def later(seconds: float) -> object:
    return START + timedelta(seconds=seconds)


def test_who_was_never_heard_misses_nothing(store: Store) -> None:
    store.intake.miss(later(60))
    assert store.intake.missed_at() is None


def test_the_first_thing_that_nobody_told_is_when_the_silence_began(store: Store) -> None:
    store.intake.add(b"x")
    store.intake.miss(later(60))
    store.intake.miss(later(120))
    assert store.intake.missed_at() == later(60)


def test_what_lies_before_the_last_webhook_is_no_silence(store: Store) -> None:
    store.intake.add(b"x")
    for seconds in (-60, 10):  # the second is on its way, by a clock that is not ours
        store.intake.miss(later(seconds))
    assert store.intake.missed_at() is None


def test_the_next_webhook_ends_it_and_the_next_silence_begins_anew(store: Store) -> None:
    store.intake.add(b"x")
    store.intake.miss(later(60))
    store.clock.advance(seconds=300)
    store.intake.add(b"x")
    assert store.intake.missed_at() is None

    store.intake.miss(later(400))
    assert store.intake.missed_at() == later(400)
