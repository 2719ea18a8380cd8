"""A watch and the people in it: what is known of each, from their first row to the end of the run."""

from dataclasses import replace
from typing import Any

import pytest

from rules.model import Instance, Plan, Sample, Seat, Session, minute_of
from service.store import keys

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
