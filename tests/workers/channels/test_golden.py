"""Every kind as Slack and as Teams get it, beside a file that a person can read.

After a change that is meant: `python -m tests.workers.channels.test_golden` writes the files anew; read the diff.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rules import message, notewords, rollwords, selfwords, storm
from rules.message import Action, compose, digest
from rules.model import Channel, Mention, Note, Round
from rules.offers import offered
from rules.words import MARKS
from simulator import slack as slack_witness
from simulator import teams as teams_witness
from tests.rules.alerts import (
    ANA,
    BEN,
    POLICED,
    THE_ROUND,
    ZONE,
    a_breach,
    a_call,
    a_drop,
    a_return,
    a_seat,
    an_alert,
    an_entry,
    an_over,
    at,
    snoozed,
    taken,
    the_samples,
)
from tests.workers.channels.checks import CALLED, card_faults, slack_faults
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


def with_links(made, alert=None, **given):
    """A message with the links that a reader is offered."""
    links = offered(made.kind, alert, **given)
    return replace(made, actions=tuple(Action(name, f"https://qos.example.org/a/{act}.sig") for name, act in links))


def policed(kind, *breaches, entry=None, now="10:45", links=True, **state):
    """What is told of an alert that a policy carries to people."""
    privacy, severity = state.pop("privacy", "full"), state.pop("severity", "critical")
    alert = an_alert(*breaches, watches=POLICED, severity=severity, **state)
    given = {"breaches": alert.breaches, "samples": the_samples(), "round": THE_ROUND, "tz": ZONE}
    made = compose(alert, kind, now=at(now), entry=entry, privacy=privacy, **given)
    return with_links(made, alert) if links else made


def the_storm(*, privacy="full", kinds="fire", bad=22, fine=18, common=19):
    """Most of a meeting hears it breaking up, and most of those come from one network."""
    lyon = {"ip_address": "203.0.113.9", "location": "Lyon (FR )", "network_type": "Wifi"}
    home = {"ip_address": "198.51.100.7", "location": "Leeds (GB )", "network_type": "Wired"}
    sick = [
        a_seat(n, 31 - n, "10:41" if n < 3 else "10:43", facts=lyon if n < common else {**home, "ip_address": f"h{n}"})
        for n in range(bad)
    ]
    well = [a_seat(100 + n, facts={**home, "ip_address": f"w{n}"}) for n in range(fine)]
    seats = {seat.id: seat for seat in (*sick, *well)}
    alerts = [
        an_alert(
            a_breach(says=f"{seat.name} hears the others breaking up"),
            id=seat.alert.id,
            subject=seat.id,
            who=seat.name,
            watches=POLICED,
            next_call=a_call("10:46"),
        )
        for seat in sick[:3]
    ]
    told = {"now": at("10:44"), "tz": ZONE}
    hits = [
        storm.Hit(alert, kinds, compose(alert, kinds, breaches=alert.breaches, privacy=privacy, **told))
        for alert in alerts
    ]
    look = Round(bad + fine, fine, bad, 0, at("10:44"))
    return hits, seats, storm.compose(
        hits, seats, "slack-av", look, topic="Spring Town Hall", privacy=privacy, **told
    )  # fmt: skip


def scattered():
    """Several who are bad, without anything in common."""
    hits, seats, nothing = the_storm(bad=9, fine=31, common=0)
    assert nothing is None
    seats = {
        id: replace(seat, facts={"network_type": "Wifi"} if seat.id == "i1.0" else {}) for id, seat in seats.items()
    }
    return digest([hit.message for hit in hits], "Spring Town Hall", shared=storm.shared(hits, seats))


def after_the_night():
    chen = an_over("fine", "10:31", since_at=at("10:14"), worst=22.0, operand="audio_output.avg_loss")
    over = [told("resolved", an_over("fine", "10:50", severity="warning"), now="13:00") for _ in range(2)]
    worst = compose(
        an_alert(chen, who="Dr Chen"), "resolved", breaches=(chen,), tz=ZONE, now=at("13:00")
    )  # fmt: skip
    return digest([*over, worst], "Spring Town Hall", quiet="22:00-07:00")


def noted(kind, *sentences):
    return notewords.message(
        [Note(f"nt_{n}", kind, text, at("10:07")) for n, text in enumerate(sentences)], ZONE, at("10:08")
    )


def gap(kind="fire", entry=None, **state):
    """A service alert that a policy carries to people."""
    says, because = "Nobody is on call for AV", "schedule av has no turn from Fri 18:00 to Mon 09:00"
    breach = a_breach(
        rule="service.schedule.av", says=says, because=because, operand="", value=None, hint="Add a cover."
    )
    alert = an_alert(
        breach, subject="service.schedule.av", who="qoswatch", topic="", facts={}, watches=POLICED, **state
    )  # fmt: skip
    return with_links(selfwords.compose(alert, kind, tz=ZONE, now=at("10:50"), entry=entry), alert)


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
NEARLY_FULL = {
    "because": "It uses 87 % of its maxmemory of 512 MB",
    "facts": {
        "severity": "warning",
        "says": "Redis is nearly full",
        "hint": "Raise its maxmemory; or delete watches that nobody needs, shorten QOSWATCH_KEEP_SAMPLES.",
        "label": "Left out",
        "names": "nothing new is registered, figures are not kept for later; alerts go on",
        "then": "When it is quite full everything stops. I look every minute and say when there is room again.",
        "well": "Redis has room again",
        "lasted": "nearly full",
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
    "memory": lambda: ourselves("service.memory", "fire", NEARLY_FULL["because"], **NEARLY_FULL["facts"]),
    "room again": lambda: ourselves(
        "service.memory", "resolved", NEARLY_FULL["because"], over=True, **NEARLY_FULL["facts"]
    ),
    "gap": gap,
    "gap escalated": lambda: gap("escalated", an_entry("escalated", "10:49", call=a_call("10:49", BEN))),
    "gap reminder": lambda: gap("reminder", an_entry("reminder", "10:53"), calls=(a_call("10:49", BEN),)),
    "gap taken": lambda: gap("taken", an_entry("taken", "10:49", by="Ana Ruiz"), taken=taken("10:49")),
    "gap untaken": lambda: gap("untaken", an_entry("untaken", "10:49", by="Ana Ruiz"), next_call=a_call("10:52", BEN)),
    "gap snoozed": lambda: gap("snoozed", an_entry("snoozed", "10:49", by="Ana Ruiz"), snooze=snoozed()),
    "gap flapping": lambda: gap("flapping", flapping=4),
    "fire with a policy": lambda: policed("fire", next_call=a_call("10:46")),
    "fire taken": lambda: policed("fire", taken=taken("10:44")),
    "fire telling a channel next": lambda: policed(
        "fire", next_call=a_call("10:46", channels=("teams-av",), pages=False)
    ),
    "fire watched": lambda: policed("fire", next_call=a_call("10:46"), privacy="watched"),
    "fire ids": lambda: policed("fire", next_call=a_call("10:46"), privacy="ids"),
    "worse taken as warning": lambda: policed(
        "worse", a_breach(since_at=at("10:42")), was_taken=taken("10:40"), next_call=a_call("10:46")
    ),
    "escalated": lambda: policed(
        "escalated",
        now="10:49",
        entry=an_entry("escalated", "10:49", call=a_call("10:49", BEN, step=3)),
        calls=(a_call("10:46"), a_call("10:49", BEN, step=3)),
        next_call=a_call("10:54", ANA, BEN, step=4),
    ),
    "escalated to a channel": lambda: policed(
        "escalated",
        now="10:49",
        entry=an_entry("escalated", "10:49", call=a_call("10:49", channels=("teams-av",), pages=False)),
    ),
    "reminder": lambda: policed(
        "reminder",
        a_breach(value=12.0),
        now="10:54",
        entry=an_entry("reminder", "10:54"),
        calls=(a_call("10:46"), a_call("10:51", BEN, step=3)),
        next_call=a_call("10:56", channels=("AV lead",), step=4),
    ),
    "reminder of who has it": lambda: policed(
        "reminder", now="11:01", entry=an_entry("reminder", "11:01"), taken=taken(), calls=(a_call("10:46"),)
    ),
    "snooze over": lambda: policed("reminder", now="11:00", entry=an_entry("unsnoozed", "11:00")),
    "silence over": lambda: policed("reminder", now="11:00", entry=an_entry("unsilenced", "11:00")),
    "taken": lambda: policed(
        "taken",
        now="10:46",
        entry=an_entry("taken", "10:46", by="Ana Ruiz", comment="calling him"),
        taken=taken(comment="calling him"),
        remind_at=at("11:01"),
    ),
    "untaken": lambda: policed(
        "untaken",
        now="10:52",
        entry=an_entry("untaken", "10:52", by="Ana Ruiz", comment="on a train"),
        next_call=a_call("10:57", BEN),
    ),
    "snoozed": lambda: policed(
        "snoozed", entry=an_entry("snoozed", "10:45", by="Ana Ruiz"), snooze=snoozed(), snoozed_until=at("11:00")
    ),
    "flapping": lambda: policed("flapping", flapping=4),
    "held paging paused": lambda: policed("held", a_breach(hold="idle", hold_at=at("10:44"))),
    "closed by a person": lambda: policed(
        "closed_bad",
        an_over("resolved"),
        now="10:54",
        state="closed",
        ending="resolved",
        resolved=taken("10:52", "rebooted his router"),
    ),
    "closed as a false alarm": lambda: policed(
        "closed_bad",
        an_over("resolved"),
        now="10:54",
        state="closed",
        ending="resolved",
        resolved=taken("10:52", reason="false_alarm"),
    ),
    "closed fine taken": lambda: policed(
        "resolved", an_over("fine"), now="10:54", state="closed", ending="fine", taken=taken()
    ),
    "digest nothing in common": scattered,
    "digest after quiet hours": after_the_night,
    "digest with links": lambda: with_links(
        digest([policed("fire", links=False), policed("taken", taken=taken())], "Spring Town Hall")
    ),
    "storm": lambda: with_links(the_storm()[2]),
    "storm watched": lambda: with_links(the_storm(privacy="watched")[2]),
    "storm ids": lambda: with_links(the_storm(privacy="ids")[2]),
    "hand over": lambda: noted(
        "hand_over",
        "Now on call for AV: Ben Ito until Fri 18:00. Then: Ana Ruiz. Open: 1 alert (Dr Rao, taken by Ana).",
    ),
    "silence": lambda: noted(
        "silence",
        "Silence on: Building C until 05:00 (Ana: core switch CHG0041). Alerts are recorded, not sent."
        " Service alerts still come.",
        "Silence for Building C ends 05:00. Still bad there: 2. They will be told then.",
    ),
    "roll call": lambda: roll_call(FOUND),
    "roll call hidden guest": lambda: roll_call(HIDDEN),
    "roll call two watches": lambda: roll_call(FOUND, "Watching Spring Town Hall: Ana Lima found, fine."),
    "roll call hostile name": lambda: roll_call(HOSTILE),
    "channel test": lambda: with_links(
        message.test(CHANNEL, "this is how an alert reaches slack-av.", ZONE, at("10:45"))
    ),
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
def test_an_independent_chat_shows_it_and_pings_nobody_but_those_who_are_called(kind, name):
    made = MESSAGES[name]()
    raw = json.dumps(render(kind, made), ensure_ascii=False)

    verdict = (slack_witness if kind == "slack" else teams_witness).judge(raw)

    called = set(CALLED if kind == "slack" else (f"<at>{person}</at>" for person in CALLED.values()))
    assert (verdict.shown, verdict.problems) == (True, ())
    assert set(verdict.pings) <= (called if made.mentions else set())


@pytest.mark.parametrize(
    ("name", "people"),
    [
        pytest.param("fire with a policy", [ANA], id="who-is-called-next"),
        pytest.param("fire taken", [], id="nobody-who-has-it-already"),
        pytest.param("escalated", [BEN, ANA], id="who-is-called-now-and-who-next"),
        pytest.param("reminder", [], id="a-reminder-calls-nobody-again"),
        pytest.param("reminder of who has it", [ANA], id="but-who-has-it"),
        pytest.param("storm", [ANA], id="storm"),
        pytest.param("gap escalated", [BEN], id="service-alert"),
    ],
)
def test_who_is_called_is_mentioned_in_each_chats_own_way(name, people):
    made = MESSAGES[name]()

    in_slack = slack_witness.judge(json.dumps(render("slack", made))).pings
    in_teams = teams_witness.judge(json.dumps(render("teams", made))).pings

    assert set(in_slack) == {f"<@{each.slack_user}>" for each in people}
    assert set(in_teams) == {f"<at>{each.name}</at>" for each in people}
    assert not any(mark in made.first + made.brief for mark in MARKS)


def test_who_has_no_handle_is_called_by_plain_name():
    alert = an_alert(watches=POLICED, next_call=a_call("10:46", Mention("<!channel> *Bob*", "<!here>")))

    made = compose(alert, "fire", breaches=alert.breaches, tz=ZONE, now=at("10:45"))

    for kind, witness in (("slack", slack_witness), ("teams", teams_witness)):
        raw = json.dumps(render(kind, made), ensure_ascii=False)
        assert witness.judge(raw).pings == ()
        assert "∗Bob∗" in raw
        assert not any(mark in raw for mark in MARKS)


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
