"""The client reads everybody's figures ten at a time, and no page more than its caller wants."""

from typing import Any

import pytest

from service.store import Store
from simulator import Simulator
from workers.zoom import Zoom, ZoomError, paging, payloads

BULK = "/participants/qos"


def a_crowd(simulator: Simulator, size: int, kind: str = "meeting") -> Any:
    run = simulator.world.start("555", kind=kind)
    for number in range(size):
        simulator.world.join(run.uuid, f"Guest {number}")
    simulator.clock.step(minutes=3)
    return run


def ids(page: tuple[dict[str, Any], ...]) -> list[str]:
    return [row["user_id"] for row in page]


@pytest.mark.parametrize("kind", ["meeting", "webinar"])
def test_pages_of_ten_tell_what_single_calls_would(zoom: Zoom, simulator: Simulator, kind: Any) -> None:
    run = a_crowd(simulator, 23, kind)

    pages = list(zoom.qos_pages(run.uuid, kind=kind))

    assert [len(page) for page in pages] == [10, 10, 3]
    assert simulator.calls.count(path=f"/{kind}s/", label="heavy") == simulator.calls.count(path=BULK) == 3
    seen = [sight for page in pages for sight in payloads.bulk(page)]
    assert [sight.session for sight in seen] == list(run.people)
    alone = payloads.sight(zoom.participant_qos(run.uuid, seen[-1].session, kind=kind))
    assert payloads.read(seen[-1]) == alone
    assert alone.samples


def test_no_page_is_asked_for_before_it_is_wanted(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 25)

    pages = zoom.qos_pages(run.uuid)
    assert simulator.calls.count(path=BULK) == 0

    next(pages)
    assert simulator.calls.count(path=BULK) == 1


def test_when_the_token_expires_people_are_told_of_again(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 25)
    pages = zoom.qos_pages(run.uuid)
    told = [ids(next(pages)), ids(next(pages))]
    simulator.clock.step(minutes=16)

    told += [ids(page) for page in pages]

    everybody = list(run.people)
    assert told == [everybody[:10], everybody[10:20], everybody[:10], everybody[10:20], everybody[20:]]
    assert simulator.calls.count(path=BULK) == 2 + 1 + 3


def test_when_it_expires_again_that_is_an_error_and_the_told_stays_told(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 25)
    pages = zoom.qos_pages(run.uuid)
    for _ in range(2):
        next(pages)
        simulator.clock.step(minutes=16)

    with pytest.raises(ZoomError, match=r"let its list of participants expire \(meeting") as caught:
        next(pages)

    assert (caught.value.kind, caught.value.retry) == ("server", True)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [pytest.param("3001", "not_live", id="the meeting is over meanwhile"), pytest.param("429-day", "daily", id="day")],
)
def test_trouble_on_a_later_page_keeps_its_name(zoom: Zoom, simulator: Simulator, fault: str, kind: str) -> None:
    run = a_crowd(simulator, 25)
    pages = zoom.qos_pages(run.uuid)
    next(pages)
    simulator.faults.add(fault, BULK)

    with pytest.raises(ZoomError) as caught:
        next(pages)

    assert caught.value.kind == kind


def test_a_page_that_fails_in_passing_is_asked_for_again_alone(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 15)
    pages = zoom.qos_pages(run.uuid)
    first = ids(next(pages))
    simulator.faults.add("503", BULK, count=2)

    assert first + ids(next(pages)) == list(run.people)


def test_each_page_needs_room_in_the_budget(zoom: Zoom, simulator: Simulator, store: Store) -> None:
    run = a_crowd(simulator, 15)
    pages = zoom.qos_pages(run.uuid)
    next(pages)
    store.budget.correct("heavy", daily=True)

    with pytest.raises(ZoomError) as caught:
        next(pages)

    assert caught.value.kind == "budget"
    assert simulator.calls.count(path=BULK) == 1


def test_pages_have_an_end_even_if_zoom_gives_none(zoom: Zoom, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(10_000))

    def endless(question: Any, **_: Any) -> dict[str, Any]:
        number = next(numbers)
        return {"participants": [{"user_id": str(number)}], "next_page_token": f"t{number}"}

    monkeypatch.setattr(zoom, "_asked", endless)

    assert sum(1 for _ in zoom.qos_pages("555")) == paging.QOS_PAGES


def test_before_every_single_call_it_is_asked_whether_it_may_begin(zoom: Zoom, simulator: Simulator) -> None:
    """A list that begins anew and a retry are calls like others."""
    run = a_crowd(simulator, 25)
    asked: list[int] = []
    pages = zoom.qos_pages(run.uuid, before=lambda: asked.append(simulator.calls.count(path=BULK)))
    next(pages)
    simulator.clock.step(minutes=16)
    simulator.faults.add("500", path=BULK, count=1)

    list(pages)

    assert asked == list(range(simulator.calls.count(path=BULK)))


def test_a_call_that_may_not_begin_is_not_made(zoom: Zoom, simulator: Simulator) -> None:
    run = a_crowd(simulator, 25)

    class Stale(Exception):
        """Somebody else holds it."""

    def stop() -> None:
        raise Stale

    with pytest.raises(Stale):
        list(zoom.qos_pages(run.uuid, before=stop))

    assert simulator.calls.count(path=BULK) == 0
