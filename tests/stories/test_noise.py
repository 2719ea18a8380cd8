"""One message for one cause: storms, flapping, silences, and what asks nothing of anybody."""

from datetime import timedelta
from typing import Any

import pytest

NUMBER = "97763643886"
SLACK, TEAMS = "T1/B1/secret", "flow1"


@pytest.fixture
def hall(house: Any) -> Any:
    """A town hall is on; nobody is in it yet."""
    house.channel()
    house.world = house.simulator.world
    house.world.start(NUMBER, topic="Spring Town Hall")
    return house


def join(house: Any, count: int, **more: Any) -> list[str]:
    return [house.world.join(NUMBER, f"Person {nth:03d}", **more).user_id for nth in range(count)]


def hear(house: Any, sessions: list[str], percent: float) -> None:
    """What these people receive loses so much."""
    for session in sessions:
        house.world.figures(NUMBER, session, "audio_output", {"avg_loss": percent})


def send(house: Any, session: str, percent: float) -> None:
    house.world.figures(NUMBER, session, "audio_input", {"avg_loss": percent})


def test_a_storm_of_three_hundred_is_at_most_three_messages_and_nobody_is_missing(hall: Any) -> None:
    teams = hall.channel("teams-av", "teams")
    sessions = join(hall, 300)
    hall.watch(NUMBER, {"everyone": True}, notify=("slack-av", "teams-av"), rules=["audio-heard"])
    hall.advance(minutes=4)

    hear(hall, sessions, 22)
    hall.advance(minutes=5)

    open_now = hall.api("GET", "/v1/alerts?state=open&limit=200")
    rest = hall.api("GET", f"/v1/alerts?state=open&limit=200&cursor={open_now['next_cursor']}")
    assert len(open_now["items"]) + len(rest["items"]) == 300
    for hook in (SLACK, teams):
        posts = hall.posts(hook)
        assert 1 <= len(posts) <= 3, [text[:90] for text in hall.texts(hook)]
        assert all(post.shown and not post.problems for post in posts)
        assert hall.simulator.inbox.posts(hook, accepted=False) == []
    assert any("of 300 watched" in text for text in hall.texts(SLACK)), hall.texts(SLACK)


def test_a_headline_says_what_those_who_are_bad_have_in_common(hall: Any) -> None:
    lyon = join(hall, 6, place={"ip_address": "203.0.113.9", "location": "Lyon"})
    elsewhere = [
        hall.world.join(NUMBER, f"Guest {nth}", place={"ip_address": f"198.51.100.{nth}", "location": "Oslo"}).user_id
        for nth in range(4)
    ]
    hall.watch(NUMBER, {"everyone": True}, rules=["audio-heard"])
    hall.advance(minutes=4)
    hear(hall, lyon, 22)

    hall.advance(minutes=5)

    assert elsewhere
    told = " ".join(str(post.body) for post in hall.posts())
    assert "6 of 10" in told
    assert "In common" in told


def test_news_that_asks_nothing_waits_and_a_first_fire_does_not(hall: Any, collector: Any) -> None:
    first, second, third, fourth = join(hall, 4)
    hall.watch(NUMBER, first, second, third, fourth, rules=["audio-sent"])
    hall.advance(minutes=4)
    send(hall, first, 14)
    hall.advance(minutes=3)
    collector.hears((SLACK, "Person 000"))
    send(hall, second, 14)
    while len(hall.texts()) < 2:
        hall.advance(seconds=15)
    collector.hears((SLACK, "Person 001"))

    send(hall, first, 0)
    hall.advance(minutes=1)
    send(hall, third, 14)
    while not any(alert["who"] == "Person 002" for alert in hall.alerts()):
        collector.silence()
        hall.advance(seconds=15)
    assert [alert["who"] for alert in hall.alerts(state="closed")] == ["Person 000"]
    hall.advance(seconds=30)
    [digest] = hall.texts()[2:]
    assert "2 alerts" in digest, "the fire goes at once, and takes along what had waited"
    collector.skip()

    send(hall, second, 0)
    hall.advance(minutes=8)
    collector.hears((SLACK, "Fine again"))


def test_who_goes_bad_and_good_is_said_once_and_kept_open_until_ten_good_minutes(hall: Any, collector: Any) -> None:
    [rao] = join(hall, 1)
    hall.api(
        "PUT",
        "/v1/rules/burst",
        {"says": "others hear {who} breaking up", "critical": "audio_input.avg_loss > 10%", "critical_for": "1 of 1",
         "clear_for": "1 of 1"},
    )  # fmt: skip
    hall.watch(NUMBER, rao, rules=["burst"])
    hall.advance(minutes=3)
    for percent in (14, 0, 14, 0, 14, 0, 14):
        send(hall, rao, percent)
        hall.advance(minutes=2)
    send(hall, rao, 0)
    hall.advance(minutes=1.5)

    [alert] = hall.alerts()
    assert alert["state"] == "open"
    told = hall.texts()
    assert sum("goes bad and good" in text for text in told) == 1

    hall.advance(minutes=8)
    assert hall.alerts()[0]["state"] == "open"
    hall.advance(minutes=6)
    assert hall.alerts()[0]["state"] == "closed"
    assert "Fine again" in hall.texts()[-1]
    collector.skip()


def test_a_silence_that_ends_mid_alert_tells_what_is_still_bad(hall: Any, collector: Any) -> None:
    rao, kline = join(hall, 2)
    hall.watch(NUMBER, rao, kline, rules=["audio-sent"])
    until = (hall.store.clock.now() + timedelta(minutes=20)).isoformat()
    body = {"matchers": {"person": "Person 000"}, "by": "Ana Ruiz", "comment": "core switch CHG0041", "ends_at": until}
    silence = hall.api("POST", "/v1/silences", body)
    hall.advance(minutes=3)
    collector.hears((SLACK, "Silence on"))

    send(hall, rao, 14)
    hall.advance(minutes=6)
    collector.silence()
    [alert] = hall.alerts(state="open")
    assert alert["silenced_by"] == [silence["id"]]

    hall.advance(minutes=4)
    collector.hears((SLACK, "Still bad there: 1"))

    hall.advance(minutes=9)
    collector.hears((SLACK, "CRITICAL: others hear Person 000 breaking up"))


def test_not_for_this_meeting_is_heard_no_more_and_recorded_all_the_same(hall: Any, collector: Any) -> None:
    [rao] = join(hall, 1)
    hall.watch(NUMBER, rao, rules=["audio-sent"])
    hall.advance(minutes=3)
    send(hall, rao, 7)
    hall.advance(minutes=5)
    collector.hears((SLACK, "WARNING: others hear Person 000 breaking up"))

    hall.follow(hall.link("Not for this meeting"), "Ana Ruiz")
    hall.advance(minutes=2)
    collector.skip()
    send(hall, rao, 18)
    hall.advance(minutes=15)

    collector.silence()
    assert hall.alerts(state="open")[0]["severity"] == "critical"


def test_a_false_alarm_is_closed_counted_and_silent_until_it_was_clear(hall: Any, collector: Any) -> None:
    [rao] = join(hall, 1)
    hall.watch(NUMBER, rao, rules=["audio-sent"])
    hall.advance(minutes=3)
    send(hall, rao, 14)
    hall.advance(minutes=4)
    collector.hears((SLACK, "CRITICAL: others hear Person 000 breaking up"))

    hall.follow(hall.link("False alarm"), "Ana Ruiz")
    hall.advance(minutes=6)
    collector.hears((SLACK, "Closed as a false alarm by Ana Ruiz"))
    assert hall.api("GET", "/v1/rules/audio-sent")["false_alarms"] == 1
    hall.advance(minutes=10)
    collector.silence()

    send(hall, rao, 0)
    hall.advance(minutes=4)
    send(hall, rao, 14)
    hall.advance(minutes=4)
    collector.hears((SLACK, "others hear Person 000 breaking up"))


def test_reminders_come_at_growing_intervals_while_nobody_has_it(hall: Any, collector: Any) -> None:
    [rao] = join(hall, 1)
    hall.watch(NUMBER, rao, rules=["audio-sent"])
    hall.advance(minutes=3)
    send(hall, rao, 14)
    hall.advance(minutes=4)
    collector.hears((SLACK, "CRITICAL: others hear Person 000 breaking up"))

    hall.advance(minutes=10)
    collector.hears((SLACK, "Still bad after 10 min and nobody has it"))
    hall.advance(minutes=20)
    collector.hears((SLACK, "nobody has it"))
    hall.advance(minutes=20)
    collector.silence()


def test_a_channel_that_says_nothing_is_not_told_the_topic_of_people_whom_nobody_named(hall: Any) -> None:
    named, other = join(hall, 2)
    hall.channel("open", hook="T1/B3/open")
    hall.watch(NUMBER, {"everyone": True}, rules=["audio-sent"])
    hall.watch(NUMBER, named, notify=("open",), rules=["audio-sent"])
    hall.advance(minutes=3)
    send(hall, named, 14)
    hall.advance(minutes=4)

    assert other
    unnamed_told = " ".join(str(post.body) for post in hall.posts(SLACK))
    named_told = " ".join(str(post.body) for post in hall.posts("T1/B3/open"))
    assert "Person 000" in unnamed_told
    assert "Spring Town Hall" not in unnamed_told
    assert "Spring Town Hall" in named_told
