"""Commands and refused settings at their most talkative: with every secret set, and nothing that works."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import settings
from service.store import Store
from workers import cli

MARK = "secretletters"
NUMBER = "977 6364 3886"


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Every variable that is secret, and a port at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{taken.getsockname()[1]}"
        given = {
            "REDIS_URL": f"redis://user:redis{MARK}@{here}/0",
            "ZOOM_ACCOUNT_ID": "account",
            "ZOOM_CLIENT_ID": "client",
            "ZOOM_CLIENT_SECRET": f"zoom{MARK}",
            "ZOOM_WEBHOOK_SECRET": f"hook{MARK}",
            "SLACK_SIGNING_SECRET": f"signing{MARK}",
            "QOSWATCH_API_KEY": f"qw_apikey{MARK}-long-enough",
            "QOSWATCH_SECRET_KEY": f"sealing{MARK}-that-are-long-enough",
            "QOSWATCH_HTTPS_PROXY": f"http://user:proxy{MARK}@{here}",
            "QOSWATCH_HEARTBEAT_URL": f"https://{here}/heartbeat{MARK}",
            "SMTP_URL": f"smtp://user:mail{MARK}@{here}",
            "SLACK_URL": f"https://hooks.slack.com/services/T0/B0/slack{MARK}",
        }
        for name, value in {**given, "QOSWATCH_DATA_DIR": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield given


def _run(*words: str) -> None:
    assert cli.main(words) != 0


@pytest.mark.parametrize("words", [("doctor",), ("doctor", "--json"), ("qos", NUMBER), ("web",)], ids=" ".join)
def test_no_command_tells_a_secret(
    words: tuple[str, ...],
    environ: dict[str, str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers])
    monkeypatch.setattr("workers.web.run", _opened)
    _run(*words)
    told = "".join(capfd.readouterr())
    assert "can not be reached" in told or "does not let us through" in told
    assert MARK not in told


def _opened(given: Any, host: str) -> int:
    Store.connect(given)
    return 0


def test_without_redis_the_doctor_asks_zoom_through_the_proxy_and_tells_nothing_of_it(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers])
    monkeypatch.delenv("REDIS_URL")
    _run("doctor", "--json")
    told = capfd.readouterr()
    findings = json.loads(told.out)["findings"]
    assert any("The proxy to api.zoom.us" in each["says"] for each in findings)
    assert MARK not in told.out + told.err


@pytest.mark.parametrize(
    "name", ["QOSWATCH_HTTPS_PROXY", "QOSWATCH_HEARTBEAT_URL", "SMTP_URL", "SLACK_URL", "REDIS_URL"]
)
@pytest.mark.parametrize("value", [f"ftp://x:{MARK}@", f"{MARK}", f"https://[{MARK}", f"http://u:{MARK}@h:99999/"])
def test_a_setting_that_is_refused_is_not_repeated(name: str, value: str, environ: dict[str, str]) -> None:
    with pytest.raises(settings.SettingsError) as refused:
        settings.load({**environ, name: value})
    assert name in str(refused.value)
    assert MARK not in str(refused.value)


def test_settings_do_not_show_what_they_hold(environ: dict[str, str]) -> None:
    held = settings.load({**environ, "QOSWATCH_DATA_DIR": "/nowhere"})
    assert MARK not in repr(held) + str(held)
