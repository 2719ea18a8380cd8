"""Settings for trials are told aloud by whoever starts with one."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from service.settings import Settings
from workers import launch, reach, trials
from workers.commands import scheduler, web, worker

SETTINGS = Settings(
    redis_url="redis://127.0.0.1:1/0", qoswatch_secret_key="k" * 40, qoswatch_allow_private_targets=True
)
OPEN = "channels may point at this machine, its network and plain http"


def test_each_setting_for_trials_is_named_with_what_it_opens(tmp_path: Path) -> None:
    whole = Settings(qoswatch_allow_private_targets=True, qoswatch_test_clock="hash", qoswatch_die_at="posted:1")
    assert [name for name, _ in trials.on(whole)] == [
        "QOSWATCH_ALLOW_PRIVATE_TARGETS",
        "QOSWATCH_TEST_CLOCK",
        "QOSWATCH_DIE_AT",
    ]
    assert not list(trials.on(Settings()))


@pytest.mark.parametrize(
    ("command", "part"),
    [(web, "workers.commands.web.web"), (scheduler, "workers.scheduler"), (worker, "workers.worker")],
    ids=["web", "scheduler", "worker"],
)
def test_a_part_that_starts_with_one_says_so_in_its_log(
    command: Any, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{part}.run", lambda *given: 0)
    args = type("Args", (), {"host": "127.0.0.1", "queue": "poll"})
    with structlog.testing.capture_logs() as told:
        assert command.run(args, SETTINGS) == 0
    assert [(each["log_level"], each["setting"], each["opens"]) for each in told] == [
        ("warning", "QOSWATCH_ALLOW_PRIVATE_TARGETS", OPEN)
    ]


def test_up_shows_it_on_its_first_screen(capsys: pytest.CaptureFixture[str]) -> None:
    launch.screen(SETTINGS, "http://127.0.0.1:8000", None, own_redis=False)
    assert f"TRIAL   QOSWATCH_ALLOW_PRIVATE_TARGETS is set: {OPEN}. Unset it in production." in capsys.readouterr().out


def test_without_one_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = SETTINGS.model_copy(update={"qoswatch_allow_private_targets": False})
    with structlog.testing.capture_logs() as told:
        reach.running(quiet)
    launch.screen(quiet, "http://127.0.0.1:8000", None, own_redis=False)
    assert (told, "TRIAL" in capsys.readouterr().out) == ([], False)
