"""The wiring itself: what is named somewhere exists, and nothing answers a stranger but what may."""

import importlib
import re
from pathlib import Path
from typing import get_args

import pytest
import redis

from service import app as api
from service.queues import JOBS, QueueName, Queues
from service.settings import Settings
from service.store import Store
from workers import cli, web
from workers.commands import worker

ROOT = Path(__file__).parent.parent
#: design.md §5: these answer without a key.
OPEN = {"/livez", "/readyz", "/metrics", "/openapi.json", "/docs", "/", "/static/"}


@pytest.fixture
def app(redis_client: "redis.Redis[bytes]", tmp_path: Path):
    settings = Settings(qoswatch_data_dir=tmp_path)
    store = Store(redis_client, secret_keys=settings.secret_keys)
    return api.create_app(settings, store, Queues(store.redis))


def is_open(rule: str) -> bool:
    return rule in OPEN or rule.startswith(("/static/", "/hooks/", "/a/"))


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_that_may_run_can_be_imported(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_every_queue_has_a_worker() -> None:
    assert set(worker.QUEUES) == set(get_args(QueueName))


def test_the_procfile_starts_all_there_is() -> None:
    lines = dict(re.findall(r"^(\w+): qoswatch (\w+)", (ROOT / "Procfile").read_text(), re.M))
    assert lines == {"web": "web", "worker": "worker", "scheduler": "scheduler"}
    assert set(lines.values()) <= set(cli.COMMANDS)


def test_every_command_says_what_it_does() -> None:
    for name in cli.COMMANDS:
        assert name in cli.parser().format_help()


def test_the_web_process_finds_the_api_by_its_name() -> None:
    assert importlib.import_module(web.API).create_app is api.create_app


def test_every_route_but_the_open_ones_asks_for_a_key(app) -> None:
    client, asked = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            status = client.open(path, method=method).status_code
            assert (status != 401) if is_open(rule.rule) else (status == 401), f"{method} {rule.rule}: {status}"
            asked += status == 401
    assert asked >= 15
