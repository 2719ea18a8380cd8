"""qoswatch knows when it is blind, and when nobody hears it; and says so to people who can mend it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.stories.conftest import House

NUMBER = "97763643886"


def _meeting(house: Any) -> str:
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    return str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)


def test_refused_credentials_are_told_and_given_back_are_told_too(house: Any) -> None:
    person = _meeting(house)
    hook = house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=3)

    house.simulator.faults.add(
        "4711", path="/qos", detail="dashboard:read:meeting_participant_qos:admin", for_s=18 * 60
    )
    house.advance(minutes=10)
    [blind] = house.texts(hook)
    assert blind.startswith("CRITICAL: qoswatch is BLIND since 10:0")
    [post] = house.simulator.inbox.posts(hook, accepted=True)
    assert "Spring Town Hall" in str(post.body)
    assert "dashboard:read:meeting_participant_qos:admin" in str(post.body)
    [alert] = house.alerts(state="open")
    assert alert["seat"] == "service.zoom"

    house.advance(minutes=20)
    assert house.texts(hook)[1].startswith("qoswatch sees again since 10:2")
    assert house.alerts(state="open") == []


def test_two_blind_minutes_are_no_news(house: Any) -> None:
    person = _meeting(house)
    hook = house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=3)

    house.simulator.faults.add("503", for_s=100)
    house.advance(minutes=10)

    assert house.texts(hook) == []


def test_a_revoked_channel_is_told_through_another_and_pays_when_it_is_mended(house: Any) -> None:
    person = _meeting(house)
    slack = house.channel("slack-av")
    teams = house.channel("teams-av", "teams")
    house.watch(NUMBER, person)
    house.advance(minutes=3)
    house.simulator.inbox.behave(slack, "no_service")
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
    house.advance(minutes=5)

    assert house.texts(slack) == []
    [told] = house.texts(teams)
    assert told.startswith("CRITICAL: Slack channel slack-av refuses us since")
    [post] = house.simulator.inbox.posts(teams, accepted=True)
    assert "Dr Rao" in str(post.body)

    house.simulator.inbox.recover(slack)
    house.channel("slack-av")
    house.advance(minutes=3)

    assert house.texts(slack)[0].startswith("CRITICAL: others hear Dr Rao")
    assert house.texts(teams)[1].startswith("Slack channel slack-av takes our messages again")


def test_the_operations_channel_hears_of_us_and_nobody_else_does(
    redis_client: Any, redis_socket: Any, tmp_path: Any, simulator: Any
) -> None:
    house = House(f"unix://{redis_socket}", tmp_path, simulator, QOSWATCH_OPS_CHANNEL="ops")
    try:
        person = _meeting(house)
        hook, ops = house.channel(), house.channel("ops", hook="T1/B2/operations")
        house.watch(NUMBER, person)
        house.advance(minutes=3)

        simulator.faults.add("503", for_s=600)
        house.advance(minutes=6)

        assert len(house.texts(ops)) == 1
        assert house.texts(hook) == []
    finally:
        house.close()


@pytest.fixture
def pinged() -> Iterator[list[str]]:
    """A dead man's switch on a port of its own, and the pings that came."""
    pings: list[str] = []

    class Switch(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pings.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Switch)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    pings.append(f"http://127.0.0.1:{server.server_port}/alive")
    yield pings
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_heartbeat_stops_when_a_meeting_is_overdue(
    redis_client: Any, redis_socket: Any, tmp_path: Any, simulator: Any, pinged: list[str]
) -> None:
    url = pinged.pop()
    house = House(f"unix://{redis_socket}", tmp_path, simulator, QOSWATCH_HEARTBEAT_URL=url)
    try:
        person = _meeting(house)
        house.channel()
        house.watch(NUMBER, person)
        house.advance(minutes=4)
        assert len(pinged) >= 3

        house.work = lambda queue: None
        house.advance(minutes=4)
        before = len(pinged)
        house.advance(minutes=3)

        assert len(pinged) == before
        assert house.http.get(house.url + "/readyz", timeout=5).status_code == 503
    finally:
        house.close()
