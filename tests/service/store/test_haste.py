"""While Redis hangs, nobody who answers people stands in a queue for it."""

import time

import pytest
from redis.exceptions import ConnectionError as Gone
from redis.exceptions import TimeoutError as Late

from service.store import Store, StoreUnavailable
from service.store.connect import client
from service.store.haste import Haste
from service.store.link import Link
from tests import redises
from tests.service.store.test_connect import Wish


def late(haste: Haste) -> None:
    with pytest.raises(Late), haste.turn():
        raise Late


def at_once(haste: Haste) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"), haste.turn():
        raise AssertionError("it was asked")


def test_while_it_hangs_one_asks_and_the_others_are_told_at_once() -> None:
    haste = Haste()
    late(haste)
    with haste.turn():
        at_once(haste)
        at_once(haste)
    with haste.turn(), haste.turn():
        """It answered: everybody may ask again."""


@pytest.mark.parametrize("error", [pytest.param(Gone, id="a refused connection is soon told")])
def test_what_is_told_soon_is_asked_by_everybody(error: type[Exception]) -> None:
    haste = Haste()
    late(haste)
    with pytest.raises(error), haste.turn():
        raise error
    with haste.turn(), haste.turn():
        """Nobody would have waited."""


def test_one_that_goes_on_hanging_goes_on_being_asked_by_one() -> None:
    haste = Haste()
    late(haste)
    late(haste)
    with haste.turn():
        at_once(haste)


def test_a_server_that_hangs_is_told_in_time_and_one_that_goes_on_answers() -> None:
    with redises.server() as server:
        line = Link(client(server.url, 0.3), Haste())
        line.do("PING")
        server.stop()
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            line.do("PING")
        waited = time.monotonic() - begun
        server.go_on()
        assert line.do("PING")
        line.close()
    assert waited < 5, "and not the ten seconds of those who may wait"


def test_the_store_of_who_answers_people_waits_three_seconds() -> None:
    with redises.server() as server:
        for hasty, answer_s in ((True, 3.0), (False, 10.0)):
            store = Store.connect(Wish(server.url), hasty=hasty)
            assert store.redis.get_connection_kwargs()["socket_timeout"] == answer_s
            store.close()
