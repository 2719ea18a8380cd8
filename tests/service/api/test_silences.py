"""Silences over HTTP: made with an author, a reason and an end; previewed; ended by hand."""

from dataclasses import replace
from typing import Any

import pytest

from rules.model import Instance, Seat, Session
from tests.rules.alerts import a_breach, an_alert
from tests.service.api.rosters import NUMBER, UUID, listed, live
from tests.service.store.builders import a_change, a_plan, a_view, an_entry

PATH = "/v1/silences/lyon"
WISH = {
    "matchers": {"label": "site=Lyon"},
    "by": "Ana Ruiz",
    "comment": "core switch CHG0041",
    "ends_at": "2026-11-23T12:00:00+01:00",
}


def _wish(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**WISH, **changes}.items() if value is not ...}


@pytest.fixture(autouse=True)
def watch(call: Any, slack: str) -> str:
    body = {"meeting": NUMBER, "who": [{"everyone": True}], "rules": ["audio-sent", "video-sent"], "notify": [slack]}
    call("PUT", "/v1/watches/board", {**body, "labels": {"site": "Lyon"}})
    call("PUT", "/v1/watches/court", {**body, "rules": ["audio-sent"]})
    return "board"


def test_a_silence_is_kept_and_says_until_when(call: Any) -> None:
    answer = call("PUT", PATH, WISH, scope="write")
    assert (answer.status_code, answer.headers["Location"]) == (201, PATH)
    assert answer.json == {
        "id": "lyon",
        "revision": 1,
        "matchers": {"label": "site=Lyon"},
        "by": "Ana Ruiz",
        "comment": "core switch CHG0041",
        "starts_at": "2026-11-23T10:00:00Z",
        "ends_at": "2026-11-23T11:00:00Z",
        "weekly": [],
        "timezone": "Europe/Berlin",
        "created_at": "2026-11-23T10:00:00Z",
        "state": "on",
        "on_until": "2026-11-23T11:00:00Z",
        "next_at": None,
        "says": ("On until 12:00 CET: site Lyon (Ana Ruiz: core switch CHG0041). Alerts are recorded, not sent."),
        "warnings": [],
    }
    assert call("GET", PATH, scope="read").json == answer.json


@pytest.mark.parametrize(
    ("changes", "stands", "says"),
    [
        pytest.param({"starts_at": "2026-11-23T10:30:00Z"}, "pending", "On from 11:30 CET:", id="later"),
        pytest.param(
            {"weekly": ["sun 2:00-5:00"], "ends_at": ...}, "pending", "On from 29 Nov 02:00 CET:", id="weekly"
        ),
        pytest.param({"weekly": ["Mon 08:00-12:00"], "ends_at": ...}, "on", "On until 12:00 CET:", id="in-its-window"),
        pytest.param(
            {"weekly": ["Sun 02:00-05:00"], "ends_at": "2027-06-01T00:00:00Z"}, "pending", "On from", id="months"
        ),
    ],
)
def test_a_silence_says_how_it_stands(call: Any, changes: dict[str, Any], stands: str, says: str) -> None:
    answer = call("PUT", PATH, _wish(**changes)).json
    assert answer["state"] == stands
    assert answer["says"].startswith(says)
    assert answer["weekly"] in ([], ["Sun 02:00-05:00"], ["Mon 08:00-12:00"])


def test_one_that_is_over_says_since_when(call: Any, store: Any) -> None:
    call("PUT", PATH, WISH)
    store.clock.advance(hours=1)
    answer = call("GET", PATH).json
    assert (answer["state"], answer["on_until"], answer["next_at"]) == ("over", None, None)
    assert answer["says"].startswith("Over since 12:00 CET: site Lyon")


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        pytest.param({"matchers": {}}, "/matchers", "would silence everything", id="no-matcher"),
        pytest.param({"matchers": {"watc": "board"}}, "/matchers/watc", "did you mean 'watch'?", id="typo"),
        pytest.param({"matchers": {"person": "*"}}, "/matchers/person", "would be everybody", id="everybody"),
        pytest.param({"matchers": {"person": "a[b]"}}, "/matchers/person", "write '?'", id="brackets"),
        pytest.param({"matchers": {"person": "*a*b*c*d*e*"}}, "/matchers/person", "at most 5 times", id="stars"),
        pytest.param({"matchers": {"meeting": "12"}}, "/matchers/meeting", "9 to 11 digits", id="meeting"),
        pytest.param({"matchers": {"label": "lyon"}}, "/matchers/label", 'written as "site=Lyon"', id="label"),
        pytest.param({"matchers": {"severity": "info"}}, "/matchers/severity", "'critical'", id="severity"),
        pytest.param(
            {"matchers": {"seat": "service.zoom"}}, "/matchers/seat", "no silence covers service alerts", id="ours"
        ),
        pytest.param({"by": ...}, "/by", "who answers for this silence", id="no-author"),
        pytest.param({"by": ""}, "/by", "at least 1 character", id="blank-author"),
        pytest.param({"comment": ...}, "/comment", "why nobody is to be told", id="no-reason"),
        pytest.param({"ends_at": ...}, "/ends_at", "at most 7 days", id="no-end"),
        pytest.param({"ends_at": "2026-11-30T10:00:01Z"}, "/ends_at", "more than 7 days", id="too-long"),
        pytest.param({"ends_at": "2026-11-23T10:00:00Z"}, "/ends_at", "must be after its start", id="no-time"),
        pytest.param(
            {"starts_at": "2026-11-23T08:00:00Z", "ends_at": "2026-11-23T09:00:00Z"},
            "/ends_at",
            "is over already: it is 2026-11-23T10:00:00Z",
            id="in-the-past",
        ),
        pytest.param({"weekly": ["Sun"], "ends_at": ...}, "/weekly/0", '"Sun 02:00-05:00"', id="no-window"),
        pytest.param({"state": "on"}, "/state", "ours to say", id="read-only"),
        pytest.param({"says": "x"}, "/says", "ours to say", id="ours-to-say"),
    ],
)
def test_a_silence_that_can_not_be_is_refused_in_its_place(
    call: Any, store: Any, changes: dict[str, Any], at: str, words: str
) -> None:
    answer = call("PUT", PATH, _wish(**changes))
    assert (answer.status_code, [fault["pointer"] for fault in answer.json["errors"]]) == (422, [at])
    assert words in answer.json["errors"][0]["detail"]
    assert store.documents.silences.count() == 0


def test_seven_days_are_not_too_long(call: Any) -> None:
    assert call("PUT", PATH, _wish(ends_at="2026-11-30T10:00:00Z")).status_code == 201


def test_a_later_end_extends_it_from_its_own_start(call: Any, store: Any) -> None:
    call("PUT", PATH, WISH)
    store.documents.silences.change("lyon", lambda silence: replace(silence, announced=("on",)))
    store.clock.advance(minutes=30)
    answer = call("PUT", PATH, _wish(ends_at="2026-11-23T13:00:00Z"))
    assert (answer.status_code, answer.json["revision"]) == (200, 2)
    assert (answer.json["starts_at"], answer.json["on_until"]) == ("2026-11-23T10:00:00Z", "2026-11-23T13:00:00Z")
    assert store.documents.silences.get("lyon").announced == ("on",), "what was announced is not said again"


def test_one_that_is_over_begins_anew(call: Any, store: Any) -> None:
    call("PUT", PATH, WISH)
    store.clock.advance(hours=2)
    answer = call("PUT", PATH, _wish(ends_at="2026-11-23T13:00:00Z")).json
    assert (answer["starts_at"], answer["state"]) == ("2026-11-23T12:00:00Z", "on")


def test_a_silence_is_ended_by_hand(call: Any) -> None:
    call("PUT", PATH, WISH)
    assert call("DELETE", PATH, scope="write").status_code == 204
    assert call("GET", PATH).json["detail"] == "there is no silence 'lyon'"
    assert call("DELETE", PATH).status_code == 404


def test_post_makes_an_id_and_the_newest_is_listed_first(call: Any, store: Any) -> None:
    call("PUT", PATH, WISH)
    store.clock.advance(seconds=1)
    made = call("POST", "/v1/silences", WISH, scope="write").json["id"]
    assert made.startswith("si_")
    assert [silence["id"] for silence in call("GET", "/v1/silences").json["items"]] == [made, "lyon"]


def test_what_nothing_fits_is_said(call: Any) -> None:
    matchers = {"watch": "bord", "rule": "audio-sentt", "label": "site=Paris"}
    assert call("PUT", PATH, _wish(matchers=matchers)).json["warnings"] == [
        "There is no watch 'bord' now: did you mean 'board'?",
        "There is no rule 'audio-sentt' now: did you mean 'audio-sent'?",
        "No watch bears this label now.",
    ]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_silence_is_called_preview(call: Any, method: str) -> None:
    answer = call(method, "/v1/silences/preview", WISH if method == "PUT" else None)
    assert (answer.status_code, answer.json["detail"]) == (405, "this path answers POST")


# What it would catch


@pytest.fixture
def hall(store: Any) -> Instance:
    """Dr Rao and Dr Kline are in the meeting; Dr Rao's sent audio and video are bad."""
    run = live(store)
    listed(store, run, s7={"name": "Dr Rao"}, s8={"name": "Dr Kline", "email": "kline@example.org"})
    seats = [
        Seat(f"{run.id}.{session}", run.id, name, aliases, sessions=(Session(session, 1),))
        for session, name, aliases in (("7", "Dr Rao", ("rao@example.org",)), ("8", "Dr Kline", ()))
    ]
    _open(store, run, seats[0])
    store.seats.commit(run.id, [replace(a_plan(), subject=seats[1].id, seat=seats[1])])
    return run


def _open(store: Any, run: Instance, seat: Seat) -> None:
    views = tuple(view for watch in ("board", "court") for view in (replace(a_view().watches[0], id=watch),))
    breaches = (a_breach(), a_breach(rule="video-sent", severity="warning"), a_breach(rule="delay", state="over"))
    told = {"subject": seat.id, "instance": run.id, "meeting": run.number, "uuid": run.uuid, "watches": views}
    alert = an_alert(*breaches, **told)
    change = a_change(alert, an_entry())
    assert not store.seats.commit(run.id, [replace(a_plan(), subject=seat.id, seat=seat, alerts=(change,))])


@pytest.mark.parametrize(
    ("matchers", "caught", "people"),
    [
        pytest.param(
            {"label": "site=Lyon"},
            (["audio-sent", "video-sent"], ["board"], False),
            [("Dr Rao", ["board"]), ("Dr Kline", ["board"])],
            id="one-watch-of-two",
        ),
        pytest.param(
            {"meeting": UUID},
            (["audio-sent", "video-sent"], ["board", "court"], True),
            [("Dr Rao", ["board", "court"]), ("Dr Kline", ["board", "court"])],
            id="the-whole-meeting",
        ),
        pytest.param(
            {"rule": "video-sent"},
            (["video-sent"], ["board"], False),
            [("Dr Rao", ["board"]), ("Dr Kline", ["board"])],
            id="a-rule-that-one-watch-has",
        ),
        pytest.param(
            {"severity": "warning", "watch": "board"},
            (["video-sent"], ["board"], False),
            [("Dr Rao", ["board"]), ("Dr Kline", ["board"])],
            id="warnings-alone",
        ),
        pytest.param(
            {"person": "RAO@example.org", "watch": "court"},
            (["audio-sent"], ["court"], False),
            [("Dr Rao", ["court"])],
            id="by-an-address-that-the-seat-knows",
        ),
        pytest.param({"person": "kline@example.org", "watch": "court"}, None, [("Dr Kline", ["court"])], id="listed"),
        pytest.param({"rule": "delay"}, None, [], id="what-is-over-is-not-caught"),
        pytest.param({"meeting": "11122233344"}, None, [], id="another-meeting"),
    ],
)
def test_a_preview_shows_what_would_be_caught_now(
    call: Any,
    hall: Instance,
    matchers: dict[str, str],
    caught: tuple[list[str], list[str], bool] | None,
    people: list[tuple[str, list[str]]],
) -> None:
    answer = call("POST", "/v1/silences/preview", {"matchers": matchers}, scope="read").json
    alerts = [(alert["rules"], alert["watches"], alert["whole"]) for alert in answer["alerts"]]
    assert alerts == ([caught] if caught else [])
    assert [(person["name"], person["watches"]) for person in answer["people"]] == people
    of_alerts = f"{len(alerts)} of 1 open alert, "
    assert answer["says"] == (
        f"Would silence {of_alerts}and news of {len(people)} of 2 people watched now. Service alerts still come."
    )


def test_a_preview_takes_the_whole_silence_and_keeps_nothing(call: Any, hall: Instance, store: Any) -> None:
    answer = call("POST", "/v1/silences/preview", _wish(matchers={"seat": f"{hall.id}.7"}))
    assert [(alert["id"], alert["who"]) for alert in answer.json["alerts"]] == [("al_7f3c", "Dr Rao")]
    assert [(person["name"], person["participant_id"]) for person in answer.json["people"]] == [("Dr Rao", "7")]
    assert store.documents.silences.count() == 0


def test_a_preview_never_shows_trouble_of_our_own(call: Any, store: Any) -> None:
    ours = an_alert(a_breach(), id="al_own", subject="service.zoom", instance="service", watches=a_view().watches)
    plan = replace(a_plan(), subject="service.zoom", seat=Seat("service.zoom", "service"))
    store.seats.commit("service", [replace(plan, alerts=(a_change(ours, an_entry()),))])
    answer = call("POST", "/v1/silences/preview", {"matchers": {"severity": "critical"}}).json
    assert (answer["alerts"], answer["people"]) == ([], [])
    assert answer["says"].startswith("Would silence 0 of 0 open alerts, and news of 0 of 0 people")
