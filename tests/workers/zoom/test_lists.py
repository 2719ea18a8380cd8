"""The client reads who is in a meeting and what goes on, page by page, within the budget."""

from collections.abc import Callable
from typing import Any

import pytest

from service.store import Store
from simulator import Simulator
from workers.zoom import Zoom, ZoomError, payloads, urls

KINDS = ("meeting", "webinar")
LISTED = "/participants"


@pytest.fixture
def takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every label for which the real budget was asked and gave room."""
    given: list[str] = []
    take = store.budget.take

    def counted(label: Any, *purpose: Any) -> Any:
        taken = take(label, *purpose)
        given.extend([label] if taken.ok else [])
        return taken

    monkeypatch.setattr(store.budget, "take", counted)
    return given


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "PEOPLE", "2")


@pytest.fixture
def waits_count(store: Store, time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget's clock moves by what the client has slept."""
    machine_ms = store.clock.machine_ms
    monkeypatch.setattr(store.clock, "machine_ms", lambda: machine_ms() + round(time.passed_s * 1000))


@pytest.fixture
def expires(
    store: Store, simulator: Simulator, takes: list[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Let the page token that is in hand expire before the n-th call."""

    def before(*calls: int) -> None:
        take = store.budget.take

        def late(*wish: Any) -> Any:
            if len(takes) + 1 in calls:
                simulator.clock.step(minutes=16)
            return take(*wish)

        monkeypatch.setattr(store.budget, "take", late)

    return before


def a_crowd(simulator: Simulator, size: int, kind: str = "meeting") -> Any:
    run = simulator.world.start("555", topic="All hands", kind=kind)
    for number in range(size):
        simulator.world.join(run.uuid, f"Guest {number}")
    simulator.clock.step(minutes=3)
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_is_listed_over_all_pages(zoom: Zoom, simulator: Simulator, takes: list[str], kind: Any) -> None:
    run = a_crowd(simulator, 601, kind)

    people = zoom.participants(run.uuid, kind=kind)

    assert [row["user_id"] for row in people] == list(run.people)
    assert people.complete
    assert takes == ["heavy"] * 3
    assert simulator.calls.count(path=f"/{kind}s/", label="heavy") == 3


def test_a_list_tells_who_waits_who_left_and_who_is_host(zoom: Zoom, simulator: Simulator) -> None:
    run = simulator.world.start("555", host_email="sam@example.com")
    sam = simulator.world.join(run.uuid, "Sam", email="sam@example.com")
    simulator.world.join(run.uuid, "Late", waiting=True)
    gone = simulator.world.join(run.uuid, "Gone", traits=["external"])
    simulator.world.drop_out(run.uuid, gone.user_id)

    host, late, left = payloads.listing(zoom.participants(run.uuid))

    assert (host.name, host.role, host.email) == ("Sam", "host", "sam@example.com")
    assert host.zoom_user == sam.account_id
    assert host.facts["device"] == "Windows"
    assert (host.left_at, host.waiting) == (None, False)
    assert (late.waiting, late.role) == (True, "attendee")
    assert (left.leave_reason, left.zoom_user) == ("Network connection error.", "")
    assert left.left_at is not None


def test_a_webinar_has_panelists(zoom: Zoom, simulator: Simulator) -> None:
    run = simulator.world.start("555", kind="webinar")
    simulator.world.join(run.uuid, "Dr Rao", role="panelist")

    assert [sight.role for sight in payloads.listing(zoom.participants(run.uuid, kind="webinar"))] == ["panelist"]


def test_an_empty_list_is_an_answer(zoom: Zoom, simulator: Simulator) -> None:
    people = zoom.participants(simulator.world.start("555").uuid)

    assert (people, people.complete) == ((), True)


def test_somebody_on_two_pages_is_listed_once_as_told_last(
    zoom: Zoom, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [[("1", "Ana"), ("2", "Bo")], [("2", "Bo B."), ("", "nobody")]]
    pages = [{"participants": [{"user_id": id, "user_name": name} for id, name in page]} for page in told]
    answers = iter([pages[0] | {"next_page_token": "t"}, pages[1]])
    monkeypatch.setattr(zoom, "_asked", lambda question, **_: next(answers))

    assert [row["user_name"] for row in zoom.participants("555")] == ["Ana", "Bo B."]


@pytest.mark.usefixtures("short_pages")
def test_a_list_whose_token_expires_is_read_anew(
    zoom: Zoom, simulator: Simulator, takes: list[str], expires: Callable[..., None]
) -> None:
    run = a_crowd(simulator, 5)
    expires(3)

    people = zoom.participants(run.uuid)

    assert [row["user_id"] for row in people] == list(run.people)
    assert people.complete
    assert len(takes) == 3 + 3


@pytest.mark.usefixtures("short_pages")
def test_a_list_that_expires_twice_is_given_up(
    zoom: Zoom, simulator: Simulator, takes: list[str], expires: Callable[..., None]
) -> None:
    run = a_crowd(simulator, 5)
    expires(2, 4)

    with pytest.raises(ZoomError, match="expire") as caught:
        zoom.participants(run.uuid)

    assert (caught.value.kind, caught.value.retry, caught.value.code) == ("server", True, 300)
    assert len(takes) == 4


@pytest.mark.usefixtures("short_pages")
def test_code_300_without_a_token_is_no_expired_token(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 3)
    simulator.faults.add("300", LISTED, detail="555")

    with pytest.raises(ZoomError, match="Is it a webinar") as caught:
        zoom.participants(run.uuid)

    assert (caught.value.kind, simulator.calls.count(path=LISTED)) == ("refused", 1)


@pytest.mark.usefixtures("short_pages")
def test_a_list_is_left_after_twenty_pages_and_says_so(zoom: Zoom, simulator: Simulator, takes: list[str]) -> None:
    run = a_crowd(simulator, 43)

    people = zoom.participants(run.uuid)

    assert (len(people), len(takes), people.complete) == (40, 20, False)


def test_a_list_that_goes_in_circles_is_left(zoom: Zoom, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    page = {"participants": [{"user_id": "1"}], "next_page_token": "again"}
    monkeypatch.setattr(zoom, "_asked", lambda question, **_: (asked.append(question), page)[1])

    people = zoom.participants("555")

    assert (len(people), people.complete, len(asked)) == (1, False, 2)


@pytest.mark.parametrize("body", [{}, {"participants": None}, {"participants": {"user_id": "1"}}])
def test_an_answer_without_a_list_is_not_nobody(zoom: Zoom, body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoom, "_asked", lambda question, **_: body)

    with pytest.raises(ZoomError, match="no list of participants") as caught:
        zoom.participants("555")

    assert caught.value.kind == "garbage"


@pytest.mark.parametrize(
    ("kind", "other", "words"),
    [("meeting", "webinar", "Webinar 555 is not live"), ("webinar", "meeting", "Meeting 555 is not live")],
)
def test_a_meeting_is_no_webinar(zoom: Zoom, simulator: Simulator, kind: str, other: Any, words: str) -> None:
    run = a_crowd(simulator, 1, kind)

    for ask in (zoom.meeting, zoom.participants, lambda number, kind: next(zoom.qos_pages(number, kind=kind))):
        with pytest.raises(ZoomError, match=words) as caught:
            ask("555", kind=other)
        assert caught.value.kind == "not_live"
    with pytest.raises(ZoomError, match=f"the {other} is not live"):
        zoom.participant_qos(run.uuid, next(iter(run.people)), kind=other)


def test_a_webinar_is_found_and_its_people_have_figures(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 1, "webinar")
    (person,) = run.people

    assert zoom.meeting("555", kind="webinar").uuid == run.uuid
    assert payloads.sight(zoom.participant_qos(run.uuid, person, kind="webinar")).samples


def test_a_missing_scope_is_named(zoom: Zoom, simulator: Simulator) -> None:
    simulator.tokens.scopes = frozenset({"dashboard:read:meeting:admin"})

    with pytest.raises(ZoomError, match=r"list_webinars:admin \(in older apps dashboard_webinars:read"):
        zoom.live(kind="webinar")


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_on_is_told_with_its_hosts(zoom: Zoom, simulator: Simulator, takes: list[str], kind: Any) -> None:
    for number, each in enumerate(KINDS):
        simulator.world.start(str(number), kind=each, host_email=f"{each}@example.com")
    simulator.world.start("9", kind=kind)
    simulator.world.end("9")

    (run,) = payloads.running(zoom.live(kind=kind))

    assert run.host_email == f"{kind}@example.com"
    assert takes == ["intensive"]
    assert simulator.calls.count(label="intensive") == 1


@pytest.mark.usefixtures("short_pages", "waits_count")
def test_the_next_page_of_what_goes_on_waits_for_room_in_the_minute(
    zoom: Zoom, simulator: Simulator, takes: list[str], time: Any
) -> None:
    for number in range(5):
        simulator.world.start(str(number))

    assert len(zoom.live()) == 5

    assert takes == ["intensive"] * 3
    assert time.passed_s == pytest.approx(6, abs=0.5), "business may ask 20 times a minute"


def test_too_many_lists_wait_for_the_minute_and_everybody_is_told(
    zoom: Zoom, simulator: Simulator, store: Store, time: Any
) -> None:
    told: list[Any] = []
    store.budget.correct = lambda *args: told.append(args)
    simulator.limits.per_minute["intensive"] = 0

    with pytest.raises(ZoomError, match="this minute") as caught:
        zoom.live()

    assert (caught.value.kind, caught.value.retry_after_s, time.slept) == ("rate", 60, [])
    assert [(label, daily) for label, daily, _ in told] == [("intensive", False)]
    assert (told[0][2] - store.clock.now()).total_seconds() == 60
