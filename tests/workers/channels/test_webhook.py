"""Webhooks by the Standard Webhooks specification: the public library is the judge of what we sign."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from rules.message import KINDS
from simulator import Simulator
from tests.workers.channels.posting import ALERT, FIRST, Given, a_card, a_channel, a_message
from workers.channels import judge, post
from workers.channels.http import Sender

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = "tickets"


@pytest.fixture
def simulator():
    with Simulator(speed=0) as running:
        yield running


@pytest.fixture
def tell(simulator):
    """tell(message, id, headers=…) → the post as the program got it."""
    sender = Sender(Given())

    def told(message, id="dl_1", now=None, **more):
        channel = a_channel("webhook", simulator.hook_url(HOOK), secret=SECRET, **more)
        assert post(sender, channel, message, id, now or datetime.now(UTC)).outcome == "accepted"
        return simulator.inbox.posts(HOOK)[-1]

    yield told
    sender.close()


def test_the_public_library_verifies_what_we_sign(tell):
    sent = tell(a_card(first="Ráo 👩: others hear them breaking up"))

    assert Webhook(SECRET).verify(sent.raw, sent.headers) == sent.body
    assert sent.problems == ()


def test_the_public_library_refuses_what_was_changed_or_signed_by_others(tell):
    sent = tell(a_message())

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(sent.raw + " ", sent.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(sent.raw, sent.headers)


def test_a_repeat_bears_its_first_ones_id_and_a_stamp_of_its_own(tell):
    now = datetime.now(UTC)
    first, again = (tell(a_message(), "dl_5", now + timedelta(seconds=wait)) for wait in (0, 60))

    assert first.headers["Webhook-Id"] == again.headers["Webhook-Id"] == first.delivery == "dl_5"
    stamps = [int(sent.headers["Webhook-Timestamp"]) for sent in (first, again)]
    assert stamps == [int(now.timestamp()), int(now.timestamp()) + 60]
    assert Webhook(SECRET).verify(again.raw, again.headers)


def test_headers_of_the_channel_are_sent_and_replace_none_of_the_signature(tell):
    sent = tell(a_message(), headers={"Authorization": "Bearer 42", "webhook-id": "forged"})

    assert (sent.headers["Authorization"], sent.headers["Webhook-Id"]) == ("Bearer 42", "dl_1")


def test_the_body_says_all_that_there_is(tell):
    body = tell(a_card(place="Spring Town Hall"), now=datetime(2026, 11, 23, 10, 45, tzinfo=UTC)).body

    assert (body["type"], body["timestamp"]) == ("alert.fired", "2026-11-23T10:45:00.000+00:00")
    assert body["data"] == {
        "alert": ALERT,
        "severity": "critical",
        "says": FIRST,
        "test": False,
        "header": "Others hear Dr Rao breaking up",
        "place": "Spring Town Hall",
        "details": ["Sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes, 10:44."],
        "facts": [
            {"name": "Try", "text": "Ask for a wired connection", "link": "https://wiki.example.org/audio"},
            {"name": "Then", "text": "Pages Ana Ruiz at 10:50"},
            {"name": "Audio sent", "text": "0 2 14 14 %"},
        ],
        "lines": [],
        "actions": [{"name": "Take it", "url": "https://qw.example.org/a/t1"}],
        "context": [ALERT, "Spring Town Hall"],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_type_that_the_specification_allows(tell, kind):
    sent = tell(a_message(kind))

    assert sent.problems == ()
    assert sent.body["type"].split(".")[0] in ("alert", "service")


@pytest.mark.parametrize(
    ("kind", "alert", "named"),
    [
        ("worse", ALERT, "alert.worsened"),
        ("taken", ALERT, "alert.taken"),
        ("blind", ALERT, "service.blind"),
        ("roll_call", "", "note.roll_call"),
        ("test", "", "note.test"),
    ],
)
def test_a_type_tells_what_it_is_about(tell, kind, alert, named):
    assert tell(a_message(kind, alert=alert)).body["type"] == named


def test_what_is_too_long_is_cut_from_its_end_and_counted(tell):
    lines = tuple(("bad", f"{number}: " + "ü" * 250) for number in range(300))

    sent = tell(a_message("roll_call", alert="", lines=lines))

    assert len(sent.raw.encode()) < 20_000
    shown = sent.body["data"]["lines"]
    assert shown[0].startswith("0: ")
    assert shown[-1] == f"… and {301 - len(shown)} more"


def test_what_can_not_be_cut_is_the_first_sentence_alone(tell):
    body = tell(a_card(context=("x" * 30_000,))).body

    assert body["data"] == {"alert": ALERT, "severity": "critical", "says": FIRST, "test": False}


@pytest.mark.parametrize(
    ("status", "outcome", "broken"),
    [
        pytest.param(204, "accepted", False, id="accepted"),
        pytest.param(302, "refused", False, id="redirects-are-not-followed"),
        pytest.param(400, "dead", False, id="our-message-is-at-fault"),
        pytest.param(410, "refused", True, id="gone"),
        pytest.param(429, "refused", False, id="too-fast"),
        pytest.param(502, "refused", False, id="their-trouble"),
    ],
)
def test_what_its_answers_mean(status, outcome, broken):
    verdict = judge("webhook", status, "")

    assert (verdict.outcome, verdict.permanent_reason is not None) == (outcome, broken)


def test_a_secret_that_is_sent_back_is_in_no_record(simulator, monkeypatch):
    sender = Sender(Given())
    channel = a_channel("webhook", simulator.hook_url(HOOK), secret=SECRET, headers={"Authorization": "Bearer 4242"})
    monkeypatch.setattr("simulator.inbox.REFUSALS", {"502": (502, f"upstream got Bearer 4242 and {SECRET}")})
    simulator.inbox.behave(HOOK, "502")

    answer = post(sender, channel, a_message(), "dl_1", datetime.now(UTC))
    sender.close()

    assert (answer.status, answer.text) == (502, "upstream got […] and […]")
    assert json.loads(simulator.inbox.posts(HOOK)[0].raw)["data"]["alert"] == ALERT
