"""POST /v1/watches/{id}/bind: somebody says who a guest is, and the guest is looked at from now on."""

from typing import Any

import pytest

from tests.service.api.rosters import NUMBER, listed, live, roster_of

WISH = {"meeting": NUMBER, "who": [{"name": "*Kline*"}, {"email": "rao@example.org"}], "notify": ["slack-av"]}
GUEST = {"participant_id": "7", "as": "*Kline*"}
BIND = "/v1/watches/board/bind"


@pytest.fixture
def run(call: Any, slack: str, store: Any) -> Any:
    """Two people in a meeting: a guest whom nobody knows, and Dr Rao, whom the watch finds."""
    call("PUT", "/v1/watches/board", WISH)
    made = live(store)
    listed(store, made, s7={"name": "M. K. (guest)"}, s8={"name": "Dr Rao", "email": "rao@example.org"})
    store.due.remove(f"n{NUMBER}")
    return made


def test_a_guest_is_claimed_and_looked_at_now(call: Any, store: Any, run: Any) -> None:
    before = call("GET", "/v1/watches/board").json["people"]
    assert [(person["who"], person["participant_id"]) for person in before] == [
        ({"name": "*Kline*"}, None),
        ({"email": "rao@example.org"}, "8"),
    ]
    answer = call("POST", BIND, GUEST, scope="write")
    assert answer.status_code == 200
    kline, rao = answer.json["people"]
    assert (kline["who"], kline["participant_id"], kline["name"]) == ({"name": "*Kline*"}, "7", "M. K. (guest)")
    assert rao["participant_id"] == "8"
    assert roster_of(store, run).people["7"].claimed == ("*Kline*",)
    assert store.due.first() == (run.id, store.clock.now())


def test_who_is_claimed_again_stays_claimed_and_is_not_asked_for_again(call: Any, store: Any, run: Any) -> None:
    first = call("POST", BIND, GUEST).json
    store.due.remove(run.id)
    again = call("POST", BIND, {**GUEST, "as": "*KLINE*"})
    assert (again.status_code, again.json) == (200, first)
    assert store.due.first() is None


def test_a_wrong_claim_is_put_right_by_another(call: Any, store: Any, run: Any) -> None:
    call("POST", BIND, GUEST)
    call("POST", BIND, {**GUEST, "as": "rao@example.org"})
    kline, *rao = call("GET", "/v1/watches/board").json["people"]
    assert kline["participant_id"] is None
    assert {person["participant_id"] for person in rao} == {"7", "8"}
    assert all(person["ambiguous"] for person in rao)


def test_somebody_whose_roster_changes_meanwhile_is_claimed_all_the_same(
    call: Any, store: Any, run: Any, monkeypatch: Any
) -> None:
    seats, read = type(store.seats), type(store.seats).roster
    calls = []

    def overtaken(self: Any, instance: str) -> Any:
        found = read(self, instance)
        calls.append(instance)
        if len(calls) == 2:  # the first read is that of the request
            listed(store, run, s9={"name": "Newcomer"})
        return found

    monkeypatch.setattr(seats, "roster", overtaken)
    assert call("POST", BIND, GUEST).status_code == 200
    people = roster_of(store, run).people
    assert (people["7"].claimed, people["9"].name) == (("*Kline*",), "Newcomer")


@pytest.mark.parametrize(
    ("claim", "at", "words"),
    [
        pytest.param(
            {"participant_id": "9", "as": "*Kline*"},
            "/participant_id",
            "is nobody in this meeting; unclaimed there: M. K. (guest) (7)",
            id="not-there",
        ),
        pytest.param(
            {"participant_id": "7", "as": "*Klein*"},
            "/as",
            "is no entry of this watch: did you mean '*kline*'?",
            id="a-name-like-it",
        ),
        pytest.param(
            {"participant_id": "7", "as": "x"},
            "/as",
            "is no entry of this watch; there are '*Kline*', 'rao@example.org'",
            id="no-entry",
        ),
        pytest.param({"participant_id": "7"}, "/as", "'as' is required", id="as-nobody"),
        pytest.param({"participant_id": "M", "as": "*Kline*"}, "/participant_id", "digits only", id="no-session"),
    ],
)
def test_a_claim_that_fits_nobody_is_refused(
    call: Any, store: Any, run: Any, claim: dict[str, str], at: str, words: str
) -> None:
    answer = call("POST", BIND, claim)
    assert (answer.status_code, answer.json["pointer"]) == (422, at)
    assert words in answer.json["errors"][0]["detail"]
    assert not any(person.claimed for person in roster_of(store, run).people.values())


def test_nobody_is_claimed_while_the_meeting_is_not_on(call: Any, store: Any, run: Any) -> None:
    store.instances.end(run.id, store.clock.now())
    answer = call("POST", BIND, GUEST)
    assert (answer.status_code, "no meeting of watch board is on" in answer.json["detail"]) == (409, True)


def test_a_watch_that_names_nobody_has_nobody_to_claim(call: Any, store: Any, run: Any) -> None:
    call("PUT", "/v1/watches/crowd", {**WISH, "who": [{"everyone": True}, {"participant_id": "8"}]})
    answer = call("POST", "/v1/watches/crowd/bind", {"participant_id": "7", "as": "8"})
    assert (answer.status_code, "nobody to claim" in answer.json["detail"]) == (409, True)


def test_with_any_meeting_the_session_says_which_unless_two_have_it(call: Any, store: Any, run: Any) -> None:
    call("PUT", "/v1/watches/board", {**WISH, "meeting": "any"})
    other = live(store, "81234567890", "5555AAAiAAAAAiAiAiiAii==", "Clinic")
    listed(store, other, s8={"name": "A stranger"}, s9={"name": "Guest 9"})
    assert call("POST", BIND, {**GUEST, "participant_id": "9"}).json["people"][0]["name"] == "Guest 9"
    answer = call("POST", BIND, {**GUEST, "participant_id": "8"})
    assert (answer.status_code, "is in 2 meetings" in answer.json["detail"]) == (409, True)
