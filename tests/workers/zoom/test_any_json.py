"""Whatever Zoom answers or pushes, and whoever pretends to be Zoom: it is read, or it is one of our errors."""

import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules import hearing, intake, roster
from rules.hearing import KINDS, Event
from rules.model import Roster
from service.store import Taken
from tests.fuzzing import JSON, each_spoilt, mutated, tries
from workers.zoom import answers, attendance, events, http, limits, paging, payloads, quota, report, urls
from workers.zoom.answers import Answer
from workers.zoom.errors import ZoomError
from workers.zoom.token import granted

NOW = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
MEDIA = {"bitrate": "27 kbps", "latency": "40 ms", "jitter": "5 ms", "avg_loss": "14%", "max_loss": "20%"}
PICTURE = MEDIA | {"resolution": "1280*720", "frame_rate": "12 fps"}
PERSON = {
    "user_id": "16778240", "id": "zu_1", "participant_user_id": "zu_1", "user_name": "Dr Rao", "email": "r@hosp.org",
    "device": "Mac", "ip_address": "10.0.0.1", "location": "Berlin", "network_type": "Wifi", "role": "attendee",
    "join_time": "2026-11-23T10:00:20Z", "leave_time": "2026-11-23T10:04:20Z", "leave_reason": "Reason: Network",
    "status": "in_meeting", "participant_uuid": "U-1",
    "user_qos": [
        {"date_time": "2026-11-23T10:04:00Z", "audio_input": MEDIA, "video_output": PICTURE, "as_input": {},
         "cpu_usage": {"zoom_avg_cpu_usage": "4%"}, "wifi_rssi": {"avg_rssi": -69}},
        {"date_time": "2026-11-23T10:03:00Z", "audio_input": dict.fromkeys(MEDIA, "")},
    ],
}  # fmt: skip
MEETING = {
    "uuid": "aDYlohsHRtCd4ii1uC2+hA==", "id": 97763643886, "topic": "Board", "host": "Ana", "email": "a@b.c",
    "start_time": "2026-11-23T09:30:00Z", "end_time": "", "participants": 4, "audio_quality": "good",
}  # fmt: skip
PAGE = {"next_page_token": "t", "page_size": 30, "participants": [PERSON, PERSON], "meetings": [MEETING]}
QOS = [{"date_time": "2026-11-23T10:04:00Z", "type": "audio_input", "details": MEDIA}]
PUSHED = [
    {
        "event": name,
        "event_ts": 1_795_428_240_000,
        "payload": {
            "account_id": "a",
            "object": MEETING | {"host_id": "zu_9", "participant": PERSON | {"qos": QOS, "data": [PERSON]}},
        },
    }
    for name in KINDS
]
REFUSED = {"code": 4711, "message": "Invalid access token, does not contain scopes:[a, b].", "errors": []}
TOKEN = {"access_token": "x" * 40, "expires_in": 3599, "token_type": "bearer", "reason": "no", "error": "invalid"}
QUESTION = urls.participants("97763643886", "live")
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "X-RateLimit-Type", "X-RateLimit-Remaining", "X-RateLimit-Limit"]),
    st.text(max_size=30) | st.sampled_from(["1e999", "nan", "-1", "9" * 30, "Wed, 21 Oct 2026 07:28:00 GMT"])
    | st.sampled_from(["2026-10-21T00:00:00Z", "0001-01-01T00:00:00+14:00", "Wed, 31 Dec 9999 23:59:59 -1200"]),
)  # fmt: skip


def as_sent(told: Any) -> bytes:
    return json.dumps(told).encode()


def is_kept_and_shown(raw: Any) -> None:
    seen = [payloads.sight(raw, session="1"), *payloads.bulk(raw), *payloads.listing(raw)]
    met = [payloads.meeting(raw), *payloads.running(raw)]
    for sight in seen:
        assert sight.name == sight.name.encode().decode()
        assert all(len(value) <= 256 for value in (sight.session, sight.name, sight.email, *sight.facts.values()))
        for sample in sight.samples:
            assert all(value == value and abs(value) < 1e309 for value in sample.values.values())
        intake.taken(intake.joined("1", NOW), sight.samples, NOW)
        assert report.text(sight, meeting="1", zone=UTC, now=NOW)
    assert attendance.text(seen, meeting="1", zone=UTC, past=False)
    assert all(len(meeting.topic) <= 256 for meeting in met)


@tries(100)
@given(st.sampled_from([PERSON, MEETING, PAGE]).flatmap(mutated) | JSON)
def test_any_json_becomes_people_meetings_and_figures_that_we_can_keep_and_show(raw: Any) -> None:
    is_kept_and_shown(raw)


@pytest.mark.parametrize("real", [PERSON, MEETING], ids=["a-person", "a-meeting"])
def test_no_single_odd_value_of_an_answer_stops_us(real: Any) -> None:
    for raw in each_spoilt(real):
        is_kept_and_shown(raw)


def is_heard(body: bytes) -> None:
    found = events.event(body, NOW)
    if isinstance(found, Event):
        told = hearing.told(Roster(), [found, found], "3f9a0c11d2e4", NOW)
        for listed in told.people.values():
            assert hearing.look_at(listed, NOW)
        assert roster.meant([], told.people) == frozenset()


@tries(100)
@given(st.sampled_from(PUSHED).flatmap(mutated).map(as_sent) | JSON.map(as_sent) | st.binary(max_size=80))
@example(as_sent({**PUSHED[0], "event_ts": 10**400 // 7}))
@example(b"[" * 100_000)
def test_any_webhook_is_an_event_or_unreadable_and_changes_who_is_there(body: bytes) -> None:
    is_heard(body)


@pytest.mark.parametrize("kind", sorted(set(KINDS.values())))
def test_no_single_odd_value_of_a_webhook_stops_us(kind: str) -> None:
    real = next(each for each in PUSHED if KINDS[each["event"]] == kind)
    for told in each_spoilt(real):
        is_heard(as_sent(told))


@pytest.mark.parametrize("odd", [[], {}, [["audio_input"]], 5, None, "\ud800"], ids=repr)
def test_a_figure_of_a_type_that_is_none_is_left_out(odd: Any) -> None:
    qos = [{"date_time": "2026-11-23T10:04:00Z", "type": odd, "details": MEDIA}, *QOS]
    pushed = next(each for each in PUSHED if KINDS[each["event"]] == "figures")
    thing = pushed["payload"]["object"]
    body = {**pushed, "payload": {"object": {**thing, "participant": PERSON | {"qos": qos}}}}
    found = events.event(as_sent(body), NOW)
    assert isinstance(found, Event)
    assert found.person
    assert [sorted(sample.values)[0] for sample in found.person.samples] == ["audio_input.avg_loss"] * 1


@tries(120)
@given(
    st.sampled_from([PAGE, REFUSED]).flatmap(mutated).map(as_sent) | st.binary(max_size=40),
    st.sampled_from([200, 204, 301, 400, 401, 404, 429, 500, 503]),
    HEADERS,
    st.sampled_from([1.0, 12.0, 1e-9, 1e9]),
)
def test_any_answer_is_read_or_one_error_that_says_what_to_do(
    body: bytes, status: int, headers: dict[str, str], speed: float
) -> None:
    clock = limits.Clock(NOW, speed)
    quota.left_today(headers)
    try:
        assert isinstance(answers.read(QUESTION, Answer(status, headers, body), clock), dict)
    except ZoomError as error:
        said = error
    else:
        return
    assert said.words
    if said.retry_after_s is not None:
        assert 0 <= said.retry_after_s < math.inf
        if said.kind in ("rate", "daily"):
            assert clock.after(said.retry_after_s)  # a moment that there is: the budget is told of it


@tries(80)
@given(mutated(TOKEN).map(as_sent) | st.binary(max_size=40), st.sampled_from([200, 400, 401, 429, 500]))
def test_any_answer_to_our_asking_for_a_token_is_a_token_or_an_error(body: bytes, status: int) -> None:
    with suppress(ZoomError):
        token, life_s = granted(Answer(status, {}, body))
        assert token.isascii()
        assert NOW + timedelta(seconds=life_s)


@tries(80)
@given(st.lists(mutated(PAGE) | st.just(PAGE), max_size=5), st.sampled_from(["user_id", "id", "uuid"]))
def test_any_pages_are_a_list_that_ends(told: list[Any], key: str) -> None:
    left = iter(told)

    def ask(_: Any) -> Any:
        found = next(left, {})
        return found if isinstance(found, dict) else {}

    with suppress(ZoomError):
        assert len(paging.whole(ask, QUESTION, key)) <= 10


@tries(100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_uuid_is_one_step_of_a_path(uuid: str) -> None:
    assert "/" not in urls.encoded(uuid)
    assert urls.encoded(uuid).isascii()


@pytest.fixture
def answered(zoom: Any, call: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Callable[[], object], Answer]]:
    """Each call of the client, and what the pretend Zoom really answered to it."""
    calls: dict[str, Callable[[], object]] = {
        "meeting": lambda: zoom.meeting(call.uuid),
        "live": zoom.live,
        "participants": lambda: zoom.participants(call.uuid),
        "pages": lambda: list(zoom.qos_pages(call.uuid)),
        "person": lambda: payloads.sight(zoom.participant_qos(call.uuid, call.person)),
    }
    heard: list[Answer] = []
    exchange = http.exchange

    def listening(*words: Any, **named: Any) -> Answer:
        heard.append(exchange(*words, **named))
        return heard[-1]

    monkeypatch.setattr(http, "exchange", listening)
    found = {}
    for name, ask in calls.items():
        ask()
        found[name] = (ask, heard[-1])
    monkeypatch.setattr(zoom._store.budget, "take", lambda *_: Taken(True, 0, 9))
    return found


@pytest.mark.parametrize("name", ["meeting", "live", "participants", "pages", "person"])
def test_no_odd_value_in_what_zoom_really_answers_is_more_than_a_zoom_error(
    answered: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, real = answered[name]
    for told in each_spoilt(json.loads(real.body)):
        monkeypatch.setattr(http, "exchange", lambda *_, told=told, **__: replace(real, body=as_sent(told)))
        with suppress(ZoomError):
            ask()
