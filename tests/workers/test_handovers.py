"""Hand-overs as they come: owed once to each channel that hears of them; and schedules that call nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.model import (
    AlertView,
    AlertWrite,
    Channel,
    Cover,
    Entry,
    Instance,
    Person,
    Plan,
    Policy,
    Schedule,
    Seat,
    Step,
    Taken,
    Target,
    Trouble,
    Watch,
    WatchView,
    Who,
)
from service import settings as settings_file
from service.store import Store
from simulator import Simulator
from tests.rules.alerts import an_alert
from workers import handovers
from workers.deliver import deliver
from workers.runtime import Runtime

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 09:00 in Berlin: the hand-over
SUNDAY = MONDAY - timedelta(hours=20)
HOOK = "T1/B1/secret"
BEN = "Now on call for av: Ben Ito until Mon 9 Mar 09:00. Then: Ana Ruiz."


@dataclass
class House:
    """A schedule that two people share, announced in a chat, on the Sunday before a hand-over."""

    runtime: Runtime
    simulator: Simulator

    @property
    def store(self) -> Store:
        return self.runtime.store

    def at(self, moment: datetime) -> None:
        self.store.clock.put(moment)
        handovers.announce(self.runtime)

    def owed(self, channel: str = "slack-av") -> list[str]:
        notes = [self.store.lanes.note(id) for id in sorted(self.store.lanes.owing(channel))]
        assert all(note and note.kind == "hand_over" for note in notes)
        return [note.sentence for note in notes if note]

    def change(self, **changes: Any) -> None:
        self.store.documents.schedules.change("av", lambda known: replace(known, **changes))

    def cover(self, person: str, start: datetime, end: datetime) -> None:
        self.store.documents.covers.put(Cover("co_1", 0, "av", person, start, end, self.store.clock.now()))

    def troubles(self, *notify: str) -> list[Trouble]:
        return list(handovers.gap_troubles(self.runtime, self.store.clock.now(), notify))


@pytest.fixture
def house(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[House]:
    with Simulator(base=SUNDAY.timestamp(), speed=0) as simulator:
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
        yield House(runtime, simulator)
        runtime.close()


def _filled(store: Store, simulator: Simulator) -> None:
    store.clock.put(SUNDAY)
    url = simulator.slack_url(HOOK)
    store.documents.channels.put(Channel("slack-av", 0, "slack", url, SUNDAY, "Europe/Berlin"))
    store.documents.channels.put(Channel("slack-ny", 0, "slack", url, SUNDAY, "America/New_York", privacy="ids"))
    for id, name in {"ana": "Ana Ruiz", "ben": "Ben Ito", "cem": "Cem Arslan"}.items():
        store.documents.people.put(Person(id, 0, name, SUNDAY, email=f"{id}@example.org"))
    made = Schedule("av", 0, "Europe/Berlin", "Mon 09:00", ("ana", "ben"), "1w", SUNDAY, announce=("slack-av",))
    store.documents.schedules.put(made)


def told_by_policy(store: Store, *targets: Target) -> None:
    step = Step(0, targets or (Target("schedule", "av"),))
    store.documents.policies.put(Policy("p1", 0, (step,), SUNDAY))


def an_open_alert(store: Store, policy: str = "p1") -> AlertView:
    views = (WatchView("w1", "critical", ("slack-av",), ("audio-sent",), policy=policy),)
    alert = an_alert(id="al_1", instance="i1", subject="i1.7", watches=views, state="open", taken=Taken("Ana", MONDAY))
    entry = Entry(1, "fire", 1, MONDAY, "sent audio loses 14 %", True, "critical", False, views)
    store.instances.put(Instance("i1", "uuid==", "97763643886", "Spring Town Hall", started_at=SUNDAY))
    seat = Seat("i1.7", "i1", "Dr Rao")
    assert not store.seats.commit("i1", [Plan(seat.id, "", seat, alerts=(AlertWrite(alert, (entry,), True),))])
    return alert


def test_a_hand_over_is_owed_when_it_comes_and_once(house: House) -> None:
    house.at(MONDAY - timedelta(minutes=1))
    assert house.owed() == []
    for minute in range(3):
        house.at(MONDAY + timedelta(minutes=minute))
    assert house.owed() == [f"{BEN} Open: nothing."]


def test_it_is_not_told_again_once_it_was_told(house: House) -> None:
    house.at(MONDAY)
    deliver(house.runtime)
    assert house.owed() == []
    house.at(MONDAY + timedelta(minutes=1))
    assert house.owed() == []
    [post] = house.simulator.inbox.posts(HOOK, accepted=True)
    assert post.body["text"].startswith(BEN)


def test_each_channel_reads_it_by_its_own_clocks_and_privacy(house: House) -> None:
    told_by_policy(house.store)
    alert = an_open_alert(house.store)
    house.change(announce=("slack-av", "slack-ny", "gone"))
    house.at(MONDAY)
    assert house.owed() == [f"{BEN} Open: 1 alert ({alert.who}, taken by Ana)."]
    assert house.owed("slack-ny") == [
        "Now on call for av: Ben Ito until Mon 9 Mar 04:00. Then: Ana Ruiz. Open: 1 alert."
    ]


def test_whoever_dies_between_two_channels_leaves_the_other_for_the_next_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.change(announce=("slack-av", "slack-ny"))
    owe = house.store.lanes.owe

    def dies(debt: Any, note: Any, *, alone: bool = True) -> str:
        if debt.channel == "slack-ny":
            raise KeyboardInterrupt
        return owe(debt, note, alone=alone)

    with monkeypatch.context() as patch:
        patch.setattr(house.store.lanes, "owe", dies)
        with pytest.raises(KeyboardInterrupt):
            house.at(MONDAY)
    house.at(MONDAY + timedelta(minutes=1))
    assert (len(house.owed()), len(house.owed("slack-ny"))) == (1, 1)


def test_only_the_alerts_of_its_policies_are_told(house: House) -> None:
    told_by_policy(house.store)
    an_open_alert(house.store, policy="another")
    house.at(MONDAY)
    assert house.owed() == [f"{BEN} Open: nothing."]


@pytest.mark.parametrize(
    ("hours", "told"),
    [pytest.param(1, 1, id="a-while-late"), pytest.param(13, 0, id="much-too-late")],
)
def test_a_hand_over_that_nobody_could_tell_is_told_late(house: House, hours: int, told: int) -> None:
    house.at(MONDAY + timedelta(hours=hours))
    assert len(house.owed()) == told


def test_a_cover_is_a_hand_over_there_and_back(house: House) -> None:
    house.cover("cem", SUNDAY + timedelta(hours=1), SUNDAY + timedelta(hours=3))
    house.at(SUNDAY + timedelta(hours=1))
    assert house.owed() == ["Now on call for av: Cem Arslan until 16:00. Then: Ana Ruiz. Open: nothing."]
    house.at(SUNDAY + timedelta(hours=3))
    assert "Now on call for av: Ana Ruiz until Mon 09:00. Then: Ben Ito. Open: nothing." in house.owed()


def test_a_cover_that_is_taken_back_hands_over_at_once(house: House) -> None:
    house.cover("cem", SUNDAY + timedelta(hours=1), SUNDAY + timedelta(hours=9))
    house.at(SUNDAY + timedelta(hours=2))
    back = SUNDAY + timedelta(hours=3)
    house.store.documents.covers.change("co_1", lambda cover: replace(cover, ends_at=back))
    house.at(back)
    assert [said.partition(" until")[0] for said in sorted(house.owed())] == [
        "Now on call for av: Ana Ruiz",
        "Now on call for av: Cem Arslan",
    ]


def test_a_hand_over_when_the_clocks_change_comes_by_the_clocks(house: House) -> None:
    house.store.clock.put(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    summer = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)  # 09:00 in Berlin, an hour earlier than in winter
    house.at(summer - timedelta(minutes=1))
    assert house.owed() == []
    house.at(summer)
    assert house.owed() == ["Now on call for av: Ben Ito until Mon 6 Apr 09:00. Then: Ana Ruiz. Open: nothing."]


def test_without_announce_nothing_is_owed(house: House) -> None:
    house.change(announce=())
    house.at(MONDAY)
    assert house.owed() == []


def test_covers_that_are_over_for_a_week_are_forgotten(house: House) -> None:
    house.cover("cem", SUNDAY, SUNDAY + timedelta(hours=1))
    house.at(SUNDAY + timedelta(days=7))
    assert house.store.documents.covers.ids() == ["co_1"]
    house.at(SUNDAY + timedelta(days=7, hours=1, seconds=1))
    assert house.store.documents.covers.ids() == []


def test_a_gap_is_a_trouble_while_a_policy_tells_the_schedule(house: House) -> None:
    house.change(hours=("Mon-Fri 08:00-18:00",))  # it is Sunday, 13:00
    assert house.troubles("ops") == []
    told_by_policy(house.store)
    [trouble] = house.troubles("ops")
    assert (trouble.subject, trouble.severity, trouble.notify) == ("service.schedule.av", "critical", ("ops",))
    assert trouble.says == "av has nobody on call"
    assert trouble.since_at == SUNDAY  # when the schedule was made
    assert trouble.facts["names"] == "1: av until Mon 08:00 (Europe/Berlin)"

    house.store.clock.put(MONDAY)
    assert house.troubles("ops") == []
    assert handovers.is_mended(house.runtime, trouble.subject)
    house.store.documents.policies.delete("p1")
    assert not handovers.is_mended(house.runtime, trouble.subject)


def test_a_person_whom_nothing_reaches_is_a_trouble(house: House) -> None:
    told_by_policy(house.store)
    house.store.documents.people.put(Person("ana", 0, "Ana Ruiz", SUNDAY))
    [trouble] = house.troubles("ops")
    assert trouble.says == "Nothing reaches Ana Ruiz, on call for av"
    assert trouble.hint.endswith("PUT /v1/people/ana.")


def test_a_person_who_is_mentioned_where_the_watch_tells_is_reached(house: House) -> None:
    told_by_policy(house.store)
    house.store.documents.people.put(Person("ana", 0, "Ana Ruiz", SUNDAY, slack_user="U02ANA"))
    assert len(house.troubles("ops")) == 1
    watch = Watch("w1", 0, "97763643886", (Who("everyone", "true"),), ("listener",), ("slack-av",), SUNDAY, policy="p1")
    house.store.documents.put_watch(watch)
    assert house.troubles("ops") == []


def test_a_gap_is_told_to_those_who_hear_the_policy_when_nobody_else_would_hear(house: House) -> None:
    house.change(hours=("Mon-Fri 08:00-18:00",))
    told_by_policy(house.store, Target("schedule", "av"), Target("channel", "slack-ny"))
    [trouble] = house.troubles()
    assert trouble.notify == ("slack-av", "slack-ny")
