"""The judge of chaos finds what it is there to find."""

import json
from dataclasses import replace

import pytest

from simulator.inbox import Post
from tests.chaos.crowd import Trouble
from tests.chaos.ledger import Ledger, judged
from tests.chaos.yard import BASE, Held

ANA = Trouble("P0001", "10:02")
LANES = {"dl_1": "hook:al_1", "dl_2": "hook:al_1", "dl_3": "hook:al_1", "dl_c": "chat:run"}


def told(number: int, kind: str, delivery: str, says: str, alert: str = "al_1", details: str = "since 10:02.") -> Post:
    body = {"type": kind, "data": {"alert": alert, "says": says, "details": [details]}}
    head = {"X-Qoswatch-Delivery": delivery}
    return Post(number, BASE + 300 + number, "m1", "webhook", head, body, json.dumps(body), 200, "ok", True)


FIRED = told(1, "alert.fired", "dl_1", "CRITICAL: others hear P0001 breaking up.")
AGAIN = replace(FIRED, headers={"X-Qoswatch-Delivery": "dl_2"})
TAKEN = told(2, "alert.taken", "dl_2", "Ana has it (10:05).")
OVER = told(3, "alert.resolved", "dl_3", "Fine again: others hear P0001 well since 10:06.")
CHAT = replace(FIRED, number=4, kind="slack", headers={"X-Qoswatch-Delivery": "dl_c"}, body={"text": FIRED.raw})


def judge(*posts: Post, held: tuple[Held, ...] = (), expected: tuple[Trouble, ...] = (ANA,)) -> Ledger:
    return judged(posts, LANES, expected, held)


def test_all_as_promised_is_no_fault() -> None:
    assert judge(FIRED, TAKEN, OVER, CHAT).faults() == []


@pytest.mark.parametrize(
    ("posts", "fault"),
    [
        pytest.param([CHAT], "lost: 1", id="no-webhook"),
        pytest.param([FIRED], "never named in a chat: 1", id="no-chat"),
        pytest.param([FIRED, CHAT, FIRED], "repeated beyond the posts in flight: 1", id="a-repeat-for-nothing"),
        pytest.param(
            [FIRED, replace(FIRED, headers=TAKEN.headers), CHAT], "repeated under another id: 1", id="renamed"
        ),
        pytest.param([FIRED, TAKEN, FIRED, CHAT], "out of order: ", id="an-old-one-after-a-newer"),
        pytest.param([FIRED, OVER, TAKEN, CHAT], "out of order: ", id="taken-after-its-end"),
        pytest.param([FIRED, replace(OVER, status=500), CHAT], "posts that were not accepted: 1", id="refused"),
    ],
)
def test_what_was_not_promised_is_named(posts: list[Post], fault: str) -> None:
    assert any(words.startswith(fault) for words in judge(*posts).faults())


def test_a_repeat_of_a_post_that_somebody_died_over_is_none() -> None:
    found = judge(FIRED, FIRED, CHAT, held=(Held("hook:al_1", "7", "dl_1"),))
    assert (found.faults(), found.repeats) == ([], 1)


def test_who_was_never_bad_is_invented() -> None:
    assert "invented: 2" in str(judge(FIRED, CHAT, expected=()).faults())
