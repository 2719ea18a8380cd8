"""Every kind as Slack and as Teams get it, beside a file that a person can read.

After a change that is meant: `python -m tests.workers.channels.test_golden` writes the files anew; read the diff.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rules import message, rollwords, selfwords
from rules.message import compose, digest
from rules.model import Channel, Note, Round
from simulator import slack as slack_witness
from simulator import teams as teams_witness
from tests.rules.alerts import THE_ROUND, ZONE, a_breach, a_drop, a_return, an_alert, an_over, at, the_samples
from tests.workers.channels.checks import card_faults, slack_faults
from workers.channels import render

GOLDEN = Path(__file__).with_name("golden")
CHANNEL = Channel("slack-av", 1, "slack", "https://…", at("09:00"), ZONE)
VIDEO = a_breach(
    rule="video-sent",
    severity="warning",
    says="others see Dr Rao freeze or blur",
    because="sent video loses 12 % (alarm above 10 %) in 3 of 5 minutes",
    hint="Lower the camera's resolution",
    runbook_url=None,
    operand="video_input.avg_loss",
    since_at=at("10:44"),
)
AWAY = a_breach(hold="away", hold_at=at("10:49"), value_at=at("10:48"))


def told(kind, *breaches, now="10:45", **given):
    alert = an_alert(*breaches)
    given = {"breaches": alert.breaches, "samples": the_samples(), "round": THE_ROUND, "tz": ZONE} | given
    return compose(alert, kind, now=at(now), **given)


def told_of(alert, kind, now, **given):
    """What is told of an alert whose person left at 10:49, while four others are fine."""
    look = Round(watched=4, fine=4, bad=0, no_figures=0, at=at(now))
    given = {"samples": the_samples(until="10:48")} | given
    return compose(alert, kind, breaches=alert.breaches, round=look, tz=ZONE, now=at(now), **given)


def hostile():
    name = "<!channel> *Rao* [x](https://evil.example) <at>everyone</at>"
    alert = an_alert(a_breach(says=f"others hear {name} breaking up"), who=name, topic="1. R&D _all_ <@U1>")
    return compose(alert, "fire", breaches=alert.breaches, round=THE_ROUND, tz=ZONE, now=at("10:45"))


def ourselves(subject, kind, because, *, over=False, severity="critical", **facts):
    """A service alert: one breach that says what is wrong with us."""
    breach = a_breach(
        rule=subject,
        says=facts.pop("says"),
        because=because,
        severity=severity,
        hint=facts.pop("hint", "Until then watch them in Zoom's dashboard."),
        operand="",
        since_at=at("10:03"),
        ending="fine" if over else None,
        ended_at=at("10:21") if over else None,
    )
    alert = replace(
        an_alert(breach),
        subject=subject,
        severity=severity,
        ending=breach.ending,
        who="qoswatch",
        topic="",
        facts=facts,
        closed_at=at("10:21") if over else None,
    )
    return selfwords.compose(alert, kind, tz=ZONE, now=at("10:22" if over else "10:06"))


def roll_call(*sentences):
    notes = [Note(f"nt_{n}", "roll_call", sentence, at("10:07")) for n, sentence in enumerate(sentences)]
    return rollwords.message(notes, ZONE, at("10:08"))


FOUND = 'Watching Spring Town Hall: 4 of 5 found, all fine. Not found: *Kline*. Unclaimed: "M. K. (guest)".'
HIDDEN = (
    "Watching Spring Town Hall: 39 of 40 found, 1 bad (Dr Rao), 2 without figures (+1 312 555 0100, Room 4), the others"
    " fine. Not found: *Kline*. Unclaimed: 1 whose name Zoom hides."
)
HOSTILE = (
    "Watching 1. R&D _all_ <@U1>: 1 of 2 found, 1 bad (<!channel> *Rao* [x](https://evil.example))."
    ' Not found: *<a@b.c>*. Unclaimed: "<at>everyone</at> &lt;".'
)
BLIND = {
    "says": "qoswatch is BLIND",
    "label": "NOT watched",
    "lasted": "blind",
    "names": "3: Clinic 2, Court 7, Spring Town Hall",
    "then": "I ask again every minute and say when I see again.",
    "well": "qoswatch sees again",
}
DEAF = {
    "says": "Channel slack-av refuses us",
    "hint": "Mend it, then set it anew: PUT /v1/channels/slack-av.",
    "label": "Undelivered",
    "names": "1: Dr Rao: Spring Town Hall",
    "then": "What it is owed stays owed. I try it once an hour, and at once when it is set anew.",
    "well": "Channel slack-av takes our messages again",
}
SHORT = {
    "because": "Checks now every 3 min instead of every minute; alerts up to 2 min later. 48,000 of 60,000 calls used"
    " by 14:10 UTC, 70 % of it by other apps. At this pace it lasts to the reset (00:00 UTC).",
    "facts": {
        "severity": "warning",
        "says": "Zoom budget is short",
        "hint": "See which other apps of the account ask Zoom; if there are none, ZOOM_PLAN says too much.",
        "label": "Looked at",
        "names": "calm meetings every 3 min, those in trouble every minute",
        "then": "I work it out anew every minute and say when every meeting is looked at every round again.",
    },
}
SILENT = {
    "because": "People came or left and no event told it: I ask Zoom for them instead, which costs calls and minutes.",
    "facts": {
        "severity": "warning",
        "says": "Zoom's webhooks are silent",
        "hint": "In the Zoom app's Event Subscriptions: is it on, and is its URL ours, /hooks/zoom?",
        "then": "Everybody is watched on by asking. I say when webhooks come again.",
    },
}
REFUSED = (
    "Zoom refuses our credentials (invalid_client): ZOOM_CLIENT_ID or ZOOM_CLIENT_SECRET is wrong, or the secret was"
    " made anew, or the app is gone."
)

MESSAGES = {
    "fire": lambda: told("fire"),
    "fire two rules": lambda: told("fire", a_breach(), VIDEO),
    "fire test": lambda: told("fire", test=True),
    "fire hostile name": hostile,
    "worse": lambda: told("worse", a_breach(since_at=at("10:42"))),
    "dropped": lambda: told_of(an_alert(a_drop(), AWAY, data_at=at("10:48"), read_at=at("10:51")), "dropped", "10:51"),
    "back": lambda: told_of(
        an_alert(a_return(), data_at=at("10:53"), read_at=at("10:54"), facts={"device": "Phone"}),
        "back",
        "10:54",
        samples=the_samples((0, 0), "10:53"),
    ),
    "back still bad": lambda: told_of(
        an_alert(a_return(), a_breach(), data_at=at("10:53"), read_at=at("10:54")),
        "back",
        "10:54",
        samples=the_samples((14,), "10:53"),
    ),
    "closed did not return": lambda: told(
        "closed_bad", a_return(ending="did_not_return", ended_at=at("11:19")), now="11:20"
    ),
    "also": lambda: told("also", a_breach(), VIDEO),
    "reopened": lambda: told("reopened", over_at=at("10:40")),
    "better": lambda: told("better", a_breach(severity="warning", value=7.0), severity="warning"),
    "held idle": lambda: told("held", a_breach(hold="idle", hold_at=at("10:44"))),
    "held no figures": lambda: told("held", a_breach(hold="no_data", hold_at=at("10:44"))),
    "resumed": lambda: told("resumed"),
    "closed fine": lambda: told("resolved", an_over("fine"), now="10:54"),
    "closed left": lambda: told("closed_bad", an_over("left"), now="10:54"),
    "closed meeting over": lambda: told("closed_bad", an_over("meeting_over", "10:53"), now="10:54"),
    "closed stopped sending": lambda: told("closed_bad", an_over("stopped_sending", "10:49"), now="10:54"),
    "closed no figures": lambda: told("closed_bad", an_over("no_figures", "10:44"), now="10:54"),
    "closed rule changed": lambda: told("closed_bad", an_over("rule_changed"), now="10:54"),
    "closed unwatched": lambda: told("closed_bad", an_over("unwatched"), now="10:54"),
    "closed figures back": lambda: told("closed_bad", an_over("figures_back", operand=""), now="10:54"),
    "broke and recovered": lambda: told("broke_and_recovered", an_over("fine", worst=14.0), now="10:54"),
    "broke and left": lambda: told("broke_and_recovered", an_over("left", worst=14.0), now="10:54"),
    "digest": lambda: digest(
        [told("resolved", an_over("fine")), told("fire"), told("also", a_breach(), VIDEO)], "Spring Town Hall"
    ),
    "blind": lambda: ourselves("service.zoom", "fire", REFUSED, **BLIND),
    "sees again": lambda: ourselves(
        "service.zoom",
        "resolved",
        REFUSED,
        over=True,
        cost="16 min filled from Zoom, 2 min not known",
        note="Nothing bad now.",
        **BLIND,
    ),
    "channel broken": lambda: ourselves(
        "service.channel.slack-av", "fire", "no_service: this webhook was removed; make a new one", **DEAF
    ),
    "channel mended": lambda: ourselves("service.channel.slack-av", "resolved", "no_service", over=True, **DEAF),
    "budget": lambda: ourselves("service.budget", "fire", SHORT["because"], **SHORT["facts"]),
    "webhooks": lambda: ourselves("service.webhooks", "fire", SILENT["because"], **SILENT["facts"]),
    "roll call": lambda: roll_call(FOUND),
    "roll call hidden guest": lambda: roll_call(HIDDEN),
    "roll call two watches": lambda: roll_call(FOUND, "Watching Spring Town Hall: Ana Lima found, fine."),
    "roll call hostile name": lambda: roll_call(HOSTILE),
    "channel test": lambda: message.test(CHANNEL, "this is how an alert reaches slack-av.", ZONE, at("10:45")),
}
CASES = [(kind, name) for kind in ("slack", "teams") for name in MESSAGES]


def path(kind, name):
    return GOLDEN / f"{name.replace(' ', '_')}.{kind}.json"


def rendered(kind, name):
    return json.dumps(render(kind, MESSAGES[name]()), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_message_looks_as_its_file_says(kind, name):
    assert rendered(kind, name) == path(kind, name).read_text()


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_message_breaks_no_rule_of_its_chat(kind, name):
    body = render(kind, MESSAGES[name]())

    assert (slack_faults if kind == "slack" else card_faults)(body) == []


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_independent_chat_shows_it_and_pings_nobody(kind, name):
    raw = json.dumps(render(kind, MESSAGES[name]()), ensure_ascii=False)

    verdict = (slack_witness if kind == "slack" else teams_witness).judge(raw)

    assert (verdict.shown, verdict.problems, verdict.pings) == (True, (), ())


def test_every_kind_has_a_file_and_every_file_a_kind():
    assert {made().kind for made in MESSAGES.values()} == set(message.KINDS)
    assert {file.name for file in GOLDEN.iterdir()} == {path(*case).name for case in CASES}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_first_sentence_is_the_same_everywhere(name):
    made = MESSAGES[name]()
    slack, teams = render("slack", made), render("teams", made)

    unescaped = slack["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped == made.first
    assert teams["summary"] == teams["attachments"][0]["content"]["body"][0]["text"]
    if "hostile" not in name:
        assert teams["summary"] == made.first.replace("*", "∗")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file in GOLDEN.iterdir():
        file.unlink()
    for case in CASES:
        path(*case).write_text(rendered(*case))
