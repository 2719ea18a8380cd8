"""feed_keep.lua: what was pushed is kept by the drainer that holds the stream, and by no other."""

from datetime import timedelta

import pytest

from rules.folding import Fed
from rules.model import Sample
from service.store import Store
from service.store.leases import Claim
from tests.service.store.builders import MINUTE, START, I

SOON, LATER = START + timedelta(seconds=10), START + timedelta(seconds=70)


@pytest.fixture
def claim(store: Store) -> Claim:
    taken = store.drains.take("0", 20)
    assert taken is not None
    return taken


def a_fed(seconds: float = 0, minute: int = 0) -> Fed:
    sample = Sample("7", MINUTE + minute, {"audio_input.avg_loss": 14.0}, frozenset({"video_input"}))
    at = START + timedelta(seconds=seconds)
    return Fed(at, done=MINUTE - 1, pieces={sample.minute: sample}, facts={"device": "Mac"}, spoiled=1)


def test_it_comes_back_as_it_was(store: Store, claim: Claim) -> None:
    assert store.feed.keep(claim, I, {"7": a_fed(), "8": Fed()}, SOON)
    assert store.feed.load(I) == {"7": a_fed(), "8": Fed()}
    assert store.feed.due_at() == SOON
    assert 0 < store.redis.ttl(f"qos:feed:{I}") <= 24 * 3600


def test_only_what_is_given_is_written(store: Store, claim: Claim) -> None:
    store.feed.keep(claim, I, {"7": a_fed(), "8": a_fed()}, SOON)
    store.feed.keep(claim, I, {"8": Fed()}, None)
    assert store.feed.load(I) == {"7": a_fed(), "8": Fed()}
    assert store.feed.due_at() is None


def test_a_drainer_whose_lease_went_to_another_writes_nothing(store: Store, claim: Claim) -> None:
    store.clock.advance(seconds=21)
    other = store.drains.take("0", 20)
    assert other is not None

    assert not store.feed.keep(claim, I, {"7": a_fed()}, SOON)
    assert store.feed.load(I) == {}
    assert store.feed.due_at() is None
    assert store.feed.keep(other, I, {"7": a_fed()}, SOON)


def test_more_of_it_never_puts_off_what_is_due(store: Store, claim: Claim) -> None:
    store.feed.keep(claim, I, {"7": a_fed()}, SOON)
    store.feed.keep(claim, I, {"8": a_fed()}, LATER, sooner=True)
    assert store.feed.due_at() == SOON
    store.feed.keep(claim, I, {"8": a_fed()}, None, sooner=True)
    assert store.feed.due_at() == SOON
    store.feed.keep(claim, I, {}, LATER)
    assert store.feed.due_at() == LATER


def test_meetings_are_due_oldest_first(store: Store, claim: Claim) -> None:
    for instance, moment in (("b", LATER), ("a", SOON), ("c", LATER + timedelta(hours=1))):
        store.feed.keep(claim, instance, {}, moment)
    assert store.feed.due(SOON - timedelta(seconds=1), 9) == []
    assert store.feed.due(LATER, 9) == ["a", "b"]
    assert store.feed.due(LATER, 1) == ["a"]


@pytest.mark.parametrize(
    ("sessions", "seconds", "fed"),
    [
        pytest.param(("7", "8"), 150, True, id="all-of-them"),
        pytest.param(("7", "8"), 151, False, id="one-is-silent"),
        pytest.param(("8",), 151, True, id="the-silent-one-is-not-asked-for"),
        pytest.param(("7", "9"), 10, False, id="one-was-never-heard-of"),
        pytest.param((), 10, False, id="nobody"),
    ],
)
def test_a_meeting_is_fed_while_all_who_are_watched_are(
    sessions: tuple[str, ...], seconds: float, fed: bool, store: Store, claim: Claim
) -> None:
    store.feed.keep(claim, I, {"7": a_fed(0), "8": a_fed(30)}, None)
    assert store.feed.fed(I, sessions, START + timedelta(seconds=seconds)) is fed
