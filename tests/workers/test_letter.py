"""What a lane says next: all at once, what can wait, how much of it to whom, with which links, and what is dropped."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules import links
from rules.gate import Gate
from rules.model import (
    AlertView,
    AlertWrite,
    Channel,
    Debt,
    Entry,
    Note,
    Person,
    Plan,
    Seat,
    Watch,
    WatchView,
    Who,
)
from service import settings as settings_file
from service.store import Store, Turn, keys
from service.store.codec import encode
from simulator import Simulator
from tests.rules.alerts import a_breach, an_alert
from workers.deliver import deliver, pay
from workers.letter import Letter, letter
from workers.pressable import Links
from workers.runtime import Runtime

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
RUN = "3f9a0c11d2e4"
LANE = f"slack-av:{RUN}"
HOOK, FLOW = "T1/B1/secret", "flow1"
SECRET = "a-secret-of-a-test-that-is-long-enough-to-do"


@dataclass
class Post:
    """The lanes of a meeting, and destinations that lead to an inbox."""

    runtime: Runtime
    simulator: Simulator
    seqs: dict[str, int] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.runtime.store

    def channel(self, id: str = "slack-av", kind: str = "slack", **more: Any) -> Channel:
        urls = {"slack": self.simulator.slack_url(HOOK), "teams": self.simulator.teams_url(FLOW)}
        url = {**urls, "pagerduty": self.simulator.pagerduty_url(), "webhook": self.simulator.hook_url()}[kind]
        return self.store.documents.channels.put(Channel(id, 0, kind, url, START, **more))

    def says(
        self,
        person: str,
        kind: str,
        severity: str | None = "warning",
        *,
        to: str = "slack-av",
        lane: str = "",
        taken: str = "",
        named: bool = True,
        calls: bool = False,
    ) -> str:
        """One more change of somebody's alert, owed to a channel; answers the alert's id."""
        id, subject, now = f"al_{person}", f"{RUN}.{person}", self.store.clock.now()
        seq = self.seqs[id] = self.seqs.get(id, 0) + 1
        views = (WatchView("w1", severity, (to,), ("audio-sent",) if severity else (), named=named),)
        state = {"state": "open"} if severity else {"state": "closed", "closed_at": now, "ending": "fine"}
        ends = {} if severity else {"ending": "fine", "ended_at": now, "state": "over"}
        breach = a_breach(severity=severity or "warning", since_at=now, value_at=now, worst_at=now, **ends)
        alert = an_alert(
            breach,
            id=id, seq=seq, instance=RUN, subject=subject, session=person, who=f"Person {person}", watches=views,
            severity=severity or "warning", opened_at=now, data_at=now, read_at=now, taken_by=taken or None, **state,
        )  # fmt: skip
        entry = Entry(seq, kind, 1, now, "because", severity is not None, severity or "warning", False, views)
        entry = replace(entry, taken_by=taken, tells=(to,) if calls else ())
        self._commit(subject, alert, entry, Debt(to, lane or f"{to}:{RUN}", id, seq))
        return id

    def _commit(self, subject: str, alert: AlertView, entry: Entry, debt: Debt) -> None:
        version, seat = self.store.seats.subject(RUN, subject) or ("", Seat(subject, RUN))
        write = AlertWrite(alert, (entry,), entry.seq == 1)
        assert not self.store.seats.commit(RUN, [Plan(subject, version, seat, alerts=(write,), debts=(debt,))])

    def note(self, id: str, kind: str, sentence: str, lane: str = "slack-av:service") -> None:
        note = Note(id, kind, sentence, self.store.clock.now())
        self.store.lanes.owe(Debt("slack-av", lane, id, 1), note, alone=kind == "test")

    def later(self, **delta: float) -> None:
        """Time passes, and what is due is said."""
        self.store.clock.advance(**delta)
        deliver(self.runtime)

    def at(self, moment: datetime) -> None:
        self.store.clock.put(moment)
        deliver(self.runtime)

    def texts(self, hook: str = HOOK) -> list[str]:
        return [post.body.get("text") or post.body["summary"] for post in self.simulator.inbox.posts(hook)]

    def events(self) -> list[str]:
        posts = self.simulator.inbox.posts(accepted=True)
        return [post.body["event_action"] for post in posts if post.kind == "pagerduty"]

    def next(self, links: Links | None = None) -> tuple[Turn, Letter]:
        """What the only lane that is due would say."""
        self.store.clock.advance(milliseconds=300)
        [turn] = self.store.lanes.claim(9, 60)
        channel = self.store.documents.channel(turn.channel)
        assert channel is not None
        return turn, letter(self.store, turn, channel, self.store.clock.now(), links)


@pytest.fixture
def post(redis_client: Any, redis_socket: Path, tmp_path: Path) -> Iterator[Post]:
    with Simulator(base=START.timestamp(), speed=0) as simulator:
        environ = {
            **simulator.environ(),
            "REDIS_URL": f"unix://{redis_socket}",
            "QOSWATCH_SECRET_KEY": SECRET,
            "QOSWATCH_DATA_DIR": str(tmp_path),
            "QOSWATCH_TEST_CLOCK": "hash",
            "QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes",
            "PUBLIC_URL": "https://qoswatch.example.org/",
        }
        runtime = Runtime.build(settings_file.load(environ))
        runtime.store.clock.put(START)
        made = Post(runtime, simulator)
        made.channel()
        watch = Watch("w1", 0, "97763643886", (Who("name", "*"),), ("audio-sent",), ("slack-av",), START)
        runtime.store.documents.put_watch(watch)
        yield made
        runtime.close()


def test_three_hundred_alerts_are_one_message_and_all_of_them_are_told(post: Post) -> None:
    ids = {post.says(f"{person:03}", "fire") for person in range(300)}

    post.later(seconds=1)

    [text] = post.texts()
    assert "300" in text
    [delivery] = post.store.lanes.deliveries()[0]
    assert set(delivery.alerts) == ids
    assert post.store.lanes.owing("slack-av") == frozenset()


def test_calm_news_waits_from_the_third_message_on_until_something_urgent_takes_it_along(post: Post) -> None:
    for person in ("1", "2"):
        post.says(person, "fire")
        post.later(seconds=31)
    assert len(post.texts()) == 2

    post.says("1", "closed", None)
    for _ in range(4):
        post.later(seconds=31)
    assert len(post.texts()) == 2, "it is the third in a row, and asks nothing of anybody"

    post.says("3", "fire")
    post.later(seconds=1)
    assert "2 alerts" in post.texts()[2]


def test_calm_news_goes_alone_when_five_minutes_are_over(post: Post) -> None:
    for person in ("1", "2"):
        post.says(person, "fire")
        post.later(seconds=31)
    post.says("1", "closed", None)
    told_at = START + timedelta(seconds=31 * 2)
    post.later(seconds=5)
    post.at(told_at + timedelta(minutes=4, seconds=59))
    assert len(post.texts()) == 2

    post.at(told_at + timedelta(minutes=5))
    assert post.texts()[2].startswith("Fine again")


def test_quiet_hours_keep_a_warning_for_the_morning_and_let_what_is_critical_through(post: Post) -> None:
    post.channel(quiet_hours="22:00-07:00")
    post.at(NIGHT)
    post.says("1", "fire")
    post.later(minutes=1)
    post.says("2", "fire")
    post.later(minutes=10)
    post.says("1", "closed", None)
    post.later(minutes=10)
    assert post.texts() == []

    post.says("3", "fire", "critical", lane="slack-av:another")
    post.later(minutes=1)
    assert [text[:8] for text in post.texts()] == ["CRITICAL"]

    post.at(MORNING - timedelta(seconds=1))
    assert len(post.texts()) == 1
    post.at(MORNING)
    [_, kept] = post.texts()
    assert kept.startswith("While quiet (22:00-07:00): 2 alerts")


def test_a_single_warning_of_the_night_that_is_still_bad_comes_as_itself(post: Post) -> None:
    post.channel(quiet_hours="22:00-07:00")
    post.at(NIGHT)
    post.says("1", "fire")
    post.later(minutes=1)
    post.at(MORNING)
    [text] = post.texts()
    assert text.startswith("WARNING: others hear")


def test_the_end_of_what_was_critical_is_told_at_night_too(post: Post) -> None:
    post.channel(quiet_hours="22:00-07:00")
    post.at(NIGHT)
    post.says("1", "fire", "critical")
    post.later(minutes=1)
    post.says("1", "closed", None)
    post.later(minutes=1)
    assert [text.split(":")[0] for text in post.texts()] == ["CRITICAL", "Fine again"]


def test_a_note_waits_for_the_morning_and_a_test_does_not(post: Post) -> None:
    post.channel(quiet_hours="22:00-07:00")
    post.at(NIGHT)
    post.note("nt_1", "hand_over", "Now on call for av: Ben Ito.")
    post.later(minutes=1)
    assert post.texts() == []
    post.note("nt_test", "test", "channel slack-av is heard")
    post.later(minutes=1)
    assert [text[:5] for text in post.texts()] == ["TEST,"]
    post.at(MORNING)
    assert post.texts()[1:] == ["Now on call for av: Ben Ito."]


def test_notes_of_one_conversation_travel_together_and_keep_no_alert_waiting(post: Post) -> None:
    post.note("nt_1", "hand_over", "Now on call for av: Ben Ito.", LANE)
    post.note("nt_2", "silence", "Silence on: Building C until 05:00.", LANE)
    post.later(seconds=1)
    assert len(post.texts()) == 1
    post.says("1", "fire")
    post.later(seconds=1)
    assert len(post.texts()) == 2


def test_notes_go_while_calm_news_of_their_lane_waits(post: Post) -> None:
    for person in ("1", "2"):
        post.says(person, "fire")
        post.later(seconds=31)
    post.says("1", "better")
    post.says("1", "closed", None)
    post.note("nt_1", "hand_over", "Now on call for av: Ben Ito.", LANE)
    post.later(seconds=31)
    assert post.texts()[2:] == ["Now on call for av: Ben Ito."]
    post.later(minutes=5)
    assert len(post.texts()) == 4


@pytest.mark.parametrize(
    ("privacy", "named", "shown"),
    [
        pytest.param(None, True, "Person 1|Spring Town Hall", id="somebody-named-them"),
        pytest.param(None, False, "Person 1|97763643886", id="only-as-one-of-everybody"),
        pytest.param("full", False, "Person 1|Spring Town Hall", id="the-channel-says-full"),
        pytest.param("watched", True, "Person 1|97763643886", id="the-channel-says-watched"),
        pytest.param("ids", True, "participant 1|97763643886", id="the-channel-says-ids"),
    ],
)
def test_how_much_a_channel_may_know(post: Post, privacy: Any, named: bool, shown: str) -> None:
    post.channel(privacy=privacy)
    post.says("1", "fire", named=named)

    _, said = post.next()

    everything = str(said.message)
    who, place = shown.split("|")
    assert who in everything
    assert place in everything
    hidden = {"Person 1", "participant 1", "Spring Town Hall"} - {who, place}
    assert [each for each in hidden if each in everything] == []


KEY = links.link_key("k")
LINKS = Links("https://qoswatch.example.org", KEY)


def read(said: Letter) -> dict[str, links.Link]:
    """What the links of a message do."""
    assert said.message is not None
    prefix = "https://qoswatch.example.org/a/"
    assert all(action.url.startswith(prefix) for action in said.message.actions)
    found = {action.name: links.read([KEY], action.url.removeprefix(prefix)) for action in said.message.actions}
    return {name: link for name, link in found.items() if link}


def test_the_links_of_a_message_are_signed_for_its_alert_and_lane_for_a_day(post: Post) -> None:
    id = post.says("1", "fire", "critical")
    _, said = post.next(LINKS)
    found = read(said)
    ends_at = (post.store.clock.now() + timedelta(hours=24)).replace(microsecond=0)
    assert {name: (link.action, link.alert, link.lane, link.expires_at) for name, link in found.items()} == {
        "Take it": ("take", id, LANE, ends_at),
        "Snooze 15 min": ("snooze", id, LANE, ends_at),
        "Not for this meeting": ("mute", id, LANE, ends_at),
        "False alarm": ("false_alarm", id, LANE, ends_at),
        "Open": ("show", id, LANE, ends_at),
    }


def test_the_links_of_a_digest_are_for_every_alert_of_its_lane(post: Post) -> None:
    post.says("1", "fire")
    post.says("2", "fire")
    _, said = post.next(LINKS)
    assert {(link.action, link.alert, link.lane) for link in read(said).values()} == {
        ("take", "", LANE),
        ("snooze", "", LANE),
        ("show", "", LANE),
    }


def test_a_test_has_links_that_say_it_was_one(post: Post) -> None:
    post.note("nt_test", "test", "channel slack-av is heard")
    _, said = post.next(LINKS)
    assert {link.alert for link in read(said).values()} == {"nt_test"}


def test_where_nobody_can_reach_our_pages_no_link_is_offered(post: Post) -> None:
    post.says("1", "fire")
    _, said = post.next()
    assert said.message is not None
    assert said.message.actions == ()
    assert Links.of(Given(None)) is None


@dataclass
class Given:
    """The settings that links ask."""

    public_url: str | None
    secret_keys: list[str] = field(default_factory=lambda: ["newest", "older"])


def test_links_are_signed_with_the_newest_key_and_lead_to_our_own_pages() -> None:
    made = Links.of(Given("https://qoswatch.example.org/"))
    assert made == Links("https://qoswatch.example.org", links.link_key("newest"))


def test_a_pager_is_told_only_what_changes_who_is_called(post: Post) -> None:
    post.channel("pd", "pagerduty", secret="k" * 32)
    told = {"to": "pd", "lane": "pd:al_1"}
    post.says("1", "fire", "critical", **told)
    post.later(seconds=1)
    post.says("1", "better", **told)
    post.later(seconds=1)
    assert post.events() == ["trigger"]
    assert post.store.lanes.owing("pd") == frozenset(), "it counts as heard"
    post.says("1", "taken", taken="Ana Ruiz", **told)
    post.later(seconds=1)
    post.says("1", "closed", None, taken="Ana Ruiz", **told)
    post.later(seconds=1)
    assert post.events() == ["trigger", "acknowledge", "resolve"]
    assert len(post.store.lanes.deliveries(channel="pd")[0]) == 3


def test_a_pager_hears_of_better_and_taken_at_once_that_it_is_taken(post: Post) -> None:
    post.channel("pd", "pagerduty", secret="k" * 32)
    told = {"to": "pd", "lane": "pd:al_1"}
    post.says("1", "fire", "critical", **told)
    post.later(seconds=1)
    post.says("1", "better", **told)
    post.says("1", "reminder", calls=True, **told)
    post.says("1", "taken", taken="Ana Ruiz", **told)
    for _ in range(3):
        post.later(seconds=1)
    assert post.events() == ["trigger", "acknowledge"]


def test_what_was_taken_before_a_pager_heard_of_it_pages_nobody(post: Post) -> None:
    post.channel("pd", "pagerduty", secret="k" * 32)
    told = {"to": "pd", "lane": "pd:al_1"}
    post.says("1", "fire", "critical", **told)
    post.says("1", "taken", "critical", taken="Ana Ruiz", **told)
    post.later(seconds=1)
    assert post.events() == []
    post.says("1", "untaken", "critical", **told)
    post.later(seconds=1)
    assert post.events() == ["trigger"]


def test_a_person_s_own_key_is_a_channel(post: Post) -> None:
    post.store.documents.people.put(Person("ana", 0, "Ana Ruiz", START, email="ana@example.org"))
    post.says("1", "fire", to="ana~email", lane="ana~email:al_1")
    turn, said = post.next()
    assert turn.channel == "ana~email"
    assert said.message is not None
    assert said.message.alert == "al_1"


def test_a_channel_that_is_gone_owes_nothing_any_more(post: Post) -> None:
    post.says("1", "fire", to="gone", lane=f"gone:{RUN}")
    post.later(seconds=1)
    assert post.store.lanes.first_due() is None


def test_a_channel_that_breaks_calls_the_next_step_of_all_that_it_owes(post: Post) -> None:
    post.simulator.inbox.behave(HOOK, "no_service")
    later = START + timedelta(minutes=10)
    first, other = post.says("1", "fire"), post.says("2", "fire", lane="slack-av:another")
    post.store.steps.arm(first, later)

    post.later(seconds=1)

    assert post.store.lanes.gate("slack-av").broken
    assert {post.store.steps.when(id) for id in (first, other)} == {post.store.clock.now()}

    tomorrow = START + timedelta(days=1)
    for claim in post.store.steps.claim(9, 60):
        post.store.steps.done(claim, tomorrow)
    tried = len(post.simulator.inbox.posts(HOOK))
    post.later(hours=1, seconds=1)
    assert len(post.simulator.inbox.posts(HOOK)) > tried
    assert post.store.steps.when(first) == tomorrow, "it was broken before: its hourly trial calls nobody"


def test_a_call_that_somebody_answered_before_it_was_said_is_not_said(post: Post) -> None:
    post.says("1", "fire", "critical")
    post.later(seconds=1)
    post.says("1", "escalated", "critical", calls=True)
    post.says("1", "taken", "critical", taken="Ana Ruiz")
    post.later(seconds=30)
    assert "Ana Ruiz has it" in post.texts()[1]


def repeated(post: Post, kind: str, to: str, lane: str) -> list[str]:
    """The fire goes out and its sender dies; meanwhile the alert closes. The ids of all that comes after that."""
    post.channel(to, kind, secret="whsec_" + "A" * 32 if kind == "webhook" else "")
    post.says("1", "fire", to=to, lane=lane)
    turn, said = post.next()
    assert post.store.lanes.begin(turn, "dl_first", said.pairs)
    post.says("1", "closed", None, to=to, lane=lane)
    for _ in range(4):
        post.later(seconds=31)
    return [sent.delivery for sent in post.simulator.inbox.posts(accepted=True)]


def test_a_chat_hears_the_newest_in_a_repeat_and_does_not_hear_it_again(post: Post) -> None:
    ids = repeated(post, "slack", "slack-av", LANE)

    assert ids == ["dl_first"]
    assert [text.split(":")[0] for text in post.texts()] == ["Broke and recovered before I could tell you"]


def test_a_program_may_drop_a_repeat_by_its_id_so_it_tells_what_its_first_did(post: Post) -> None:
    ids = repeated(post, "webhook", "hook", "hook:al_1")

    types = [sent.body["type"] for sent in post.simulator.inbox.posts(accepted=True)]
    assert types == ["alert.fired", "alert.resolved"]
    assert "Still bad" in str(post.simulator.inbox.posts()[0].body["data"]["details"])
    assert ", since 10:00." in str(post.simulator.inbox.posts()[0].body["data"]["details"])
    assert ids[0] == "dl_first"
    assert ids[1] != "dl_first"


def test_what_is_told_beyond_the_debt_of_the_turn_is_not_told_again(post: Post) -> None:
    post.says("1", "fire")
    post.store.clock.advance(milliseconds=300)
    [turn] = post.store.lanes.claim(9, 60)
    post.says("1", "worse", "critical")

    pay(post.runtime, turn)
    post.later(seconds=31)

    assert [text.split(":")[0] for text in post.texts()] == ["CRITICAL"]
    assert post.store.lanes.owing("slack-av") == frozenset()


def test_a_trial_of_a_broken_channel_that_is_refused_lets_policies_take_their_next_step_at_once(post: Post) -> None:
    gate = Gate(START, 1, START, broken="HTTP 404")
    post.store.redis.hset(keys.gate("slack-av"), "gate", encode(gate))
    assert "slack-av" not in post.store.duty().broken, "its trial is due, so policies name it"
    post.simulator.inbox.behave(HOOK, "no_service")
    alert = post.says("1", "fire")

    post.later(milliseconds=300)

    assert "slack-av" in post.store.duty().broken
    assert post.store.steps.when(alert) == post.store.clock.now()
