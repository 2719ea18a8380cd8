"""Zoom's JSON becomes samples; nothing in it can stop us."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import metrics
from rules.model import minute_of
from workers.zoom import payloads

MEDIA = {
    "bitrate": "27.15 kbps",
    "latency": "126 ms",
    "jitter": "6 ms",
    "avg_loss": "0.3%",
    "max_loss": "0.4%",
}
BLANK = dict.fromkeys(MEDIA, "")
PICTURE = {"resolution": "1280*720", "frame_rate": "12 fps"}


def a_row(date_time: Any = "2026-11-23T10:04:00Z", **streams: Any) -> dict[str, Any]:
    return {"date_time": date_time, **streams}


def the_sample(**streams: Any) -> Any:
    (sample,) = payloads.sight({"user_id": "16778240", "user_qos": [a_row(**streams)]}).samples
    return sample


def test_a_row_becomes_numbers_with_units_and_an_estimated_score() -> None:
    sample = the_sample(audio_input=MEDIA, video_output=MEDIA | PICTURE)

    assert sample.session == "16778240"
    assert sample.minute == minute_of(payloads.moment("2026-11-23T10:04:00Z"))
    assert sample.values["audio_input.bitrate"] == 27.15
    assert sample.values["video_output.resolution"] == 720
    assert sample.values["audio_input.mos"] == pytest.approx(4.307, abs=0.001)
    assert "video_output.mos" not in sample.values
    assert sample.blank == frozenset()


@pytest.mark.parametrize(
    ("stream", "block", "blank"),
    [
        pytest.param("audio_input", BLANK, True, id="every value empty: muted"),
        pytest.param("as_input", BLANK | {"resolution": "0*0", "frame_rate": ""}, True, id="no picture is 0*0"),
        pytest.param("as_input", MEDIA | {"resolution": "0*0", "frame_rate": ""}, False, id="sharing, size not told"),
        pytest.param("audio_input", {"bitrate": " ", "latency": None}, True, id="spaces and null are empty too"),
        pytest.param("audio_input", BLANK | {"bitrate": "0 kbps"}, False, id="zero is a figure, not nothing"),
        pytest.param("audio_input", BLANK | {"jitter": "much"}, False, id="unreadable is not nothing"),
        pytest.param("audio_input", {}, False, id="an empty block tells nothing, not even silence"),
        pytest.param("audio_input", None, False, id="null: the stream is missing"),
        pytest.param("audio_input", {"novel": ""}, False, id="only fields that we do not know"),
        pytest.param("cpu_usage", {"zoom_avg_cpu_usage": ""}, False, id="a machine has no silence"),
    ],
)
def test_a_stream_is_blank_when_all_that_zoom_says_of_it_is_empty(stream: str, block: Any, blank: bool) -> None:
    sample = the_sample(**{stream: block})

    assert sample.blank == ({stream} if blank else set())
    assert not any(name.startswith(stream) for name in sample.values if blank)


def test_a_glance_tells_minutes_and_reads_rows_when_they_are_wanted() -> None:
    rows = [a_row("2026-11-23T10:05:00Z", audio_input={"jitter": "?"}), a_row(audio_input=MEDIA), a_row("soon")]
    raw = {"user_id": "7", "user_qos": rows}

    seen = payloads.glance(raw)

    first = minute_of(payloads.moment("2026-11-23T10:04:00Z"))
    assert (seen.samples, seen.spoiled, seen.minutes) == ((), 1, (first, first + 1))
    assert seen.unread[1].read("8")[0].session == "8"
    assert payloads.read(seen) == payloads.sight(raw)
    assert payloads.sight(raw).spoiled == 2


def test_a_malformed_field_spoils_itself_only_and_is_counted() -> None:
    sight = payloads.sight(
        {
            "user_id": 7,
            "user_qos": [a_row(audio_input=MEDIA | {"jitter": "lots", "latency": ["9"]}, video_input="?")],
        }
    )

    (sample,) = sight.samples
    assert sight.spoiled == 3
    assert sample.values["audio_input.avg_loss"] == 0.3
    assert "audio_input.jitter" not in sample.values
    assert "audio_input.mos" not in sample.values, "a score needs all three of its parts"


def test_cpu_and_wifi_are_read_as_text_and_as_numbers() -> None:
    cpu = {"zoom_max_cpu_usage": "8%", "system_max_cpu_usage": "42 %"}

    sample = the_sample(cpu_usage=cpu, wifi_rssi={"avg_rssi": -69, "min_rssi": "-75", "rssi_unit": "dBm"})

    assert sample.values == {
        "cpu_usage.zoom_max_cpu_usage": 8,
        "cpu_usage.system_max_cpu_usage": 42,
        "wifi_rssi.avg_rssi": -69,
        "wifi_rssi.min_rssi": -75,
    }


def test_rows_come_out_in_the_order_of_their_minutes_and_repeats_stay() -> None:
    times = [
        "2026-11-23T10:06:59Z",
        "2026-11-23T10:04:00Z",
        "2026-11-23T10:06:00Z",
        "2026-11-23T13:05:30+03:00",
    ]
    rows = [a_row(at, audio_input={"jitter": f"{n} ms"}) for n, at in enumerate(times)]

    samples = payloads.sight({"user_id": "7", "user_qos": rows}).samples

    first = minute_of(payloads.moment("2026-11-23T10:04:00Z"))
    assert [(s.minute - first, s.values["audio_input.jitter"]) for s in samples] == [
        (0, 1),
        (1, 3),
        (2, 0),
        (2, 2),
    ]


@pytest.mark.parametrize("date_time", [None, "", "soon", "2026-11-23", 1764000000, "0001-01-01T00:00:00+14:00", {}])
def test_a_row_without_a_readable_moment_is_dropped_and_counted(date_time: Any) -> None:
    sight = payloads.sight({"user_id": "7", "user_qos": [a_row(date_time, audio_input=MEDIA), a_row()]})

    assert (len(sight.samples), sight.spoiled) == (1, 1)


def test_what_is_told_of_the_person_is_kept_where_it_is_not_empty() -> None:
    sight = payloads.sight(
        {
            "user_id": 16778240,
            "user_name": "Dr\nRao \ud800",
            "email": "",
            "participant_user_id": "",
            "id": "ZU1",
            "device": "Mac",
            "network_type": "Wifi",
            "location": "",
            "os": "macOS",
            "mac_addr": "00:11",
            "join_time": "2026-11-23T10:00:00Z",
            "leave_time": "",
            "leave_reason": "Network connection error.",
            "user_qos": [],
        }
    )

    assert (sight.session, sight.name, sight.zoom_user) == ("16778240", "Dr Rao ?", "ZU1")
    assert sight.facts == {"device": "Mac", "network_type": "Wifi", "os": "macOS"}
    assert sight.joined_at is not None
    assert sight.left_at is None
    assert sight.leave_reason == "Network connection error."


def test_the_caller_names_the_session_when_the_answer_does_not() -> None:
    assert payloads.sight({"user_qos": [a_row()]}, session="7").samples[0].session == "7"
    assert payloads.sight({"user_id": "9", "user_qos": []}, session="7").session == "9"


@pytest.mark.parametrize(
    ("told", "number"),
    [(97763643886, "97763643886"), ("977 6364 3886", "97763643886"), (None, ""), (True, "")],
)
def test_a_meeting_has_its_number_as_text_however_zoom_writes_it(told: Any, number: str) -> None:
    meeting = payloads.meeting(
        {
            "uuid": "/ajXp112QmuoKj4854875==",
            "id": told,
            "participants": 12,
            "start_time": "2026-11-23T10:00:00Z",
        }
    )

    assert (meeting.uuid, meeting.number, meeting.participants) == ("/ajXp112QmuoKj4854875==", number, 12)
    assert meeting.started_at is not None
    assert meeting.ended_at is None


A_JOIN = {
    "user_id": "16778240",
    "user_name": "Ana",
    "email": "ana@example.com",
    "id": "ZU1",
    "participant_user_id": "ZU2",
    "device": "Mac",
    "role": "host",
    "status": "in_meeting",
    "join_time": "2026-11-23T10:00:00Z",
}


def test_a_list_of_joins_tells_who_is_there_but_no_figures() -> None:
    left = {"leave_time": "2026-11-23T10:09:00Z", "leave_reason": "Network connection error."}

    here, gone = payloads.listing((A_JOIN | {"user_qos": [a_row()]}, A_JOIN | left | {"user_id": 7}))

    assert (here.session, here.name, here.email, here.zoom_user) == ("16778240", "Ana", "ana@example.com", "ZU2")
    assert (here.role, here.waiting, here.facts, here.samples) == ("host", False, {"device": "Mac"}, ())
    assert here.joined_at == payloads.moment("2026-11-23T10:00:00Z")
    assert here.left_at is None
    assert (gone.session, gone.left_at) == ("7", payloads.moment("2026-11-23T10:09:00Z"))
    assert gone.leave_reason == "Network connection error."


@pytest.mark.parametrize(
    ("told", "role", "waiting"),
    [
        pytest.param({"role": "panelist"}, "panelist", False, id="of a webinar"),
        pytest.param({"role": "Attendee", "status": "in_waiting_room"}, "attendee", True, id="waits"),
        pytest.param({"role": "king", "status": ["in_waiting_room"]}, "", False, id="nothing that we know"),
        pytest.param({"role": None, "status": ""}, "", False, id="not told"),
    ],
)
def test_a_join_has_a_role_and_may_wait(told: Any, role: str, waiting: bool) -> None:
    (sight,) = payloads.listing([A_JOIN | {"role": "", "status": ""} | told])

    assert (sight.role, sight.waiting) == (role, waiting)


def test_a_page_of_figures_is_read_person_by_person() -> None:
    page = [A_JOIN | {"user_qos": [a_row(audio_input=MEDIA)]}, {"user_name": "without an id"}, {"user_id": "8"}]

    ana, other = payloads.bulk({"participants": page})

    assert (payloads.read(ana), other.unread) == (payloads.sight(page[0]), ())
    assert payloads.read(ana).samples[0].session == "16778240"


def test_what_goes_on_is_told_with_its_hosts() -> None:
    rows = [{"uuid": "a==", "id": 9, "host": "Sam", "email": "sam@example.com"}, {"id": 10}, "odd"]

    (meeting,) = payloads.running(tuple(rows))

    assert (meeting.uuid, meeting.number, meeting.host_email) == ("a==", "9", "sam@example.com")
    assert payloads.running({"webinars": rows}) == payloads.running({"meetings": rows}) == (meeting,)


_KEYS = st.sampled_from(
    ["participants", "meetings", "webinars", "role", "status", "email", "leave_time"]
    + ["user_id", "user_name", "user_qos", "date_time", "join_time", "device", "uuid", "id", "participants"]
    + [name for metric in metrics.CATALOGUE.values() for name in (metric.stream, metric.field)]
) | st.text(max_size=5)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["", "5 ms", "1e999 ms", "0*0", "1280*720", "9" * 400 + "%", "2026-11-23T10:04:00Z", 10**400])
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=30,
)
_BLOCKS = st.dictionaries(_KEYS, _LEAVES, max_size=7)
_ROWS = st.fixed_dictionaries(
    {"date_time": st.just("2026-11-23T10:04:00Z") | _LEAVES},
    optional=dict.fromkeys((*metrics.STREAMS, "cpu_usage", "wifi_rssi"), _BLOCKS | _LEAVES),
)
_PEOPLE = st.fixed_dictionaries({"user_id": _LEAVES, "user_name": _LEAVES, "user_qos": st.lists(_ROWS, max_size=3)})


_LISTS = st.lists(_PEOPLE | _JSON, max_size=3)


@settings(max_examples=300, deadline=None)
@given(_JSON | _LISTS | _LISTS.map(tuple) | st.fixed_dictionaries({"participants": _LISTS, "meetings": _LISTS}))
def test_no_list_whatever_can_stop_the_reading(raw: Any) -> None:
    people = (*payloads.listing(raw), *payloads.bulk(raw))

    assert all(sight.session for sight in people)
    assert not any(sight.samples for sight in payloads.listing(raw))
    assert all(meeting.uuid for meeting in payloads.running(raw))
    json.dumps([[sight.session, sight.name, sight.email, sight.role] for sight in people], ensure_ascii=False).encode()


@settings(max_examples=300, deadline=None)
@given(_JSON | _PEOPLE)
def test_no_json_whatever_can_stop_the_reading(raw: Any) -> None:
    sight, meeting = payloads.sight(raw, session="7"), payloads.meeting(raw)

    for sample in sight.samples:
        assert set(sample.values) <= set(metrics.METRICS)
        assert not any(name.split(".")[0] in sample.blank for name in sample.values)
        assert all(abs(value) < float("inf") for value in sample.values.values())
    assert [s.minute for s in sight.samples] == sorted(s.minute for s in sight.samples)
    json.dumps([sight.name, sight.session, dict(sight.facts), meeting.uuid, meeting.topic], ensure_ascii=False).encode()
