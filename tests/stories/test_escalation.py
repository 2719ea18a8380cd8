"""An alert that nobody takes climbs its policy, step by step, until somebody has it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.conftest import House

NUMBER = "97763643886"
SLACK, LEAD, TEAMS = "T1/B1/secret", "T1/B2/lead", "flow1"
LADDER = (
    ("0s", [{"channel": "slack-av"}], None),
    ("5m", [{"person": "ana"}], None),
    ("5m", [{"channel": "lead"}], None),
)


@pytest.fixture
def board(house: Any) -> Any:
    """A board meeting with Dr Rao in it; Slack for all, one for the lead, and Ana, who is called in Slack."""
    house.channel()
    house.channel("lead", hook=LEAD)
    house.person("ana", "Ana Ruiz", slack_user="U02ANA")
    house.person("ben", "Ben Ito", slack_user="U02BEN")
    house.world = house.simulator.world
    house.world.start(NUMBER, topic="Board")
    house.rao = house.world.join(NUMBER, "Dr Rao").user_id
    return house


def breaks(house: Any, percent: float = 14, session: str = "") -> None:
    house.world.figures(NUMBER, session or house.rao, "audio_input", {"avg_loss": percent})


def watched(house: Any, *steps: Any, repeat: int = 0, rules: tuple[str, ...] = ("audio-sent",), **more: Any) -> str:
    """Dr Rao is watched under a policy of these steps."""
    policy = house.policy("av", *(steps or LADDER), repeat=repeat)
    return str(house.watch(NUMBER, house.rao, notify=(), policy=policy, rules=list(rules), **more))


def fired(house: Any, limit: int = 12) -> dict[str, Any]:
    """Time passes until the alert is there; answers it."""
    for _ in range(limit * 4):
        house.advance(seconds=15)
        if house.alerts(state="open"):
            return dict(house.alerts(state="open")[0])
    raise AssertionError("no alert")


def entries(house: Any, kind: str) -> list[dict[str, Any]]:
    alert = next(alert for alert in house.alerts() if not alert["seat"].startswith("service."))
    return [entry for entry in house.api("GET", f"/v1/alerts/{alert['id']}")["timeline"] if entry["kind"] == kind]


def test_nobody_takes_it_until_the_lead_follows_a_link_and_it_ends(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    collector.hears((SLACK, "CRITICAL: others hear Dr Rao breaking up"))

    board.advance(minutes=5)
    collector.hears((SLACK, "Nobody took it for 5 min: paging Ana Ruiz now (step 2 of 3)"))
    assert "<@U02ANA>" in json.dumps(board.posts(SLACK)[-1].body)

    board.advance(minutes=5)
    collector.hears((LEAD, "CRITICAL: others hear Dr Rao breaking up"))

    page = board.follow(board.link("Take it", LEAD), "Ben Ito")
    assert "Ben Ito has it" in page
    board.advance(minutes=1)
    collector.hears((SLACK, "Ben Ito has it"), (LEAD, "Ben Ito has it"))

    board.world.figures(NUMBER, board.rao, "audio_input", {"avg_loss": 0})
    board.advance(minutes=6)
    collector.hears((SLACK, "Fine again"), (LEAD, "Fine again"))
    assert [alert["ending"] for alert in board.alerts()] == ["fine"]


def test_a_look_at_a_link_changes_nothing(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    url = board.link("Take it")

    for _ in range(3):
        assert board.http.get(url, timeout=10).ok
    assert board.http.head(url, timeout=10).ok

    assert board.alerts()[0]["taken_by"] is None
    collector.skip()


def test_the_scheduler_is_down_across_a_step_and_the_ladder_is_shifted(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    collector.skip()

    board.move(14 * 60)
    board.run()
    board.move(1)
    board.run()
    collector.hears((SLACK, "paging Ana Ruiz now (step 2 of 3)"))

    board.advance(minutes=4)
    collector.silence()
    board.advance(minutes=1.5)
    collector.hears((LEAD, "others hear Dr Rao breaking up"))


def test_a_policy_that_is_edited_mid_run_serves_the_next_run(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    collector.skip()

    board.policy("av", ("0s", [{"channel": "lead"}], None), ("1m", [{"channel": "slack-av"}], None))
    board.advance(minutes=5.5)
    collector.hears((SLACK, "paging Ana Ruiz now (step 2 of 3)"))


def test_two_take_it_at_once_and_both_are_told_who_has_it(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board)
    alert = fired(board)
    press = board.page(board.link("Take it"))

    first = board.api("POST", f"/v1/alerts/{alert['id']}/acknowledge", {"by": "Ana Ruiz", "comment": "calling him"})
    second = press("Ben Ito")

    assert first["changed"]
    assert "Ana Ruiz already has it" in second
    board.advance(minutes=1)
    assert len(entries(board, "taken")) == 1
    assert sum("has it" in text and text.startswith("Ana Ruiz") for text in board.texts()) == 1
    collector.skip()


def test_the_taker_is_reminded_and_a_turn_to_critical_takes_it_from_them(board: Any, collector: Any) -> None:
    watched(board)
    board.advance(minutes=2)
    breaks(board, 7)
    alert = fired(board)
    assert alert["severity"] == "warning"
    collector.hears((SLACK, "WARNING: others hear Dr Rao breaking up"))
    board.api("POST", f"/v1/alerts/{alert['id']}/acknowledge", {"by": "Ana Ruiz"})
    board.advance(minutes=1)
    collector.hears((SLACK, "Ana Ruiz has it"))

    board.advance(minutes=15)
    collector.hears((SLACK, "Still bad"))
    assert "Ana Ruiz" in board.texts()[-1]

    breaks(board, 16)
    board.advance(minutes=4)
    collector.hears((SLACK, "CRITICAL now: others hear Dr Rao breaking up, 16 %"))
    assert "Ana Ruiz took the warning" in json.dumps(board.posts(SLACK)[-1].body)
    assert board.alerts()[0]["taken_by"] is None

    board.advance(minutes=5)
    collector.hears((SLACK, "paging Ana Ruiz now (step 2 of 3)"))


def test_a_dead_first_channel_falls_to_the_next_step_at_once(board: Any, collector: Any) -> None:
    board.simulator.inbox.behave(SLACK, "no_service")
    watched(board, ("0s", [{"channel": "slack-av"}], None), ("10m", [{"channel": "lead"}], None))
    board.advance(minutes=2)
    breaks(board)
    fired(board)

    board.advance(minutes=1)

    assert any("others hear Dr Rao breaking up" in text for text in board.texts(LEAD))
    assert len(entries(board, "escalated")) == 2
    collector.skip()


def test_a_cover_in_the_middle_of_an_alert_is_who_is_called(board: Any, collector: Any) -> None:
    schedule = {"timezone": "UTC", "hand_off": "Mon 09:00", "rotation": ["ana"], "every": "1w"}
    board.api("PUT", "/v1/schedules/av", schedule)
    watched(board, ("0s", [{"channel": "slack-av"}], None), ("5m", [{"schedule": "av"}], None))
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    collector.skip()

    until = (board.store.clock.now() + timedelta(hours=4)).isoformat()
    board.api("POST", "/v1/schedules/av/covers", {"person": "ben", "ends_at": until, "by": "Ana Ruiz"})
    board.advance(minutes=5.5)

    collector.hears((SLACK, "paging Ben Ito now (step 2 of 2)"))
    assert "<@U02BEN>" in json.dumps(board.posts(SLACK)[-1].body)


def test_a_hand_over_on_the_day_when_clocks_change_goes_by_the_clocks_of_the_wall(board: Any, collector: Any) -> None:
    board.store.clock.put(datetime(2026, 3, 29, 6, 40, tzinfo=UTC))  # clocks went forward at 01:00 UTC
    turns = {"hand_off": "Sun 09:00", "rotation": ["ana", "ben"], "every": "1w", "announce": ["slack-av"]}
    schedule = {"timezone": "Europe/Berlin", "starts_at": "2026-03-22T09:00:00+01:00", **turns}
    board.api("PUT", "/v1/schedules/av", schedule)
    asked = "/v1/schedules/av/on-call?at="
    assert board.api("GET", asked + "2026-03-29T06:59:00Z")["person"] == "ana"
    assert board.api("GET", asked + "2026-03-29T07:01:00Z")["person"] == "ben"

    board.run()
    collector.skip()
    for _ in range(22):
        board.move(60)
        board.run()

    collector.hears((SLACK, "Now on call for av: Ben Ito"))


def test_pages_and_webhooks_hear_it_in_order_under_one_name(board: Any, collector: Any) -> None:
    page = {"kind": "pagerduty", "routing_key": "k" * 32, "url": board.simulator.pagerduty_url()}
    board.api("PUT", "/v1/channels/pd", page)
    board.person("cy", "Cy Pan", channels=["pd"])
    watched(board, ("0s", [{"channel": "slack-av"}], None), ("5m", [{"person": "cy"}], None))
    board.advance(minutes=2)
    breaks(board)
    alert = fired(board)
    board.advance(minutes=6)
    board.api("POST", f"/v1/alerts/{alert['id']}/acknowledge", {"by": "Cy Pan"})
    board.advance(minutes=1)
    board.world.figures(NUMBER, board.rao, "audio_input", {"avg_loss": 0})
    board.advance(minutes=5)

    pages = [post.body for post in board.simulator.inbox.posts(accepted=True) if post.kind == "pagerduty"]
    assert [page["event_action"] for page in pages] == ["trigger", "acknowledge", "resolve"]
    assert {page["dedup_key"] for page in pages} == {alert["id"]}
    collector.skip()


def test_service_alerts_go_by_the_policy_that_the_operator_chose(
    redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Any
) -> None:
    house: Any = House(f"unix://{redis_socket}", tmp_path, simulator, QOSWATCH_OPS_CHANNEL="policy:ops")
    try:
        house.channel()
        house.channel("lead", hook=LEAD)
        house.person("ana", "Ana Ruiz", slack_user="U02ANA")
        house.policy("ops", ("0s", [{"channel": "lead"}], {}), ("5m", [{"person": "ana"}], {}))
        simulator.world.start(NUMBER, topic="Board")
        house.watch(NUMBER, simulator.world.join(NUMBER, "Dr Rao").user_id)
        house.advance(minutes=2)

        simulator.faults.add("503", for_s=30 * 60)
        house.advance(minutes=11)

        blind, paged = house.texts(LEAD)
        assert blind.startswith("CRITICAL: qoswatch is BLIND")
        assert "paging Ana Ruiz now" in paged
        assert house.texts(SLACK) == []
    finally:
        house.close()


def test_while_nobody_can_be_seen_the_service_alert_holds_the_rest(board: Any, collector: Any) -> None:
    watched(board, ("0s", [{"channel": "slack-av"}], None), ("5m", [{"channel": "lead"}], None))
    board.advance(minutes=2)
    breaks(board)
    fired(board)
    collector.skip()

    board.simulator.faults.add("503", for_s=20 * 60)
    board.advance(minutes=15)
    told = board.texts(LEAD) + board.texts(SLACK)[1:]
    assert len([text for text in told if "BLIND" in text]) >= 1
    assert [text for text in told if "BLIND" not in text and "Rao" in text] == []

    board.advance(minutes=10)
    assert any("others hear Dr Rao breaking up" in text for text in board.texts(LEAD))
    collector.skip()
