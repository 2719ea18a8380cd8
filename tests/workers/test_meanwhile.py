"""A look reads first and asks then: what webhooks tell meanwhile is neither undone by it nor left behind."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.documents import stock_rules
from rules.model import Channel, Instance, Listed, Meeting, MeetingRecord, Seat, Watch, Who
from rules.pacing import Pace
from rules.routing import lane
from service.settings import Settings
from service.store.instances import Instances
from tests.service.store.builders import START
from tests.workers.test_drain import ID, NUMBER, UUID, at, figures, follow, joined, left, push, wait
from workers import feeding
from workers.common import Shelf
from workers.drain import drain
from workers.holding import RENEW_S, Holding, Stale
from workers.look import look, scene_of
from workers.runtime import Runtime
from workers.zoom import ZoomError
from workers.zoom.paging import Rows


@dataclass
class Slow:
    """A Zoom that answers when something has happened."""

    meanwhile: Callable[[], None]
    people: tuple[dict[str, Any], ...] = ()  #: whom it lists, as they were before that
    is_live: bool = True

    def participants(self, uuid: str, **_: Any) -> Rows:
        self.meanwhile()
        return Rows(self.people)

    def participant_qos(self, uuid: str, session: str, **_: Any) -> dict[str, Any]:
        self.meanwhile()
        return {"user_id": session, "device": "Mac", "user_qos": []}

    def meeting(self, uuid: str, **_: Any) -> Any:
        if self.is_live:
            return Meeting(uuid, NUMBER, "Board", started_at=START)
        self.meanwhile()
        raise ZoomError("not_live", "It is not on.")

    def close(self) -> None:
        pass


@pytest.fixture
def runtime(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[Runtime]:
    built = Runtime.build(
        Settings(redis_url=f"unix://{redis_socket}", qoswatch_data_dir=tmp_path, qoswatch_test_clock="hash")
    )
    built.store.clock.put(START)
    built.store.documents.rules.seed(stock_rules().values())
    built.store.instances.put(Instance(ID, UUID, NUMBER, "Board", started_at=START))
    yield built
    built.close()


def looked(runtime: Runtime, zoom: Slow) -> None:
    """One look, as a worker does it."""
    runtime.zoom = zoom
    claim = runtime.store.due.take(ID, 90)
    assert claim is not None
    with ThreadPoolExecutor(1) as calls:
        look(runtime, Holding(runtime, claim, Shelf(runtime.store)), calls)


def listed(runtime: Runtime) -> None:
    """Everybody was listed a moment ago, ten others among them: a look asks for the figures of one, and alone."""
    now = runtime.store.clock.now()
    others = {str(session): Listed(f"{ID}.{session}", f"Guest {session}") for session in range(100, 110)}
    runtime.store.seats.change_roster(
        ID, lambda roster: replace(roster, people={**roster.people, **others}, listed_at=now)
    )


def the_seat(runtime: Runtime) -> Seat:
    ((_, seat),) = runtime.store.seats.load(ID).values()
    return seat


def the_people(runtime: Runtime) -> Mapping[str, Listed]:
    return runtime.store.seats.roster(ID)[1].people


def bad_minutes(runtime: Runtime) -> None:
    """Minutes whose news opens an alert as soon as they are decided."""
    for minute in range(5):
        figures(runtime, minute, 30)
    drain(runtime)
    wait(runtime, 2)


def test_an_alert_of_somebody_who_came_while_we_asked_ends_with_the_meeting(runtime: Runtime) -> None:
    follow(runtime)
    runtime.store.clock.put(at(300))
    runtime.store.seats.commit(ID, (), record=("", MeetingRecord(not_live_at=START)))

    def meanwhile() -> None:
        bad_minutes(runtime)
        assert the_seat(runtime).alert.open

    looked(runtime, Slow(meanwhile, is_live=False))
    assert runtime.store.instances.get(ID).ended_at is not None
    alert = the_seat(runtime).alert
    assert (alert.open, alert.ending) == (False, "meeting_over")


def test_a_look_does_not_take_back_that_an_event_made_somebody_watched(runtime: Runtime) -> None:
    follow(runtime, Who("name", "ana"))
    by_address = Watch("w2", 1, NUMBER, (Who("email", "ana@example.com"),), ("audio-sent",), ("slack-b",), START)
    runtime.store.documents.put_watch(by_address)
    joined(runtime, email="")
    runtime.store.clock.put(at(300))
    bad_minutes(runtime)
    listed(runtime)

    def severities() -> list[str | None]:
        return [view.severity for view in the_seat(runtime).alert.watches]

    def meanwhile() -> None:
        assert severities() == ["critical"]
        joined(runtime, 302)
        drain(runtime)
        assert severities() == ["critical", "critical"]

    looked(runtime, Slow(meanwhile))
    assert severities() == ["critical", "critical"]


def test_who_left_while_we_asked_has_left(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    drain(runtime)
    listed(runtime)
    runtime.store.clock.put(at(100))

    def meanwhile() -> None:
        left(runtime, 100, "Network connection error.")
        drain(runtime)
        assert the_seat(runtime).away_at == at(100)

    looked(runtime, Slow(meanwhile))
    assert the_seat(runtime).away_at == at(100)


ANA: dict[str, Any] = {"user_id": "7", "user_name": "Ana", "email": "ana@example.com"}


@pytest.mark.parametrize(
    ("before", "people"),
    [
        (None, ()),
        ("participant_joined_waiting_room", ({**ANA, "status": "in_waiting_room"},)),
    ],
    ids=["who came", "who was let in"],
)
def test_a_list_that_is_older_than_an_event_does_not_send_away(
    before: str | None, people: tuple[dict[str, Any], ...], runtime: Runtime
) -> None:
    follow(runtime)
    if before:
        push(runtime, before, 0, "7")
        drain(runtime)
    runtime.store.clock.put(at(100))

    def meanwhile() -> None:
        if not the_people(runtime) or the_people(runtime)["7"].waiting:
            joined(runtime, 100)
            drain(runtime)

    looked(runtime, Slow(meanwhile, people))
    ana = the_people(runtime)["7"]
    assert (ana.waiting, ana.joined_at, ana.left_at) == (False, at(100), None)
    assert the_seat(runtime).away_at is None


def an_end(runtime: Runtime) -> None:
    """A look finds the meeting over, for the second time."""
    version, _ = runtime.store.seats.record(ID)
    runtime.store.seats.commit(ID, (), record=(version, MeetingRecord(not_live_at=START)))
    looked(runtime, Slow(lambda: None, is_live=False))
    assert runtime.store.instances.get(ID).ended_at is not None


def test_minutes_that_are_decided_while_the_meeting_ends_leave_no_alert_open(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(runtime)
    runtime.store.clock.put(at(300))
    scene_of = feeding.scene_of

    def slowly(runtime: Runtime, instance: Instance) -> Any:
        an_end(runtime)
        return scene_of(runtime, instance)

    monkeypatch.setattr(feeding, "scene_of", slowly)
    bad_minutes(runtime)
    assert the_seat(runtime).alert.ending == "meeting_over"


def test_minutes_that_are_decided_just_before_the_end_is_written_leave_no_alert_open(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(runtime)
    runtime.store.clock.put(at(300))
    end = Instances.end

    def slowly(instances: Instances, id: str, moment: datetime) -> None:
        bad_minutes(runtime)
        assert the_seat(runtime).alert.open
        end(instances, id, moment)

    monkeypatch.setattr(Instances, "end", slowly)
    an_end(runtime)
    assert the_seat(runtime).alert.ending == "meeting_over"


def test_a_page_that_a_watch_has_just_learnt_to_send_goes_by_the_lane_of_its_alert(runtime: Runtime) -> None:
    shelf = Shelf(runtime.store)
    shelf.now()
    runtime.store.documents.channels.put(Channel("pager", 1, "pagerduty", "https://events.pagerduty.com", START))
    watch = Watch("w1", 1, NUMBER, (Who("name", "ana"),), ("audio-sent",), ("pager",), START)
    runtime.store.documents.put_watch(watch)
    instance = runtime.store.instances.get(ID)
    assert instance is not None
    scene = scene_of(runtime, instance, shelf)
    assert lane("pager", ID, "al_1", scene.duty) == "pager:al_1"


def test_who_went_bad_while_we_asked_is_looked_at_as_soon_as_anybody_in_trouble(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    drain(runtime)
    runtime.store.clock.put(at(330))
    listed(runtime)
    runtime.store.budget.put_pace(Pace(calm=5))
    looked(runtime, Slow(lambda: bad_minutes(runtime)))
    assert the_seat(runtime).alert.open
    assert runtime.store.due.when(ID) <= runtime.store.clock.now() + timedelta(seconds=60)


def test_whoever_stood_still_until_somebody_else_looked_writes_nothing_of_what_they_asked(runtime: Runtime) -> None:
    follow(runtime)
    due = runtime.store.due

    class Cut(Slow):
        def participants(self, uuid: str, **_: Any) -> Rows:
            self.meanwhile()
            raise ZoomError("network", "Its answer did not end in time.")

    def meanwhile() -> None:
        due.remove(ID)
        due.arm(ID, runtime.store.clock.now())
        assert due.take(ID, 90) is not None

    claim = due.take(ID, 90)
    assert claim is not None
    runtime.zoom = Cut(meanwhile)
    stood = Holding(runtime, claim, Shelf(runtime.store), time.monotonic() - RENEW_S)
    with ThreadPoolExecutor(1) as calls, pytest.raises(Stale):
        look(runtime, stood, calls)

    assert runtime.store.seats.record(ID)[1].blind_since is None
