"""One drainer, batch by batch: wherever it dies, the next one ends where it would have ended."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.documents import stock_rules
from rules.model import Instance, Watch, Who
from service.settings import Settings
from service.store import keys
from simulator.letters import packed
from tests.service.store.builders import START
from workers import drain as draining
from workers import feeding, pushed
from workers.drain import drain, is_wanted
from workers.runtime import Runtime

UUID, NUMBER = "aDYlohsHRtCd4ii1uC2+hA==", "97763643886"
ID = keys.instance_id(UUID)


class Killed(BaseException):
    """As SIGKILL: nothing catches it."""


class Deadly:
    """Stands where the crash points are: dies at the nth passing of any of them, once."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self, point: str) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed(point)


@pytest.fixture
def runtime(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[Runtime]:
    built = Runtime.build(
        Settings(redis_url=f"unix://{redis_socket}", qoswatch_data_dir=tmp_path, qoswatch_test_clock="hash")
    )
    built.store.clock.put(START)
    built.store.documents.rules.seed(stock_rules().values())
    yield built
    built.close()


def follow(runtime: Runtime, *who: Who, meeting: str = NUMBER) -> None:
    people = who or (Who("email", "ana@example.com"),)
    runtime.store.documents.put_watch(Watch("w1", 1, meeting, people, ("audio-sent",), ("slack-av",), START))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    return at(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def push(runtime: Runtime, name: str, seconds: float = 0, session: str = "", uuid: str = UUID, **more: Any) -> None:
    """A webhook of something that happened so many seconds after START."""
    thing: dict[str, Any] = {"uuid": uuid, "id": NUMBER, "topic": "Board", "start_time": stamp(0)}
    if session:
        person = {"user_id": session, "user_name": "Ana", "email": "ana@example.com", "participant_uuid": "U-1"}
        thing["participant"] = {**person, "date_time": stamp(seconds), **more}
    else:
        thing |= more
    body = {"event": f"meeting.{name}", "event_ts": int(at(seconds).timestamp() * 1000), "payload": {"object": thing}}
    assert runtime.store.intake.add(packed(body))


def joined(runtime: Runtime, seconds: float = 0, session: str = "7", **more: Any) -> None:
    push(runtime, "participant_joined", seconds, session, join_time=stamp(seconds), **more)


def left(runtime: Runtime, seconds: float, reason: str, session: str = "7") -> None:
    words = f"Ana left the meeting.<br>Reason: {reason}"
    push(runtime, "participant_left", seconds, session, leave_time=stamp(seconds), leave_reason=words)


def figures(runtime: Runtime, minute: int, loss: float, session: str = "7", second: int = 0) -> None:
    details = {"bitrate": "27 kbps", "latency": "40 ms", "jitter": "5 ms", "avg_loss": f"{loss}%", "max_loss": "20%"}
    item = {"date_time": stamp(minute * 60 + second), "type": "audio_input", "details": details}
    push(runtime, "participant_qos", minute * 60 + 60, session, qos=[item])


def rows(runtime: Runtime, session: str = "7") -> list[tuple[int, float]]:
    """Minutes after START and their losses, as they were decided."""
    first = int(START.timestamp()) // 60
    return [
        (row.minute - first, round(row.values["audio_input.avg_loss"], 1))
        for row in runtime.store.samples.recent(ID, session, 99)
    ]


def wait(runtime: Runtime, seconds: float) -> None:
    """Time passes, and whatever is due of what was pushed is dealt with."""
    runtime.store.clock.put(runtime.store.clock.now() + timedelta(seconds=seconds))
    drain(runtime)


def test_of_a_meeting_that_nobody_watches_nothing_is_kept(runtime: Runtime) -> None:
    push(runtime, "started")
    joined(runtime)
    assert drain(runtime) == 2
    assert runtime.store.instances.get(ID) is None
    assert runtime.store.health.counters()["events:not_watched"] == 2


def test_a_meeting_that_begins_is_kept_and_looked_at_now(runtime: Runtime) -> None:
    follow(runtime)
    push(runtime, "started")
    drain(runtime)
    assert runtime.store.instances.get(ID) == Instance(ID, UUID, NUMBER, "Board", "meeting", started_at=START)
    assert runtime.store.due.when(ID) == START


def test_the_end_of_a_meeting_that_we_never_knew_begins_nothing(runtime: Runtime) -> None:
    follow(runtime)
    push(runtime, "ended", 60, end_time=stamp(60))
    drain(runtime)
    assert runtime.store.instances.get(ID) is None


def test_the_end_of_a_meeting_is_kept_for_one_look_to_confirm(runtime: Runtime) -> None:
    follow(runtime)
    push(runtime, "started")
    push(runtime, "ended", 600, end_time=stamp(600))
    drain(runtime)
    assert runtime.store.seats.roster(ID)[1].ended_at == at(600)
    assert runtime.store.instances.get(ID).ended_at is None
    assert runtime.store.due.when(ID) == START


@pytest.mark.parametrize("who", [Who("email", "ana@example.com"), Who("name", "an*"), Who("participant_id", "7")])
def test_of_any_meeting_the_one_that_they_join_begins(who: Who, runtime: Runtime) -> None:
    follow(runtime, who, meeting="any")
    push(runtime, "started")
    push(runtime, "started", uuid="another==")
    joined(runtime, 10, "8", user_name="Bob", email="bob@example.com", participant_uuid="U-2")
    drain(runtime)
    assert runtime.store.instances.live() == frozenset()

    joined(runtime, 20)
    drain(runtime)
    assert runtime.store.instances.live() == {ID}


def test_of_any_meeting_that_of_a_host_begins_when_it_starts(runtime: Runtime) -> None:
    follow(runtime, Who("zoom_user", "zu_1"), meeting="any")
    push(runtime, "started", host_id="zu_1")
    drain(runtime)
    assert runtime.store.instances.live() == {ID}


@pytest.mark.parametrize(
    ("reason", "seconds"), [("Network connection error.", 190), ("Host removed.", 280)], ids=["dropped", "left"]
)
def test_who_leaves_is_away_at_once_and_looked_for_in_time(reason: str, seconds: float, runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime, 0)
    drain(runtime)
    claim = runtime.store.due.take(ID, 90)
    assert claim is not None
    runtime.store.due.done(claim, at(3600))  # as when nobody else is here
    runtime.store.clock.put(at(100))
    left(runtime, 100, reason)
    drain(runtime)

    ((_, seat),) = runtime.store.seats.load(ID).values()
    assert seat.away_at == at(100)
    assert seat.sessions[0].leave_reason == reason
    assert runtime.store.due.when(ID) == at(seconds)


def test_who_comes_back_is_here_at_once(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime, 0)
    left(runtime, 100, "Network connection error.")
    runtime.store.clock.put(at(120))
    drain(runtime)
    joined(runtime, 120, "8")
    drain(runtime)
    ((_, seat),) = runtime.store.seats.load(ID).values()
    assert seat.away_at is None
    assert [session.id for session in seat.sessions] == ["7", "8"]


def test_a_warning_of_zoom_is_looked_into_at_once_and_once(runtime: Runtime) -> None:
    follow(runtime)
    push(runtime, "started")
    drain(runtime)
    claim = runtime.store.due.take(ID, 90)
    runtime.store.due.done(claim, at(300))
    push(runtime, "alert", issues=["Unstable audio quality"])
    drain(runtime)
    assert runtime.store.due.when(ID) == START

    claim = runtime.store.due.take(ID, 90)
    runtime.store.due.done(claim, at(300))
    push(runtime, "alert", issues=["Unstable audio quality"])
    drain(runtime)
    assert runtime.store.due.when(ID) == at(300)


def test_a_minute_is_decided_once_by_its_worst_piece_when_it_is_complete(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    runtime.store.clock.put(at(62))
    figures(runtime, 0, 2)
    figures(runtime, 0, 14, second=30)
    figures(runtime, 0, 3, second=45)
    drain(runtime)
    assert rows(runtime) == []
    assert runtime.store.feed.due_at() == at(75)

    wait(runtime, 13)
    assert rows(runtime) == [(0, 14.0)]
    assert runtime.store.feed.due_at() is None


def test_a_later_minute_completes_one_a_moment_later(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    runtime.store.clock.put(at(62))
    figures(runtime, 0, 2)
    figures(runtime, 1, 3)
    drain(runtime)
    wait(runtime, 1)
    assert rows(runtime) == [(0, 2.0)]


def test_of_whom_nobody_watches_no_figures_are_kept(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    joined(runtime, 0, "8", user_name="Bob", email="bob@example.com", participant_uuid="U-2")
    drain(runtime)
    push(runtime, "participant_qos", 60, "8", email="", qos=[])
    figures(runtime, 0, 14, "7")
    drain(runtime)
    assert list(runtime.store.feed.load(ID)) == ["7"]


def test_figures_of_a_watched_person_whose_coming_nobody_told_count(runtime: Runtime) -> None:
    follow(runtime)
    figures(runtime, 0, 14)
    wait(runtime, 80)
    wait(runtime, 2)
    assert rows(runtime) == [(0, 14.0)]


def test_what_device_it_is_comes_with_the_figures(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    push(runtime, "participant_data", 1, "7", data=[{"device": "Mac", "network_type": "Wifi"}])
    figures(runtime, 0, 2)
    wait(runtime, 80)
    wait(runtime, 2)
    ((_, seat),) = runtime.store.seats.load(ID).values()
    assert seat.facts == {"device": "Mac", "network_type": "Wifi"}


def test_a_meeting_is_fed_while_its_events_come(runtime: Runtime) -> None:
    follow(runtime)
    joined(runtime)
    runtime.store.clock.put(at(62))
    figures(runtime, 0, 2)
    drain(runtime)
    assert runtime.store.feed.fed(ID, ["7"], at(60 + 150))
    assert not runtime.store.feed.fed(ID, ["7"], at(60 + 151))


def test_somebody_else_at_work_is_left_alone(runtime: Runtime) -> None:
    follow(runtime)
    push(runtime, "started")
    assert runtime.store.drains.take(draining.STREAM, 20)
    assert drain(runtime) == 0
    assert runtime.store.intake.waiting() == 1
    assert is_wanted(runtime.store)


def test_what_goes_wrong_with_one_meeting_stays_with_it(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(runtime)
    hear: Callable[..., Any] = pushed.hear

    def stumbling(runtime: Runtime, claim: Any, events: Any) -> Any:
        if events[0].meeting.uuid == "another==":
            raise ValueError("a bug")
        return hear(runtime, claim, events)

    monkeypatch.setattr(pushed, "hear", stumbling)
    push(runtime, "started", uuid="another==")
    push(runtime, "started")
    drain(runtime)
    assert runtime.store.instances.live() == {ID}
    assert runtime.store.intake.waiting() == 0
    assert runtime.store.health.counters()["hooks:failed"] == 1


def test_rows_of_a_seat_that_others_write_all_the_time_are_not_lost(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(runtime)
    joined(runtime)
    figures(runtime, 0, 14)
    wait(runtime, 62)
    with monkeypatch.context() as patched:
        patched.setattr(feeding, "decide", lambda *args, **more: None)  # every try is refused
        wait(runtime, 20)
        assert rows(runtime) == []
    wait(runtime, 2)
    assert rows(runtime) == [(0, 14.0)]


def a_day(runtime: Runtime) -> Iterator[None]:
    """What is pushed, step by step: three bad minutes, a drop-out, the way back; each told twice."""
    follow(runtime)
    push(runtime, "started")
    joined(runtime)
    joined(runtime)
    yield
    for minute, loss in enumerate((14, 15, 16)):
        runtime.store.clock.put(at(minute * 60 + 62))
        figures(runtime, minute, loss / 2)
        figures(runtime, minute, loss, second=30)
        figures(runtime, minute, loss)
        yield
    runtime.store.clock.put(at(200))
    left(runtime, 199, "Network connection error.")
    joined(runtime)
    yield
    runtime.store.clock.put(at(230))
    joined(runtime, 229, "8")
    yield
    for seconds in (240, 245, 250):
        runtime.store.clock.put(at(seconds))
        yield


def live(runtime: Runtime, mark: Any) -> dict[str, Any]:
    """Let that day pass; whoever is killed is followed by another once the lease is over."""
    runtime.store.redis.flushall()
    runtime.store.clock.put(START)
    runtime.store.documents.rules.seed(stock_rules().values())
    runtime.mark = mark
    for _ in a_day(runtime):
        now = runtime.store.clock.now()
        try:
            drain(runtime)
        except Killed:
            runtime.store.redis.delete(keys.claims(keys.drains()))  # the lease ran out, in no time of the story
            drain(runtime)
        runtime.store.clock.put(now)
    seats = {id: seat for id, (_, seat) in runtime.store.seats.load(ID).items()}
    alerts, _ = runtime.store.alerts.page(limit=9)
    timelines = [[entry.sentence for entry in runtime.store.alerts.timeline(alert.id)] for alert in alerts]
    people = runtime.store.seats.roster(ID)[1].people
    return {"seats": seats, "timelines": timelines, "rows": rows(runtime), "people": people}


def test_wherever_a_drainer_is_killed_nothing_is_lost_or_told_twice(runtime: Runtime) -> None:
    calm = Deadly(0)
    wanted = live(runtime, calm)
    points = -calm.left
    assert wanted["rows"] == [(0, 14.0), (1, 15.0), (2, 16.0)]
    assert len(wanted["timelines"]) == 1
    assert points > 20

    for nth in range(1, points + 1):
        assert live(runtime, Deadly(nth)) == wanted, f"killed at crash point {nth} of {points}"
        assert runtime.store.intake.waiting() == 0
