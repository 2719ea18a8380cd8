"""For who may not wait: while Redis hangs, one at a time finds out whether it still does, the others are told so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError, TimeoutError

from service.store.errors import StoreUnavailable


class Haste:
    """Stands before every question of a process that answers people."""

    def __init__(self) -> None:
        self._hangs = False
        self._asking = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Ask now. Raises StoreUnavailable: Redis hangs, and somebody else is waiting for it already."""
        if not self._hangs:
            with self._noted():
                yield
            return
        if not self._asking.acquire(blocking=False):
            raise StoreUnavailable("Redis does not answer")
        try:
            with self._noted():
                yield
        finally:
            self._asking.release()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Whatever comes soon, were it a refusal, shows that it does not hang."""
        try:
            yield
        except TimeoutError:
            self._hangs = True
            raise
        except RedisError:
            self._hangs = False
            raise
        self._hangs = False
