"""PagerDuty against a pretend one: what each kind of news does to the incident of its alert, and what answers mean."""

import pytest

from rules.message import KINDS
from simulator import Simulator, pagerduty
from tests.workers.channels.posting import ALERT, FIRST, NOW, Given, a_card, a_channel, a_message
from workers.channels import judge, post
from workers.channels.http import Sender

KEY = "R0" * 16
#: kind → what becomes of the incident; None: nothing is sent
DOES = {
    **dict.fromkeys(("fire", "worse", "dropped", "escalated", "reopened", "flapping", "also", "untaken"), "trigger"),
    **dict.fromkeys(("blind", "channel_broken", "budget", "webhooks", "memory", "gap", "test"), "trigger"),
    "taken": "acknowledge",
    **dict.fromkeys(("resolved", "closed_bad", "broke_and_recovered", "sees_again", "channel_mended"), "resolve"),
    **dict.fromkeys(("better", "held", "resumed", "snoozed", "reminder", "back"), None),
    **dict.fromkeys(("roll_call", "hand_over", "silence", "digest", "storm"), None),
}
NOTES = ("roll_call", "hand_over", "silence", "digest", "storm", "test")


@pytest.fixture
def simulator():
    with Simulator(speed=0) as running:
        yield running


@pytest.fixture
def tell(simulator):
    """tell(message) → our Answer; simulator.inbox has the event."""
    sender = Sender(Given())
    channel = a_channel("pagerduty", simulator.pagerduty_url(), secret=KEY)
    yield lambda message, id="dl_1": post(sender, channel, message, id, NOW)
    sender.close()


def test_the_table_knows_every_kind():
    assert set(DOES) == set(KINDS)


@pytest.mark.parametrize("kind", DOES)
def test_each_kind_of_news_does_one_thing_to_its_incident(tell, simulator, kind):
    answer = tell(a_message(kind, alert="" if kind in NOTES else ALERT))

    events = [sent.body["event_action"] for sent in simulator.inbox.posts(KEY)]
    assert events == ([DOES[kind]] if DOES[kind] else [])
    assert (answer.outcome if answer else None) == ("accepted" if DOES[kind] else None)


def test_who_is_back_and_fine_ends_it(tell, simulator):
    tell(a_message("back", severity=None, tone="good"))

    assert [sent.body["event_action"] for sent in simulator.inbox.posts(KEY)] == ["resolve"]


def test_all_of_an_alert_is_one_incident_in_order(tell, simulator):
    states = []
    for kind in ("fire", "taken", "worse", "resolved", "reopened"):
        tell(a_message(kind))
        states.append(pagerduty.incidents(sent.body for sent in simulator.inbox.posts(KEY)))

    assert [state[ALERT] for state in states] == ["triggered", "acknowledged", "acknowledged", "resolved", "triggered"]
    assert all(state.keys() == {ALERT} for state in states)


def test_a_trigger_says_all_that_there_is(tell, simulator):
    tell(a_card(), "dl_7")

    (sent,) = simulator.inbox.posts(KEY)
    assert sent.problems == ()
    assert sent.delivery == "dl_7"
    assert sent.body["payload"] == {
        "summary": FIRST,
        "source": "qoswatch",
        "severity": "critical",
        "timestamp": "2026-11-23T10:45:00.000+00:00",
        "class": "fire",
        "custom_details": {
            "details": "Sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes, 10:44.",
            "Try": "Ask for a wired connection https://wiki.example.org/audio",
            "Then": "Pages Ana Ruiz at 10:50",
            "Audio sent": "0 2 14 14 %",
            "about": f"{ALERT} · Spring Town Hall",
        },
    }
    assert sent.body["links"] == [{"href": "https://qw.example.org/a/t1", "text": "Take it"}]


@pytest.mark.parametrize(("severity", "theirs"), [("critical", "critical"), ("warning", "warning")])
def test_severities_are_theirs_too(tell, simulator, severity, theirs):
    tell(a_message(severity=severity))

    assert simulator.inbox.posts(KEY)[0].body["payload"]["severity"] == theirs


def test_a_test_is_an_incident_of_its_own_that_says_so(tell, simulator):
    tell(a_message("test", alert="nt_1", severity=None, tone="grey", test=True), "dl_9")

    body = simulator.inbox.posts(KEY)[0].body
    assert (body["dedup_key"], body["payload"]["severity"]) == ("qoswatch-test-dl_9", "info")
    assert "Nothing follows it" in body["payload"]["custom_details"]["note"]


@pytest.mark.parametrize(
    ("status", "text", "outcome", "broken"),
    [
        pytest.param(202, '{"status":"success"}', "accepted", False, id="accepted"),
        pytest.param(400, '{"errors":["\'payload.severity\' is invalid"]}', "dead", False, id="our-event-is-at-fault"),
        pytest.param(400, '{"errors":["Length of \'routing_key\' is incorrect"]}', "refused", True, id="no-such-key"),
        pytest.param(400, "Invalid routing key", "refused", True, id="no-such-key-in-other-words"),
        pytest.param(429, "", "refused", False, id="too-fast"),
        pytest.param(503, "routing_key", "refused", False, id="their-trouble-whatever-it-says"),
    ],
)
def test_what_its_answers_mean(status, text, outcome, broken):
    verdict = judge("pagerduty", status, text)

    assert (verdict.outcome, verdict.permanent_reason is not None) == (outcome, broken)


def test_the_key_is_in_no_record_of_an_answer(tell, simulator, monkeypatch):
    monkeypatch.setattr(pagerduty, "_invalid", lambda errors: f"no such routing key: {KEY}")

    answer = tell(a_message(first="", brief=""))

    assert answer.status == 400
    assert KEY not in answer.text


def test_each_region_has_its_address(monkeypatch):
    asked = []
    sender = Sender(Given(qoswatch_allow_private_targets=False))
    monkeypatch.setattr(sender, "post", lambda url, body, **more: asked.append(url))

    for region in ("us", "eu"):
        post(sender, a_channel("pagerduty", secret=KEY, region=region), a_message(), "dl_1", NOW)
    sender.close()

    assert asked == ["https://events.pagerduty.com/v2/enqueue", "https://events.eu.pagerduty.com/v2/enqueue"]
