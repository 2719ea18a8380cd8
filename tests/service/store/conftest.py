"""A store on an empty Redis, with a clock that moves when it is told to."""

from typing import Any

import pytest
import redis
from cryptography.fernet import Fernet

from service.store import Store
from tests.service.store.builders import START

SECRET_KEY = Fernet.generate_key().decode()


@pytest.fixture
def store(redis_client: "redis.Redis[Any]") -> Store:
    """A store whose clock stands at START."""
    made = Store(redis_client, secret_keys=[SECRET_KEY], test_clock="hash")
    made.clock.put(START)
    return made
