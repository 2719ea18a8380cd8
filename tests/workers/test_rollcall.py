"""Calling the roll: owed once a watch and run, told once, together, and never before an alert."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.documents import stock_rules
from rules.model import (
    AlertWrite,
    Channel,
    Debt,
    Entry,
    Instance,
    Listed,
    Note,
    Plan,
    Roster,
    Seat,
    Session,
    Watch,
    WatchView,
    Who,
)
from service import settings as settings_file
from service.store import Store, keys
from simulator import Simulator
from tests.rules.alerts import an_alert
from workers import rollcall
from workers.deciding import Scene
from workers.deliver import deliver
from workers.letter import letter
from workers.runtime import Runtime

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RUN = Instance("3f9a0c11d2e4", "uuid==", "97763643886", "Spring Town Hall", started_at=START)
LANE = f"slack-av:{RUN.id}"
HOOK, FLOW = "T1/B1/secret", "flow1"
RAO = "Watching Spring Town Hall: Dr Rao found, fine."
KLINE = 'Watching Spring Town Hall: 0 of 1 found. Not found: *Kline*. Unclaimed: "M. K. (guest)".'


@dataclass
class Hall:
    """A meeting in its fourth minute, two people in it, and channels that lead to an inbox."""

    runtime: Runtime
    simulator: Simulator

    @property
    def store(self) -> Store:
        return self.runtime.store

    def call(self, *watches: Watch) -> Roster:
        """What a look does after its commit."""
        scene = Scene(RUN, watches, {rule: stock_rules()[rule] for rule in ("audio-sent", "audio-heard")})
        return rollcall.call(self.runtime, scene, self.roster(), self.store.clock.now())

    def roster(self) -> Roster:
        return self.store.seats.roster(RUN.id)[1]

    def told(self, hook: str = HOOK) -> list[list[str]]:
        """Every post of a destination: its first sentence, and the lines beneath."""
        posts = [post.body for post in self.simulator.inbox.posts(hook, accepted=True)]
        return [[post.get("text") or post["summary"], *_lines(post)] for post in posts]

    def later(self, **delta: float) -> None:
        self.store.clock.advance(**delta)


def _lines(post: Any) -> list[str]:
    return [
        block["text"]["text"] for block in post.get("blocks", ())[1:] if block["type"] == "section" and "text" in block
    ]


@pytest.fixture
def hall(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[Hall]:
    with Simulator(base=START.timestamp(), speed=0) as simulator:
        environ = {
            **simulator.environ(),
            "REDIS_URL": f"unix://{redis_socket}",
            "QOSWATCH_SECRET_KEY": "a-secret-of-a-test-that-is-long-enough-to-do",
            "QOSWATCH_DATA_DIR": str(tmp_path),
            "QOSWATCH_TEST_CLOCK": "hash",
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes",
        }
        runtime = Runtime.build(settings_file.load(environ))
        _filled(runtime.store, simulator)
        yield Hall(runtime, simulator)
        runtime.close()


def _filled(store: Store, simulator: Simulator) -> None:
    store.clock.put(START + timedelta(minutes=3))
    store.documents.channels.put(Channel("slack-av", 0, "slack", simulator.slack_url(HOOK), START))
    store.documents.channels.put(Channel("teams-av", 0, "teams", simulator.teams_url(FLOW), START))
    names = {"7": "Dr Rao", "8": "M. K. (guest)"}
    people = {session: Listed(f"{RUN.id}.{session}", name, joined_at=START) for session, name in names.items()}
    store.seats.change_roster(RUN.id, lambda _: Roster(people, listed_at=START + timedelta(minutes=3)))
    seat = Seat(f"{RUN.id}.7", RUN.id, "Dr Rao", sessions=(Session("7", 1),), row_at=START + timedelta(minutes=2))
    store.seats.commit(RUN.id, [Plan(seat.id, "", seat)])


def a_watch(id: str, name: str, *notify: str, **changes: Any) -> Watch:
    given = {"rules": ("audio-sent",), "created_at": START, **changes}
    return Watch(id, 1, RUN.number, (Who("name", name),), notify=notify or ("slack-av",), **given)


def test_each_watch_tells_its_channels_whom_it_found_and_whom_not(hall: Hall) -> None:
    rao, kline = a_watch("w1", "dr rao"), a_watch("w2", "*Kline*", "teams-av")

    after = hall.call(rao, kline)
    deliver(hall.runtime)

    assert after == hall.roster()
    assert after.called == ("w1", "w2")
    assert hall.told() == [[RAO]]
    assert hall.told(FLOW) == [[KLINE.replace("*", "∗")]]


def test_roll_calls_of_one_channel_travel_together(hall: Hall) -> None:
    hall.call(a_watch("w1", "dr rao"), a_watch("w2", "*Kline*"))
    deliver(hall.runtime)

    [[first, second]] = hall.told()
    assert {first, second.removeprefix("⚪ ")} == {RAO, KLINE}
    [delivery] = hall.store.lanes.deliveries()[0]
    assert (delivery.state, len(delivery.alerts)) == ("accepted", 2)
    assert hall.store.lanes.owing("slack-av") == frozenset()


def test_each_channel_hears_as_much_as_it_may_know(hall: Hall) -> None:
    flow = hall.store.documents.channels.get("teams-av")
    assert flow is not None
    hall.store.documents.channels.put(replace(flow, privacy="ids"))

    hall.call(a_watch("w1", "dr rao", "slack-av", "teams-av"))
    deliver(hall.runtime)

    assert hall.told() == [[RAO]]
    assert hall.told(FLOW) == [["Watching meeting 97763643886: participant 7 found, fine."]]


def test_a_watch_that_names_nobody_tells_no_topic(hall: Hall) -> None:
    hall.call(replace(a_watch("w1", "-"), who=(Who("everyone", "everyone"),)))
    deliver(hall.runtime)

    [[told]] = hall.told()
    assert told.startswith("Watching meeting 97763643886: 2 people found,")


def test_it_is_called_once(hall: Hall) -> None:
    for _ in range(3):
        hall.call(a_watch("w1", "dr rao"))
        deliver(hall.runtime)
        hall.later(minutes=1)

    assert hall.told() == [[RAO]]


@pytest.mark.parametrize("told_before", [pytest.param(True, id="told"), pytest.param(False, id="not-yet-told")])
def test_a_death_between_owing_and_writing_it_down_tells_it_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, told_before: bool
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("workers.rosters.changed", dies)
        with pytest.raises(KeyboardInterrupt):
            hall.call(a_watch("w1", "dr rao"))
    if told_before:
        deliver(hall.runtime)
    hall.later(minutes=1)

    assert hall.call(a_watch("w1", "dr rao")).called == ("w1",)
    deliver(hall.runtime)

    assert hall.told() == [[RAO]]
    assert hall.store.lanes.owing("slack-av") == frozenset()


def test_a_post_of_unknown_fate_goes_again_as_the_very_same(hall: Hall) -> None:
    rao, kline = a_watch("w1", "dr rao"), a_watch("w2", "*Kline*")
    hall.call(rao)
    [turn] = hall.store.lanes.claim(9, 60)
    first = letter(hall.store, turn, _channel(hall), hall.store.clock.now())
    assert hall.store.lanes.begin(turn, keys.delivery_id(turn.lane, first.pairs), first.pairs)
    hall.call(rao, kline)

    hall.later(minutes=2)  # the sender is dead, its lease over
    deliver(hall.runtime)
    hall.later(minutes=1)
    deliver(hall.runtime)

    assert hall.told() == [[RAO], [KLINE]]


def test_a_watch_that_looks_for_nothing_says_nothing(hall: Hall) -> None:
    assert hall.call(a_watch("w1", "dr rao", rules=())).called == ()
    deliver(hall.runtime)

    assert hall.told() == []


def test_a_watch_registered_in_a_running_meeting_is_called_three_minutes_later(hall: Hall) -> None:
    late = a_watch("w1", "dr rao", created_at=START + timedelta(minutes=2))

    assert hall.call(late).called == ()
    hall.later(minutes=2)
    assert hall.call(late).called == ("w1",)


def test_a_test_watch_says_that_it_is_one(hall: Hall) -> None:
    hall.call(a_watch("w1", "dr rao", labels={"test": ""}))
    deliver(hall.runtime)

    assert hall.told() == [[f"TEST, nothing is wrong: {RAO}"]]


def test_a_changed_roster_keeps_what_others_wrote_meanwhile(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = hall.roster()
    hall.store.seats.change_roster(RUN.id, lambda known: Roster(known.people, known.listed_at, called=("w9",)))
    scene = Scene(RUN, (a_watch("w1", "dr rao"),), stock_rules())

    rollcall.call(hall.runtime, scene, stale, hall.store.clock.now())

    assert hall.roster().called == ("w9", "w1")


def _channel(hall: Hall) -> Channel:
    channel = hall.store.documents.channels.get("slack-av")
    assert channel is not None
    return channel


def test_an_alert_is_told_before_the_roll_call(hall: Hall) -> None:
    hall.call(a_watch("w1", "dr rao"))
    hall.store.documents.put_watch(a_watch("w1", "dr rao"))
    views = (WatchView("w1", "critical", ("slack-av",), ("audio-sent",)),)
    alert = an_alert(id="al_1", instance=RUN.id, subject=f"{RUN.id}.7", watches=views)
    entry = Entry(1, "fire", 1, START, "sent audio loses 14 %", True, "critical", False, views)
    version, seat = hall.store.seats.load(RUN.id)[f"{RUN.id}.7"]
    debt = Debt("slack-av", LANE, "al_1", 1)
    assert not hall.store.seats.commit(
        RUN.id, [Plan(seat.id, version, seat, alerts=(AlertWrite(alert, (entry,), True),), debts=(debt,))]
    )

    for _ in range(2):
        hall.later(seconds=30)
        deliver(hall.runtime)

    alarm, roll = (post[0] for post in hall.told())
    assert alarm.startswith("CRITICAL: others hear Dr Rao breaking up")
    assert roll == RAO


def test_a_test_of_the_channel_does_not_wait_for_the_roll_call(hall: Hall) -> None:
    hall.call(a_watch("w1", "dr rao"))
    note = Note("nt_test", "test", "channel slack-av is heard", START)
    hall.store.lanes.owe(Debt("slack-av", LANE, note.id, 1), note)

    deliver(hall.runtime)

    assert hall.told() == [["TEST, nothing is wrong: channel slack-av is heard"]]
