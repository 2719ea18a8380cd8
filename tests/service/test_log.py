"""Logs: one line per event, JSON for machines, and no secret in any of them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service import log

HOOK = "https://hooks.slack.com/services/T0/B0/s3cr3ts3cr3t"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    log.configure("worker", stream=out)
    yield out
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(f"posting to {HOOK} failed", "posting to https://hooks.slack.com/*** failed", id="webhook"),
        pytest.param("Authorization: Bearer s3cr3ts3cr3t", "Authorization: Bearer ***", id="bearer"),
        pytest.param("redis://:s3cr3t@host:6379/0", "redis://***@host:6379/0", id="redis-password"),
        pytest.param("at redis+sentinel://u:s3@cr3t@a:1,b:2/x.", "at redis+sentinel://***@a:1,b:2/x.", id="with-an-@"),
        pytest.param("by http://u:s3@cr3t@proxy:3128.", "by http://***@proxy:3128.", id="a-proxy-s"),
        pytest.param("HTTP 401 for url: /services/T0/B0/s3cr3t", "HTTP 401 for url: /services/***", id="path-only"),
        pytest.param("key qw_a1b2_s3cr3ts3cr3t given", "key qw_a1b2_*** given", id="api-key"),
        pytest.param('{"access_token": "s3cr3ts3cr3t"}', '{"access_token": "***"}', id="json"),
        pytest.param("https://api.zoom.us/v2/metrics", "https://api.zoom.us/v2/metrics", id="zoom-is-no-secret"),
        pytest.param("GET /a/eyJhIjoxfQ_abcdefghij0123 400", "GET /a/*** 400", id="signed-link"),
        pytest.param("delivery died", "delivery died", id="plain-words"),
    ],
)  # fmt: skip
def test_a_line_is_told_without_its_secrets(given: str, kept: str) -> None:
    assert log.redacted(given) == kept


def test_an_event_is_one_json_line_with_its_ids_and_role(lines: io.StringIO) -> None:
    structlog.get_logger().info("delivery died", delivery_id="dl_1", attempts=6, url=HOOK, token="s3cr3t")
    said = json.loads(lines.getvalue())
    assert said["event"] == "delivery died"
    assert (said["role"], said["delivery_id"], said["attempts"]) == ("worker", "dl_1", 6)
    assert (said["url"], said["token"]) == ("https://hooks.slack.com/***", "***")


def test_libraries_and_tracebacks_go_the_same_way(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"refused by {HOOK}")
    except ValueError:
        logging.getLogger("somewhere").warning("could not post to %s", HOOK, exc_info=True)
    said = json.loads(lines.getvalue())
    assert said["level"] == "warning"
    assert "ValueError" in said["exception"]
    assert "s3cr3t" not in lines.getvalue()
