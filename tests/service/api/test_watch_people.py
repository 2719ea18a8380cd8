"""A watch and the people in it: what is known of each, from their first row to the end of the run."""

from dataclasses import replace
from typing import Any

import pytest

from rules.model import Instance, Plan, Sample, Seat, Session, minute_of
from service.store import keys
from tests.service.api.rosters import listed, live

WISH = {"meeting": "977 6364 3886", "who": [{"participant_id": "16778240"}], "notify": ["slack-av"]}
UUID = "4444AAAiAAAAAiAiAiiAii=="


def _wish(**changes: Any) -> dict[str, Any]:
    return {**WISH, **changes}


def _live(store: Any, **seat: Any) -> str:
    """A run of the meeting in which 16778240 was seen; answers the instance."""
    now = store.clock.now()
    run = Instance(keys.instance_id(UUID), UUID, "97763643886", "Spring Town Hall", started_at=now)
    store.instances.put(run)
    sessions = (seat.pop("session", Session("16778240", minute_of(now) - 5)),)
    made = Seat(f"{run.id}.16778240", run.id, "Dr Rao", sessions=sessions, row_at=now)
    row = Sample("16778240", minute_of(now) - 1, {"audio_input.avg_loss": 14.0}, frozenset({"as_input"}))
    store.seats.commit(run.id, [Plan(made.id, "", replace(made, **seat), samples=(row,))])
    return run.id


def test_a_live_watch_shows_each_person(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"participant_id": "16778240"}, {"participant_id": "9"}]))
    store.documents.bind("board", _live(store))
    answer = call("GET", "/v1/watches/board").json
    assert (answer["state"], answer["says"]) == (
        "live",
        "Watching 2 people in Spring Town Hall; tells slack-av.",
    )
    assert [person["state"] for person in answer["people"]] == ["watching", "not_here"]
    assert answer["people"][0]["name"] == "Dr Rao"
    assert call("GET", "/v1/watches").json["items"][0]["state"] == "live"


@pytest.mark.parametrize(
    ("passed", "seat", "state", "words"),
    [
        pytest.param({"minutes": 6}, {}, "no_figures", "Zoom gives no figures", id="rows-stopped"),
        pytest.param({}, {"row_at": None}, "no_figures", "Zoom gives no figures", id="never-a-row"),
        pytest.param({}, {"away": True}, "not_here", "is not in the meeting", id="away"),
        pytest.param({}, {"left": "Network connection error."}, "left", "(Network connection error.)", id="left"),
    ],
)
def test_a_person_who_gives_no_figures_has_a_word_for_it(
    call: Any, slack: str, store: Any, passed: dict[str, int], seat: dict[str, Any], state: str, words: str
) -> None:
    now = store.clock.now()
    if seat.pop("away", False):
        seat["away_at"] = now
    if reason := seat.pop("left", ""):
        seat["session"] = Session("16778240", 1, left_at=now, leave_reason=reason)
    call("PUT", "/v1/watches/board", WISH)
    store.documents.bind("board", _live(store, **seat))
    store.clock.advance(**passed)
    person = call("GET", "/v1/watches/board").json["people"][0]
    assert person["state"] == state
    assert words in person["says"]


def test_the_samples_of_a_watch_are_read_newest_first(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", WISH)
    assert call("GET", "/v1/watches/board/samples").json == {"items": [], "next_cursor": None}
    store.documents.bind("board", _live(store))
    row = call("GET", "/v1/watches/board/samples?limit=5&participant_id=16778240").json["items"][0]
    assert row["at"] == "2026-11-23T09:59:00Z"
    assert row["values"]["audio_input.avg_loss"] == 14.0
    assert row["blank"] == ["as_input"]
    assert call("GET", "/v1/watches/board/samples?participant_id=9").json["items"] == []


def test_a_watch_is_over_with_its_run(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", WISH)
    run = _live(store)
    store.documents.bind("board", run)
    store.instances.end(run, store.clock.now())
    assert call("GET", "/v1/watches/board").json["state"] == "over"


def test_other_people_in_a_watch_end_its_bond_to_a_run(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", WISH)
    store.documents.bind("board", _live(store))
    assert call("PUT", "/v1/watches/board", _wish(labels={"a": "b"})).json["bound"]
    assert call("PUT", "/v1/watches/board", _wish(who=[{"participant_id": "7"}])).json["bound"] is None


def test_a_window_that_ended_unseen_is_over_and_a_soft_one_lasts(call: Any, slack: str, store: Any) -> None:
    window = {"starts_at": "2026-11-23T09:00:00Z", "ends_at": "2026-11-23T10:30:00Z"}
    for name, hard in (("soft", False), ("hard", True), ("unseen", False)):
        call("PUT", f"/v1/watches/{name}", _wish(**window, hard_stop=hard))
    run = _live(store)
    store.documents.bind("soft", run)
    store.documents.bind("hard", run)
    store.clock.advance(hours=1)
    states = {name: call("GET", f"/v1/watches/{name}").json["state"] for name in ("soft", "hard", "unseen")}
    assert states == {"soft": "live", "hard": "over", "unseen": "over"}


def test_a_run_named_by_uuid_is_live_once_it_has_begun(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(meeting=UUID))
    assert call("GET", "/v1/watches/board").json["state"] == "waiting"
    _live(store)
    assert call("GET", "/v1/watches/board").json["state"] == "live"


def _people(call: Any) -> list[tuple[Any, ...]]:
    told = call("GET", "/v1/watches/board").json["people"]
    return [(person["name"], person["participant_id"], person["state"], person["ambiguous"]) for person in told]


def test_people_are_found_by_name_address_and_role_and_each_is_shown(call: Any, slack: str, store: Any) -> None:
    who = [{"name": "*kline*"}, {"email": "rao@example.org"}, {"role": "host"}, {"name": "Nobody"}]
    call("PUT", "/v1/watches/board", _wish(who=who))
    listed(
        store,
        live(store),
        s1={"name": "Ann Kline"},
        s2={"name": "Ben Kline-Ito"},
        s3={"name": "R.", "email": "Rao@Example.org"},
        s4={"name": "Sam", "role": "host", "left_at": store.clock.now(), "leave_reason": "left the meeting"},
        s5={"name": "Somebody else"},
    )
    assert _people(call) == [
        ("Ann Kline", "1", "watching", True),
        ("Ben Kline-Ito", "2", "watching", True),
        ("R.", "3", "watching", False),
        ("Sam", "4", "left", False),
        (None, None, "not_here", False),
    ]
    answer = call("GET", "/v1/watches/board").json
    assert (answer["state"], answer["bound"]) == ("live", None)
    assert answer["says"] == "Watching 3 people and the hosts in Spring Town Hall; tells slack-av."


def test_names_that_zoom_hides_are_said_to_be_hidden(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "*Kline*"}]))
    listed(store, live(store), s1={}, s2={})
    assert _people(call) == [(None, None, "hidden", False)]


def test_a_watch_of_names_says_how_to_claim_whom_it_does_not_find(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "*Kline*"}]))
    listed(store, live(store), s1={"name": "M. K."})
    says = call("GET", "/v1/watches/board").json["says"]
    assert says.startswith("Spring Town Hall is on, but nobody watched was seen in it yet")
    assert says.endswith("POST /v1/watches/board/bind.")


def test_a_watch_of_names_waits_for_the_next_run_and_finds_them_there(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "Dr Rao"}]))
    first = live(store)
    listed(store, first, s1={"name": "Dr Rao"})
    store.instances.end(first.id, store.clock.now())
    assert call("GET", "/v1/watches/board").json["state"] == "waiting"
    listed(store, live(store, uuid="5555AAAiAAAAAiAiAiiAii=="), s9={"name": "Dr Rao"})
    assert _people(call) == [("Dr Rao", "9", "watching", False)]


def test_a_watch_of_names_is_over_with_its_window(call: Any, slack: str, store: Any) -> None:
    window = {"ends_at": "2026-11-23T10:30:00Z"}
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "Dr Rao"}], **window))
    run = live(store)
    store.clock.advance(hours=1)
    assert call("GET", "/v1/watches/board").json["state"] == "live"  # soft: to the end of the meeting
    store.instances.end(run.id, store.clock.now())
    answer = call("GET", "/v1/watches/board").json
    assert (answer["state"], answer["says"]) == (
        "over",
        "Over: its time has ended; 1 person in meeting 97763643886 no longer watched.",
    )


def test_a_run_that_is_forgotten_is_still_over(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", WISH)
    call("PUT", "/v1/watches/run", _wish(meeting=UUID, who=[{"name": "Dr Rao"}]))
    run = _live(store)
    store.documents.bind("board", run)
    store.redis.delete(keys.instance(run), keys.seats(run))  # a day after its end
    store.instances.rest(run)
    states = {watch["id"]: watch["state"] for watch in call("GET", "/v1/watches").json["items"]}
    assert states == {"board": "over", "run": "over"}


def test_whoever_is_watched_in_any_meeting_is_shown_in_each(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(meeting="any", who=[{"email": "rao@example.org"}]))
    here = live(store)
    there = live(store, "81234567890", "5555AAAiAAAAAiAiAiiAii==", "Clinic")
    live(store, "81234567891", "6666AAAiAAAAAiAiAiiAii==", "Court 7")
    for run in (here, there):
        listed(store, run, s1={"name": "Dr Rao", "email": "rao@example.org"})
    answer = call("GET", "/v1/watches/board").json
    assert (answer["state"], answer["says"]) == ("live", "Watching 1 person in 2 meetings; tells slack-av.")
    assert {person["seat"] for person in answer["people"]} == {f"{there.id}.1", f"{here.id}.1"}


def test_everybody_is_shown_up_to_five_hundred(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"everyone": True}]))
    listed(store, live(store), **{f"s{n}": {"name": f"P{n}"} for n in range(501)})
    assert len(call("GET", "/v1/watches/board").json["people"]) == 500


def test_the_samples_of_every_session_of_a_person_are_read(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "Dr Rao"}]))
    run = live(store)
    seat, minute = f"{run.id}.1", minute_of(store.clock.now()) - 2
    listed(store, run, s1={"name": "Dr Rao"}, s2={"name": "iPhone", "seat": seat}, s3={"name": "Somebody else"})
    rows = tuple(Sample(session, minute + n, {"audio_input.jitter": 9.0}) for n, session in enumerate("123"))
    store.seats.commit(run.id, [Plan(seat, "", Seat(seat, run.id), samples=rows)])
    read = call("GET", "/v1/watches/board/samples").json["items"]
    assert [(row["instance"], row["participant_id"]) for row in read] == [(run.id, "2"), (run.id, "1")]
    assert [
        row["participant_id"] for row in call("GET", "/v1/watches/board/samples?participant_id=1").json["items"]
    ] == ["1"]


def test_a_live_watch_costs_what_the_people_found_cost(call: Any, slack: str, store: Any) -> None:
    call("PUT", "/v1/watches/board", _wish(who=[{"everyone": True}]))
    guessed = call("GET", "/v1/watches/board").json["cost"]["calls_a_live_hour"]
    listed(store, live(store), **{f"s{n}": {"name": f"P{n}"} for n in range(300)})
    assert guessed < call("GET", "/v1/watches/board").json["cost"]["calls_a_live_hour"] == 30 * 60
    call("PUT", "/v1/watches/board", _wish(who=[{"name": "P7"}, {"email": "not@here.yet"}]))
    assert call("GET", "/v1/watches/board").json["cost"]["calls_a_live_hour"] == 2 * 60


def test_a_watch_that_does_not_fit_says_the_interval_it_gets(call: Any, slack: str, store: Any) -> None:
    fits = call("PUT", "/v1/watches/board", WISH).json
    assert (fits["cost"]["interval_s"], fits["cost"]["fits"]) == (60, True)
    store.budget.correct("heavy", True, store.clock.now())
    short = call("PUT", "/v1/watches/also", WISH).json
    assert short["cost"]["fits"] is False
    assert short["cost"]["interval_s"] > 60
    assert "instead of every" in short["cost"]["says"]
    assert short["delay"]["to_minutes"] > fits["delay"]["to_minutes"]
