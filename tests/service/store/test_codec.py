"""Blobs: what is written comes back the same; a newer codec is named, and nobody's data is in the message."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.gate import Gate
from rules.model import (
    AlertState,
    Breach,
    Channel,
    Entry,
    MeetingRecord,
    Peak,
    Ring,
    Rule,
    Seat,
    Session,
    Watch,
    WatchView,
    Who,
)  # fmt: skip
from service.store import StoreError
from service.store.codec import decode, encode
from tests.service.store.builders import MINUTE, START, a_channel, a_rule, a_view, a_watch, an_entry

BREACH = Breach("audio-sent", 2, "critical", MINUTE, MINUTE, "sent audio loses 14 %", "audio_input.avg_loss")
ALERT = AlertState(
    "al_1", 3, START, MINUTE, True, "critical",
    breaches=(replace(BREACH, peak=Peak(14.5, MINUTE), hold="idle", ending="fine"),),
    watches=(WatchView("w_1", None, ("slack-av",), ("audio-sent",)),),
)  # fmt: skip
SEAT = Seat(
    "i.7", "i", "Dr Rao ☎", ("rao",), {"device": "Mac"},
    (Session("7", MINUTE, MINUTE + 3, START, "left", ((MINUTE, 12), (MINUTE + 1, 4_000_000_000))),),
    {"audio-sent": Ring(2, (1 << 64) - 1, 5, 6, 7, 8)},
    MINUTE, START, START, START, None, START, ALERT,
)  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(SEAT, id="a seat with a full ring: 64 bits are no float"),
        pytest.param(MeetingRecord(START, "network", rounds=3), id="a meeting's record"),
        pytest.param(a_watch(labels={"room": "1"}, who=(Who("participant_id", "7"),)), id="a watch"),
        pytest.param(a_rule(critical="audio_input.avg_loss > 10%"), id="a rule"),
        pytest.param(a_channel(), id="a channel"),
        pytest.param(a_view(facts={"version": "6.1"}), id="an alert for readers"),
        pytest.param(an_entry(), id="a transition"),
        pytest.param(Gate(START, 3, START, START, "no_service"), id="a gate"),
    ],
)
def test_a_value_comes_back_the_same(value: object) -> None:
    blob = encode(value)
    assert blob[:1] == b"1"
    assert decode(type(value), blob) == value


@given(st.text(), st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_whatever_people_are_called_comes_back(name: str, at: datetime) -> None:
    seat = Seat("i.7", "i", name=name, first_seen_at=at)
    assert decode(Seat, encode(seat)) == seat


def test_moments_come_back_aware() -> None:
    assert decode(Seat, encode(SEAT)).first_seen_at.utcoffset() is not None


@pytest.mark.parametrize("kind", [Seat, Watch, Rule, Channel, Entry])
def test_a_newer_codec_is_named(kind: type) -> None:
    with pytest.raises(StoreError, match="written by a newer qoswatch"):
        decode(kind, b'2{"id": "x"}')


def test_a_blob_that_is_not_of_its_kind_tells_the_place_and_not_the_content() -> None:
    with pytest.raises(StoreError, match="stored channel can not be read") as caught:
        decode(Channel, b'1{"id": "c", "url": "https://secret", "created_at": "yesterday"}')
    assert "secret" not in str(caught.value)
    assert "created_at" in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_field_that_came_later_takes_its_default_and_one_from_the_future_is_passed_over() -> None:
    @dataclass(frozen=True)
    class Newer:
        a: int
        b: tuple[int, ...] = field(default=(1,))

    assert decode(Newer, b'1{"a": 1, "zz": 2}') == Newer(1, (1,))
