"""Secrets whose key is lost: who put them there can still set them anew, or take them away."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from rules.model import Channel, Person
from service.store import Store
from tests.service.api.conftest import NOW, SLACK_URL

CHANNEL = {"kind": "slack", "url": SLACK_URL}
LOST = {"/v1/channels/av": CHANNEL, "/v1/people/ana": {"name": "Ana Ruiz"}}


@pytest.fixture(autouse=True)
def lost(redis_client: Any, store: Store) -> None:
    """A channel and a person that were registered under a key which nobody has any more."""
    other = Store(redis_client, secret_keys=[Fernet.generate_key().decode()], test_clock="hash").documents
    other.channels.put(Channel("av", 0, "slack", SLACK_URL, NOW))
    other.people.put(Person("ana", 0, "Ana", NOW, pagerduty_key="P" * 32))


def test_they_are_set_anew_one_by_one(call: Any) -> None:
    for path, body in LOST.items():
        assert call("GET", path).status_code == 500
        answer = call("PUT", path, body)
        assert (answer.status_code, answer.json["revision"]) == (200, 2)
        assert call("GET", path).status_code == 200


def test_they_are_taken_away_one_by_one(call: Any) -> None:
    for path in LOST:
        assert call("DELETE", path).status_code == 204
        assert call("DELETE", path).status_code == 404
