"""The fast pretend Zoom answers our own client as the thorough one does."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service import settings
from tests.fastzoom import ROWS, FastZoom, Plan, number_of, person_of, running, uuid_of
from workers.zoom import Zoom, ZoomError, payloads
from workers.zoom.needs import Alone

MINUTE = 29_540_760
BAD = MINUTE + 1  #: person 0 of meeting 0 is bad in it


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastZoom]:
    sent = tmp_path_factory.mktemp("fast") / "sent"
    with running(Plan(2, 25, base=time.time(), bad_from=BAD, spread=1000, sent=str(sent))) as zoom:
        zoom.control(minute=MINUTE)
        yield zoom


@pytest.fixture
def client(fast: FastZoom) -> Iterator[Zoom]:
    with Zoom(settings.load(fast.environ()), Alone()) as zoom:
        yield zoom


def test_it_tells_of_a_meeting_and_of_everybody_in_it(client: Zoom) -> None:
    assert client.meeting(number_of(1)).uuid == uuid_of(1)
    listed = payloads.listing(client.participants(uuid_of(1)))
    assert [sight.session for sight in listed] == [person_of(1, place) for place in range(25)]


def test_its_pages_and_its_single_answers_say_the_same(client: Zoom) -> None:
    paged = {sight.session: sight for page in client.qos_pages(uuid_of(0)) for sight in payloads.bulk(page)}
    alone = payloads.sight(client.participant_qos(uuid_of(0), person_of(0, 3)))
    assert len(paged) == 25
    assert payloads.read(paged[person_of(0, 3)]) == alone
    assert [sample.minute for sample in alone.samples] == list(range(MINUTE - ROWS + 1, MINUTE + 1))
    assert not alone.spoiled


def test_it_writes_down_when_a_bad_minute_was_first_told(fast: FastZoom, client: Zoom) -> None:
    fast.control(minute=BAD)
    for _ in range(2):
        told = payloads.sight(client.participant_qos(uuid_of(0), person_of(0, 0)))
    assert told.samples[-1].minute == BAD
    assert told.samples[-1].values["audio_input.avg_loss"] == 31
    [(person, at)] = [line.split() for line in Path(fast.plan.sent).read_text().splitlines()]
    assert person == person_of(0, 0)
    assert 0 < time.monotonic() - float(at) < 60
    fast.control(minute=MINUTE)


def test_whoever_is_not_there_is_not_found(client: Zoom) -> None:
    with pytest.raises(ZoomError, match="not live"):
        client.participant_qos(uuid_of(0), person_of(0, 25))
