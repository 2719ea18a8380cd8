"""qoswatch knows when it is blind, and when nobody hears it; and says so to people who can mend it."""

import threading
import time
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
    reminder, again = house.texts(hook)[1:]
    assert reminder == "Still bad after 10 min and nobody has it: qoswatch is BLIND."
    assert again.startswith("qoswatch sees again since 10:2")
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
    house.advance(minutes=4)
    house.simulator.inbox.behave(slack, "no_service")
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
    house.advance(minutes=5)

    assert house.texts(slack) == []
    [told] = house.texts(teams)
    assert told.startswith("CRITICAL: Channel slack-av refuses us since")
    [post] = house.posts(teams)
    assert "Dr Rao" in str(post.body)

    house.simulator.inbox.recover(slack)
    house.channel("slack-av")
    house.advance(minutes=3)

    assert house.texts(slack)[0].startswith("CRITICAL: others hear Dr Rao")
    assert house.texts(teams)[1].startswith("Channel slack-av takes our messages again")


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


def test_twenty_minutes_without_zoom_with_an_alert_open(house: Any) -> None:
    person = _meeting(house)
    hook = house.channel()
    house.watch(NUMBER, person)
    house.simulator.world.figures(NUMBER, person, "audio_input", {"avg_loss": 14})
    house.advance(minutes=4)
    house.simulator.faults.add("503", for_s=20 * 60)
    house.advance(minutes=18)

    fire, blind, reminder = house.texts(hook)
    assert fire.startswith("CRITICAL: others hear Dr Rao")
    assert reminder.startswith("Still bad after 10 min and nobody has it: qoswatch is BLIND")
    assert blind.startswith("CRITICAL: qoswatch is BLIND")
    states = {alert["who"]: alert["state"] for alert in house.alerts()}
    assert states == {"Dr Rao": "open", "qoswatch": "open"}

    house.advance(minutes=8)
    assert any(text.startswith("qoswatch sees again") for text in house.texts(hook)[3:])
    assert [alert["who"] for alert in house.alerts(state="open")] == ["Dr Rao"]


def test_wrong_from_the_start_is_told_and_a_new_secret_in_its_file_is_used_without_a_restart(
    redis_client: Any, redis_socket: Any, tmp_path: Any, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "zoom-secret"
    secret.write_text("an-old-secret")
    environ = simulator.environ()
    monkeypatch.setattr(simulator, "environ", lambda: environ)
    good = environ.pop("ZOOM_CLIENT_SECRET")
    house = House(f"unix://{redis_socket}", tmp_path, simulator, ZOOM_CLIENT_SECRET_FILE=str(secret))
    try:
        person = _meeting(house)
        hook = house.channel()
        house.watch(NUMBER, person)
        house.advance(minutes=6)
        [blind] = house.texts(hook)
        assert "Zoom refuses our credentials (invalid_client)" in blind

        secret.write_text(good)
        time.sleep(5.1)  # a refused token is not asked for again for five real seconds
        house.advance(minutes=8)

        assert house.texts(hook)[1].startswith("qoswatch sees again")
    finally:
        house.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param("124", "token", id="token-refused"),
        pytest.param("4711", "scope", id="scope-gone"),
        pytest.param("200", "Business", id="plan-too-low"),
        pytest.param("300", "Zoom", id="not-understood"),
        pytest.param("429-second", "calls", id="too-fast"),
        pytest.param("500", "trouble of its own", id="zooms-own-trouble"),
        pytest.param("not-json", "Zoom", id="not-zooms-answer"),
        pytest.param("truncated", "Zoom", id="half-an-answer"),
        pytest.param("reset", "Zoom", id="no-answer"),
    ],
)
def test_each_blindness_has_its_words_and_makes_no_alert_of_a_person(house: Any, fault: str, words: str) -> None:
    person = _meeting(house)
    hook = house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=3)

    house.simulator.faults.add(fault, path="/metrics", for_s=6 * 60)
    house.advance(minutes=6)
    [blind] = house.simulator.inbox.posts(hook, accepted=True)
    assert words in str(blind.body)
    assert {alert["who"] for alert in house.alerts()} == {"qoswatch"}

    house.advance(minutes=8)
    assert house.alerts(state="open") == []


def test_a_past_year_is_no_blindness(house: Any) -> None:
    person = _meeting(house)
    hook = house.channel()
    house.watch(NUMBER, person)
    house.advance(minutes=3)

    house.simulator.faults.add("12702", path="/qos", count=1)
    house.advance(minutes=3)

    assert house.texts(hook) == []
