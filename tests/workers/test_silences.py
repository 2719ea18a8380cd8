"""Notices of silences: at the start and before the end, each once, to the channels of those whom it concerns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.model import (
    Channel,
    Instance,
    Listed,
    Policy,
    Roster,
    Seat,
    Session,
    Silence,
    Step,
    Target,
    Watch,
    WatchView,
    Who,
)
from service import settings as settings_file
from service.store import Store
from tests.rules.alerts import a_breach, an_alert
from tests.service.store.builders import a_change, a_plan, an_entry, posted
from workers import silences
from workers.runtime import Runtime

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, 04:00 in Chicago
RUN = Instance("3f9a0c11d2e4", "uuid==", "97763643886", "Spring Town Hall", started_at=START)
SEAT = f"{RUN.id}.7"
MEANWHILE = "Alerts are recorded, not sent. Service alerts still come."
ON = f"Silence on: site Building C until 05:00 CST (Ana: core switch CHG0041). {MEANWHILE}"


@dataclass
class Hall:
    """A live meeting with Dr Rao in it, a watch of Building C and one of elsewhere, each with a channel."""

    runtime: Runtime

    @property
    def store(self) -> Store:
        return self.runtime.store

    def silence(self, **changes: Any) -> None:
        self.store.documents.silences.put(a_silence(**changes))

    def minute(self, **later: float) -> dict[str, list[str]]:
        """What the chore leaves owed to each channel, after a while."""
        if later:
            self.store.clock.advance(**later)
        silences.notices(self.runtime)
        return self.told()

    def told(self) -> dict[str, list[str]]:
        """Take everything that is owed, as a sender would."""
        found: dict[str, list[str]] = {}
        for turn in self.store.lanes.claim(9, 60):
            assert turn.lane == f"{turn.channel}:service"
            unsaid = [subject for subject, seq in turn.owed.items() if turn.told.get(subject, 0) < seq]
            notes = [self.store.lanes.note(subject) for subject in unsaid]
            assert {note.kind for note in notes if note} <= {"silence"}
            found[turn.channel] = [note.sentence for note in notes if note]
            assert self.store.lanes.drop(turn, turn.owed)
        return found

    @property
    def ids(self) -> list[str]:
        return self.store.documents.silences.ids()


def a_silence(**changes: Any) -> Silence:
    given = Silence(
        id="si_1",
        revision=0,
        matchers={"label": "site=Building C"},
        by="Ana",
        comment="core switch CHG0041",
        starts_at=START,
        created_at=START,
        ends_at=START + timedelta(hours=1),
        timezone="America/Chicago",
    )
    return replace(given, **changes)


def a_watch(id: str, channel: str, **changes: Any) -> Watch:
    watch = Watch(id, 1, RUN.number, (Who("name", "dr rao"),), ("audio-sent",), (channel,), START)
    return replace(watch, **changes)


@pytest.fixture
def hall(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[Hall]:
    environ = {
        "REDIS_URL": f"unix://{redis_socket}",
        "QOSWATCH_SECRET_KEY": "a-secret-of-a-test-that-is-long-enough-to-do",
        "QOSWATCH_DATA_DIR": str(tmp_path),
        "QOSWATCH_TEST_CLOCK": "hash",
        "ZOOM_ACCESS_TOKEN": "a-token-that-is-never-used",
    }
    runtime = Runtime.build(settings_file.load(environ))
    _filled(runtime.store)
    yield Hall(runtime)
    runtime.close()


def _filled(store: Store) -> None:
    store.clock.put(START)
    for id, kind in (("slack-c", "slack"), ("teams-d", "teams"), ("slack-p", "slack"), ("pager", "pagerduty")):
        url = "" if kind == "pagerduty" else f"https://hooks.slack.com/services/T/B/{id}"
        store.documents.channels.put(Channel(id, 0, kind, url, START))
    told = (Target("channel", "slack-p"), Target("channel", "pager"))
    store.documents.policies.put(Policy("av", 0, (Step(0, told),), START))
    store.documents.watches.put(a_watch("w_c", "slack-c", labels={"site": "Building C"}, policy="av"))
    store.documents.watches.put(a_watch("w_d", "teams-d", who=(Who("name", "dr kline"),)))
    store.instances.put(RUN)
    store.seats.change_roster(RUN.id, lambda _: Roster({"7": Listed(SEAT, "Dr Rao", joined_at=START)}))


def _alert(store: Store, **changes: Any) -> None:
    """Dr Rao's sent audio is bad, and Building C's watch hears it."""
    views = (WatchView("w_c", "critical", ("slack-c",), ("audio-sent",)),)
    told = {"subject": SEAT, "instance": RUN.id, "meeting": RUN.number, "uuid": RUN.uuid, "watches": views}
    alert = an_alert(a_breach(), **{**told, **changes})
    seat = Seat(SEAT, RUN.id, "Dr Rao", sessions=(Session("7", 1),))
    assert not store.seats.commit(
        RUN.id, [replace(a_plan(), subject=SEAT, seat=seat, alerts=(a_change(alert, an_entry()),))]
    )


def test_a_silence_is_announced_once_to_whoever_it_concerns(hall: Hall) -> None:
    hall.silence()

    assert hall.minute() == {"slack-c": [ON], "slack-p": [ON]}, "not to a watch of elsewhere, and nobody is paged"
    assert hall.minute(minutes=1) == {}


def test_one_that_waits_is_announced_when_it_begins(hall: Hall) -> None:
    hall.silence(starts_at=START + timedelta(minutes=5))

    assert hall.minute(minutes=4) == {}
    assert hall.minute(minutes=1)["slack-c"] == [ON]


@pytest.mark.parametrize(
    ("state", "still"),
    [
        pytest.param("open", "Still bad there: 1. It will be told then.", id="bad"),
        pytest.param("closed", "Nothing is bad there now.", id="fine"),
    ],
)
def test_its_end_is_announced_ten_minutes_before_with_what_is_still_bad(hall: Hall, state: str, still: str) -> None:
    closed = {"state": "closed", "closed_at": START, "ending": "fine"}
    _alert(hall.store, **(closed if state == "closed" else {}))
    hall.silence()
    hall.minute()

    assert hall.minute(minutes=49) == {}
    assert hall.minute(minutes=1)["slack-c"] == [f"Silence for site Building C ends 05:00 CST. {still}"]
    assert hall.minute(minutes=1) == {}


def test_a_short_silence_has_said_already_when_it_ends(hall: Hall) -> None:
    hall.silence(ends_at=START + timedelta(minutes=9))

    assert len(hall.minute()["slack-c"]) == 1
    assert hall.minute(minutes=8) == {}


def test_an_end_that_is_put_off_is_announced_again_and_its_start_is_not(hall: Hall) -> None:
    hall.silence()
    hall.minute()
    hall.minute(minutes=50)
    kept = hall.store.documents.silences.get("si_1")
    assert kept is not None
    hall.store.documents.silences.put(replace(kept, ends_at=START + timedelta(hours=2)))

    assert hall.minute(minutes=5) == {}
    assert hall.minute(minutes=55)["slack-c"] == [
        "Silence for site Building C ends 06:00 CST. Nothing is bad there now."
    ]


def test_every_week_is_announced_anew(hall: Hall) -> None:
    hall.silence(weekly=("Mon 04:00-05:00",), ends_at=None)

    assert hall.minute()["slack-c"] == [ON]
    assert "ends 05:00 CST" in hall.minute(minutes=55)["slack-c"][0]
    assert hall.minute(minutes=10) == {}
    summer = hall.minute(days=6, hours=21, minutes=55)["slack-c"]  # Chicago's clocks went on meanwhile
    assert summer == [ON.replace("CST", "CDT")]


@pytest.mark.parametrize("told_before", [pytest.param(True, id="told"), pytest.param(False, id="not-yet-told")])
def test_a_death_between_owing_and_writing_it_down_tells_it_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, told_before: bool
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    hall.silence()
    with monkeypatch.context() as patch:
        patch.setattr(hall.store.documents.silences, "change", dies)
        with pytest.raises(KeyboardInterrupt):
            silences.notices(hall.runtime)
    first = hall.store.lanes.owing("slack-c")
    assert len(first) == 1
    if told_before:
        for turn in hall.store.lanes.claim(9, 60):
            posted(hall.store, turn)

    hall.store.clock.advance(minutes=1)
    assert hall.minute()["slack-c"] == ([] if told_before else [ON])
    assert hall.minute(minutes=1) == {}


@pytest.mark.parametrize(
    ("matchers", "channels"),
    [
        pytest.param({"watch": "w_d"}, ["teams-d"], id="a-watch"),
        pytest.param({"meeting": RUN.number}, ["slack-c", "slack-p", "teams-d"], id="a-meeting"),
        pytest.param({"meeting": RUN.uuid}, ["slack-c", "slack-p", "teams-d"], id="a-run-of-it"),
        pytest.param({"meeting": "11122233344"}, [], id="another-meeting"),
        pytest.param({"rule": "audio-sent", "watch": "w_c"}, ["slack-c", "slack-p"], id="a-rule-of-the-watch"),
        pytest.param({"rule": "delay"}, [], id="a-rule-that-no-watch-has"),
        pytest.param({"person": "dr nobody"}, ["slack-c", "slack-p", "teams-d"], id="a-person-may-be-anybodys"),
        pytest.param({"seat": SEAT}, ["slack-c", "slack-p"], id="a-seat-is-one-persons"),
    ],
)
def test_the_channels_of_watches_that_it_may_cover_hear_of_it(
    hall: Hall, matchers: dict[str, str], channels: list[str]
) -> None:
    hall.silence(matchers=matchers)

    assert sorted(hall.minute()) == channels
    assert hall.minute(minutes=1) == {}


@pytest.mark.parametrize(
    "changes",
    [pytest.param({"paused": True}, id="paused"), pytest.param({"ends_at": START, "hard_stop": True}, id="over")],
)
def test_a_watch_that_hears_nothing_is_told_nothing(hall: Hall, changes: dict[str, Any]) -> None:
    watch = hall.store.documents.watches.get("w_c")
    assert watch is not None
    hall.store.documents.watches.put(replace(watch, **changes))
    hall.silence()

    assert hall.minute() == {}


def test_not_for_this_meeting_is_told_with_names_and_goes_with_the_meeting(hall: Hall) -> None:
    _alert(hall.store)
    hall.silence(matchers={"seat": SEAT}, comment="not for this meeting", ends_at=START + timedelta(minutes=30))

    said = f"Silence on: Dr Rao, Spring Town Hall to the end of the meeting (Ana: not for this meeting). {MEANWHILE}"
    assert hall.minute()["slack-c"] == [said]
    assert hall.minute(minutes=25) == {}, "its end is not announced"
    hall.store.instances.end(RUN.id, hall.store.clock.now())
    assert (hall.minute(), hall.ids) == ({}, [])


def test_one_that_is_over_can_be_read_for_a_week(hall: Hall) -> None:
    hall.silence()
    hall.minute(days=7, minutes=59)
    assert hall.ids == ["si_1"]
    hall.minute(minutes=1)
    assert hall.ids == []


@pytest.mark.parametrize(
    ("privacy", "said"),
    [
        pytest.param(None, "*Rao*, Spring Town Hall until 05:00 CST (Ana: core switch CHG0041).", id="unsaid"),
        pytest.param(
            "watched", "*Rao*, meeting 97763643886 until 05:00 CST (Ana: core switch CHG0041).", id="no-topic"
        ),
        pytest.param("ids", "one person, meeting 97763643886 until 05:00 CST (Ana).", id="no-names"),
    ],
)
def test_a_channel_is_told_no_more_than_its_privacy_lets(hall: Hall, privacy: Any, said: str) -> None:
    channel = hall.store.documents.channels.get("slack-c")
    assert channel is not None
    hall.store.documents.channels.put(replace(channel, privacy=privacy))
    hall.silence(matchers={"person": "*Rao*", "meeting": RUN.number})

    assert hall.minute()["slack-c"] == [f"Silence on: {said} {MEANWHILE}"]


def test_a_sender_is_woken_only_when_something_is_owed(hall: Hall) -> None:
    silences.notices(hall.runtime)
    assert hall.runtime.queues.length("deliver") == 0
    hall.silence()
    silences.notices(hall.runtime)
    assert hall.runtime.queues.length("deliver") == 1
