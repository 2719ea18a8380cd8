"""Every kind of secret there is, and servers that say aloud what they were told: nothing of it is kept or written."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator import Simulator
from tests.stories.conftest import House
from tests.stories.dumps import watching

NUMBER = "97763643886"
SIGNING = base64.b64encode(b"signing-secret-letters-of-ours").decode()
MAIL, PROXY, SEAL = "mail/secret letters", "proxysecretletters", "sealingsecretletters-of-this-story"
ROUTING, OWN_ROUTING = "R0123456789abcdefghijklmnopsecre", "P0123456789abcdefghijklmnopsecre"


class Gossip(socketserver.ThreadingTCPServer):
    """Whatever is said to it, it refuses, and repeats what it heard."""

    def __init__(self, answer: Any) -> None:
        self.heard: list[str] = []

        class Dialogue(socketserver.StreamRequestHandler):
            timeout = 3

            def handle(self) -> None:
                answer(self)

        super().__init__(("127.0.0.1", 0), Dialogue)
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


def _over_http(dialogue: Any) -> None:
    """Answers 500 with the whole request in its body, as frameworks do when somebody left debugging on."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and (line := dialogue.rfile.readline()):
        head += line
    length = next(
        (int(line.split()[-1]) for line in head.lower().splitlines() if line.startswith(b"content-length")), 0
    )
    whole = head + dialogue.rfile.read(length)
    dialogue.server.heard.append(whole.decode())
    status = b"407 no" if head.startswith(b"CONNECT") else b"200 fine" if head.startswith(b"GET") else b"500 no"
    echo = whole[-300:] if ROUTING.encode() in whole else head  # of an answer the first kilobyte is kept
    path = head.split()[1]
    dialogue.wfile.write(b"HTTP/1.1 %s\r\nConnection: close\r\nX-Echo: %s\r\n\r\n%s" % (status, path, echo + whole))


def _over_smtp(dialogue: Any) -> None:
    """Refuses the login, and repeats it, as it came and decoded."""
    dialogue.wfile.write(b"220 mail\r\n")
    while line := dialogue.rfile.readline().strip():
        dialogue.server.heard.append(line.decode())
        if line.upper().startswith(b"EHLO"):
            dialogue.wfile.write(b"250-mail\r\n250 AUTH PLAIN\r\n")
        elif line.upper().startswith(b"AUTH"):
            decoded = base64.b64decode(line.split()[-1]).replace(b"\0", b" ")
            dialogue.wfile.write(b"535 not with %s that is %s\r\n" % (line, decoded))
        else:
            dialogue.wfile.write(b"221 bye\r\n")
            return


@pytest.fixture
def gossips() -> Iterator[dict[str, Gossip]]:
    made = {"web": Gossip(_over_http), "proxy": Gossip(_over_http), "mail": Gossip(_over_smtp)}
    yield made
    for each in made.values():
        each.close()


@pytest.fixture
def house(
    redis_client: Any, redis_socket: Path, tmp_path: Path, simulator: Simulator, gossips: dict[str, Gossip]
) -> Iterator[House]:
    """One with every setting that is secret."""
    built = House(
        f"unix://{redis_socket}",
        tmp_path,
        simulator,
        QOSWATCH_SECRET_KEY=SEAL,
        QOSWATCH_HTTPS_PROXY=f"http://proxyuser:{PROXY}@127.0.0.1:{gossips['proxy'].port}",
        QOSWATCH_HEARTBEAT_URL=f"http://127.0.0.1:{gossips['web'].port}/ping/heartbeatsecretletters",
        SMTP_URL=f"smtp://alerts:{MAIL.replace('/', '%2F').replace(' ', '%20')}@127.0.0.1:{gossips['mail'].port}",
        ZOOM_WEBHOOK_SECRET="webhooksecretletters",
    )
    yield built
    built.close()


def _register(house: House, gossips: dict[str, Gossip]) -> tuple[str, ...]:
    """A channel of each kind that a secret leads to, and somebody who has a key of their own."""
    web = f"http://127.0.0.1:{gossips['web'].port}"
    channels = {
        "slack": {"kind": "slack", "url": house.simulator.slack_url("T0/B0/slacksecretletters")},
        "slack-far": {"kind": "slack", "url": "https://hooks.slack.com/services/T0AAA/B0BBB/farsecretletters"},
        "teams": {"kind": "teams", "url": house.simulator.teams_url("flowsecretid", "teamssecretletters")},
        "pager": {"kind": "pagerduty", "routing_key": ROUTING, "url": f"{web}/pagesecretletters"},
        "hook": {
            "kind": "webhook",
            "url": f"{web}/hooksecretletters?token=querysecretletters",
            "secret": f"whsec_{SIGNING}",
            "headers": {"Authorization": "Bearer headersecretletters"},
        },
        "mail": {"kind": "email", "to": ["av@example.org"]},
    }
    for id, body in channels.items():
        house.api("PUT", f"/v1/channels/{id}", body)
        house.api("POST", f"/v1/channels/{id}/test")
    house.person("ana", "Ana Ruiz", pagerduty_key=OWN_ROUTING)
    return tuple(channels)


def _secrets(house: House, token: str) -> list[bytes]:
    held = house.store.tokens.get()
    assert held
    plain = base64.b64encode(f"\0alerts\0{MAIL}".encode()).decode()
    texts = ["slacksecretletters", "farsecretletters", "flowsecretid", "teamssecretletters", "pagesecretletters"]
    texts += ["hooksecretletters", "querysecretletters", "headersecretletters", "heartbeatsecretletters", SIGNING]
    texts += ["webhooksecretletters", ROUTING, OWN_ROUTING, MAIL, plain, PROXY, SEAL, house.key, token, held[0]]
    proxy = base64.b64encode(f"proxyuser:{PROXY}".encode()).decode()
    return [text.encode() for text in (*texts, proxy, house.simulator.tokens.client_secret)]


def test_no_secret_of_any_kind_is_kept_or_written_though_others_say_it_aloud(
    house: House,
    gossips: dict[str, Gossip],
    redis_client: Any,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dumps = watching(house, redis_client, monkeypatch)
    house.simulator.world.start(NUMBER, topic="Spring Town Hall")
    rao = str(house.simulator.world.join(NUMBER, "Dr Rao").user_id)
    channels = _register(house, gossips)
    house.policy("p", ("0s", [{"person": "ana"}], None))
    house.watch(NUMBER, rao, notify=channels, policy="p")
    house.simulator.world.figures(NUMBER, rao, "audio_input", {"avg_loss": 14})
    house.advance(minutes=5)
    link = house.link("Take it", "T0/B0/slacksecretletters")
    house.follow(link, "Ana Ruiz")
    house.advance(minutes=2)

    lists = [
        house.http.get(house.url + path, headers={"Authorization": f"Bearer {house.key}"}, timeout=10).text
        for path in ("/metrics", "/v1/deliveries?limit=200", "/v1/alerts?limit=200", "/v1/channels", "/v1/live")
    ]
    wrong = requests.get(f"{house.url}/v1/channels", headers={"Authorization": f"Bearer {house.key}x"}, timeout=10).text
    logs = "".join(capfd.readouterr())
    said = {name: " ".join(gossip.heard) for name, gossip in gossips.items()}
    assert "hooksecretletters" in said["web"]
    assert "headersecretletters" in said["web"]
    assert "heartbeatsecretletters" in said["web"]
    assert ROUTING in said["web"]
    assert "CONNECT hooks.slack.com:443" in said["proxy"]
    assert "AUTH PLAIN" in said["mail"]
    secrets = _secrets(house, link.rpartition("/a/")[2])
    for place in (*dumps, *(text.encode() for text in (*lists, wrong, logs))):
        assert [secret for secret in secrets if secret in place] == []
    assert any(b"not with" in dump for dump in dumps)  # what the servers said is kept, without the secrets in it
