"""Each kind in its own words: the first sentence as people.md gives it, and the parts below it."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import message, news
from rules.facts import Minutes
from rules.message import TEST, compose, digest
from rules.model import Channel, Round
from tests.rules.alerts import THE_ROUND, ZONE, a_breach, a_drop, a_return, an_alert, an_over, at, the_samples
from tests.rules.hostile import NAMES


def told(kind, *breaches, alert=None, **given):
    alert = alert or an_alert(*breaches)
    given = {"breaches": alert.breaches, "samples": the_samples(), "round": THE_ROUND, "tz": ZONE} | given
    return compose(alert, kind, now=given.pop("now", at("10:45")), **given)


FIRST = [
    pytest.param(
        "fire",
        (a_breach(),),
        "CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it.",
        id="fire-says-consequence-place-and-that-nobody-has-it",
    ),
    pytest.param(
        "worse",
        (a_breach(since_at=at("10:42")),),
        "CRITICAL now: others hear Dr Rao breaking up, 14 % (was 6 %). Spring Town Hall.",
        id="worse-says-what-it-was-in-its-first-bad-minute",
    ),
    pytest.param(
        "worse",
        (a_breach(since_at=at("09:00")),),
        "CRITICAL now: others hear Dr Rao breaking up, 14 %. Spring Town Hall.",
        id="worse-leaves-out-what-is-no-longer-held",
    ),
    pytest.param(
        "also",
        (
            a_breach(),
            a_breach(
                rule="video-sent",
                severity="warning",
                says="others see Dr Rao freeze or blur",
                operand="video_input.avg_loss",
                since_at=at("10:44"),
            ),
        ),
        "WARNING, also: others see Dr Rao freeze or blur. Spring Town Hall.",
        id="also-speaks-of-the-newest-breach-at-its-own-severity",
    ),
    pytest.param(
        "better",
        (a_breach(severity="warning", value=7.0, threshold=5.0),),
        "WARNING now (was critical): others hear Dr Rao breaking up, 7 %. Spring Town Hall.",
        id="better-says-what-it-was",
    ),
    pytest.param(
        "held",
        (a_breach(hold="idle", hold_at=at("10:49")),),
        "On hold: Dr Rao stopped sending at 10:49 (muted?). Cannot tell if fixed.",
        id="held-idle",
    ),
    pytest.param(
        "held",
        (a_breach(hold="idle", hold_at=at("10:49"), operand="audio_output.avg_loss"),),
        "On hold: Dr Rao receives no audio since 10:49. Cannot tell if fixed.",
        id="held-idle-on-the-receiving-side-is-nobody's-mute-button",
    ),
    pytest.param(
        "held",
        (a_breach(hold="no_data", hold_at=at("10:44")),),
        "On hold: no figures of Dr Rao since 10:44. Cannot tell if fixed.",
        id="held-without-figures",
    ),
    pytest.param(
        "held",
        (a_breach(hold="away", hold_at=at("10:49")),),
        "On hold: Dr Rao is gone since 10:49. Cannot tell if fixed.",
        id="held-away",
    ),
    pytest.param(
        "resumed",
        (a_breach(value=12.0),),
        "Off hold: Dr Rao sends again, still bad, 12 %.",
        id="resumed",
    ),
    pytest.param(
        "resumed",
        (a_breach(value=1.0, state="recovering"),),
        "Off hold: Dr Rao sends again, better so far, 1 %.",
        id="resumed-and-recovering-is-not-still-bad",
    ),
    pytest.param(
        "resolved",
        (an_over("fine"),),
        "Fine again: others hear Dr Rao well since 10:52. Bad for 11 min, worst 18 % at 10:47. Nothing to do.",
        id="fine",
    ),
    pytest.param(
        "closed_bad",
        (an_over("left"),),
        "Closed, not fixed: Dr Rao left at 10:52 while still bad (12 %).",
        id="left",
    ),
    pytest.param(
        "closed_bad",
        (an_over("meeting_over", "10:53"),),
        "Closed: Spring Town Hall ended 10:53; Dr Rao was bad to the end.",
        id="meeting-over",
    ),
    pytest.param(
        "closed_bad",
        (an_over("meeting_over", "10:58"),),
        "Closed: Spring Town Hall ended 10:58; Dr Rao was bad when last seen, 10:51.",
        id="meeting-over-long-after-the-last-figures",
    ),
    pytest.param(
        "closed_bad",
        (an_over("stopped_sending", "10:49"),),
        "Closed, not known if fixed: Dr Rao stopped sending at 10:49.",
        id="stopped-sending",
    ),
    pytest.param(
        "closed_bad",
        (an_over("no_figures", "10:44"),),
        "Closed, not known if fixed: no figures of Dr Rao since 10:44.",
        id="no-figures",
    ),
    pytest.param(
        "closed_bad",
        (an_over("rule_changed"),),
        "Closed: rule audio-sent was changed or removed while Dr Rao was still bad.",
        id="rule-changed",
    ),
    pytest.param(
        "closed_bad",
        (an_over("unwatched"),),
        "Closed: no longer watched; Dr Rao was still bad.",
        id="unwatched",
    ),
    pytest.param(
        "closed_bad",
        (a_breach(),),
        "Closed: no longer watched; Dr Rao was still bad.",
        id="still-bad-for-other-watches-but-no-longer-for-this-channel",
    ),
    pytest.param(
        "closed_bad",
        (an_over("figures_back", no_figures=True, operand="", says="no figures of Dr Rao"),),
        "Closed: figures of Dr Rao come again since 10:52.",
        id="figures-back-says-nothing-of-how-they-are",
    ),
    pytest.param(
        "closed_bad",
        (an_over("fine"), an_over("stopped_sending")),
        "Closed, not known if fixed: Dr Rao stopped sending at 10:52.",
        id="of-two-ends-at-once-the-one-that-is-not-fine",
    ),
    pytest.param(
        "resolved",
        (an_over("stopped_sending", "10:45"), an_over("fine")),
        "Fine again: others hear Dr Rao well since 10:52. Bad for 11 min, worst 18 % at 10:47. Nothing to do.",
        id="the-last-end-is-the-one-that-is-told",
    ),
    pytest.param(
        "broke_and_recovered",
        (an_over("fine", "10:45", worst=14.0),),
        "Broke and recovered before I could tell you: 10:41-10:45, worst 14 %. Dr Rao's sent audio. Spring Town Hall.",
        id="broke-and-recovered",
    ),
    pytest.param(
        "broke_and_recovered",
        (an_over("left", "10:45", worst=14.0),),
        "Broke before I could tell you: 10:41-10:45, worst 14 %, then left. Dr Rao's sent audio. Spring Town Hall.",
        id="broke-and-left-did-not-recover",
    ),
    pytest.param(
        "fire",
        (a_breach(says="no figures of Dr Rao", severity="warning", no_figures=True, operand="", value=None),),
        "WARNING: no figures of Dr Rao. Spring Town Hall. Nobody has it.",
        id="no-figures-may-be-an-alarm",
    ),
]


@pytest.mark.parametrize(("kind", "breaches", "first"), FIRST)
def test_the_first_sentence_is_the_one_that_people_expect(kind, breaches, first):
    severity = breaches[0].severity
    made = told(kind, *breaches, severity=severity, now=at("10:58"))

    assert made.first == first
    assert len(made.first) <= 110


GONE = a_breach(hold="away", hold_at=at("10:49"), value=14.2, value_at=at("10:48"))


@pytest.mark.parametrize(
    ("topic", "breaches", "first"),
    [
        pytest.param(
            "Spring Town Hall",
            (a_drop(),),
            "CRITICAL: Dr Rao dropped out of Spring Town Hall at 10:49 (network error), not back after 90 s.",
            id="where-when-why-and-for-how-long",
        ),
        pytest.param(
            "Clinic",
            (a_drop(), GONE),
            "CRITICAL: Dr Rao dropped out of Clinic at 10:49 (network error), not back after 90 s."
            " Was losing 14 % before.",
            id="how-they-were-before-where-there-is-room",
        ),
        pytest.param(
            "Spring Town Hall",
            (a_drop(), GONE),
            "CRITICAL: Dr Rao dropped out of Spring Town Hall at 10:49 (network error), not back after 90 s.",
            id="where-there-is-none-the-meeting-is-not-cut-for-it",
        ),
        pytest.param(
            "Clinic",
            (a_drop(), an_over("fine", "10:47")),
            "CRITICAL: Dr Rao dropped out of Clinic at 10:49 (network error), not back after 90 s.",
            id="what-was-fine-again-by-then-is-not-told",
        ),
        pytest.param(
            "Clinic",
            (a_drop(says="we lost Dr Rao"),),
            "CRITICAL: we lost Dr Rao in Clinic at 10:49 (network error), not back after 90 s.",
            id="in-words-of-ones-own",
        ),
    ],
)
def test_who_dropped_out_is_told_in_one_sentence(topic, breaches, first):
    made = told("dropped", alert=an_alert(*breaches, topic=topic), now=at("10:51"))

    assert (made.first, made.severity, made.tone) == (first, "critical", "bad")


def test_the_card_of_who_dropped_out_says_how_they_were_and_how_the_others_are():
    alert = an_alert(a_drop(), GONE, data_at=at("10:48"), read_at=at("10:51"))
    look = Round(watched=4, fine=4, bad=0, no_figures=0, at=at("10:51"))

    made = told("dropped", alert=alert, round=look, samples=the_samples(until="10:48"), now=at("10:51"))

    assert made.header == "Dr Rao dropped out"
    assert [(said.strong, said.rest) for said in made.section] == [
        ("Network error, not back after 90 s", ", since 10:49."),
        ("Sent audio loses 14 %", " (alarm above 10 %), in 2 of the last 3 minutes, since 10:43."),
    ]
    assert made.still == "Not back at 10:51. Was losing 14 % before."
    assert {field.name: field.text for field in made.fields} == {
        "Meeting": "Spring Town Hall",
        "Who else": "Only Dr Rao. 4 other watched people fine.",
        "Likely": "Weak Wi-Fi, −79 dBm. Building C.",
        "Try": "Call them.",
        "Who has it": "Nobody.",
    }
    assert made.minutes.digits == "0 0 1 0 3 6 12 14"


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Round(0, 0, 0, 0, at("10:51")), "Nobody else is watched."),
        (Round(1, 1, 0, 0, at("10:51")), "Only Dr Rao. 1 other watched person fine."),
        (Round(3, 2, 0, 1, at("10:51")), "Only Dr Rao. 2 other watched people fine, 1 without figures."),
        (Round(3, 2, 1, 0, at("10:51")), "1 of the 3 others watched is bad."),
        (Round(4, 2, 2, 0, at("10:51")), "2 of the 4 others watched are bad."),
    ],
)
def test_who_is_gone_is_not_among_those_whom_a_round_counts(look, words):
    assert words in [field.text for field in told("dropped", a_drop(), round=look).fields]


@pytest.mark.parametrize(
    ("breaches", "samples", "facts", "first", "tone"),
    [
        pytest.param(
            (a_return(),),
            the_samples((0, 0), "10:53"),
            {"device": "Phone"},
            "Dr Rao is back (10:52, phone). Gone 3 min. Now fine so far.",
            "grey",
            id="fine-so-far",
        ),
        pytest.param(
            (a_return(),),
            the_samples((0, 0), "10:48"),
            {},
            "Dr Rao is back (10:52). Gone 3 min. No figures yet.",
            "grey",
            id="nothing-is-fine-before-a-figure-says-so",
        ),
        pytest.param(
            (a_return(), an_over("left", "10:49")),
            the_samples((14,), "10:53"),
            {"device": "Windows"},
            "Dr Rao is back (10:52, Windows). Gone 3 min. Now 14 %, not fine yet.",
            "grey",
            id="bad-as-before-but-no-alert-yet",
        ),
        pytest.param(
            (a_return(), a_breach()),
            the_samples((14,), "10:53"),
            {},
            "Dr Rao is back (10:52). Gone 3 min. Still bad: others hear Dr Rao breaking up.",
            "bad",
            id="still-bad",
        ),
    ],
)
def test_who_is_back_is_told_with_how_they_are_now(breaches, samples, facts, first, tone):
    alert = an_alert(*breaches, facts=facts, data_at=at("10:53"))

    made = told("back", alert=alert, samples=samples, now=at("10:54"))

    assert (made.first, made.tone) == (first, tone)
    assert made.severity == (None if tone == "grey" else "critical")
    assert "Spring Town Hall" in made.context


@pytest.mark.parametrize(
    ("kind", "breach", "first"),
    [
        pytest.param(
            "closed_bad",
            a_return(ending="did_not_return", ended_at=at("11:19")),
            "Closed: Dr Rao did not come back for 30 min, gone since 10:49. Spring Town Hall.",
            id="nobody-waits-any-more",
        ),
        pytest.param(
            "closed_bad",
            a_return(ending="meeting_over", ended_at=at("10:58")),
            "Closed: Spring Town Hall ended 10:58; Dr Rao was gone to the end.",
            id="gone-to-the-end",
        ),
        pytest.param(
            "closed_bad",
            a_return(ending="unwatched"),
            "Closed: no longer watched; Dr Rao was still gone.",
            id="no-longer-watched",
        ),
        pytest.param(
            "broke_and_recovered",
            a_return(),
            "Dr Rao dropped out before I could tell you: 10:49-10:52, then came back. Spring Town Hall.",
            id="back-before-it-was-told",
        ),
    ],
)
def test_the_end_of_who_dropped_out_is_told_as_what_it_was(kind, breach, first):
    made = told(kind, breach, now=at("11:20"))

    assert (made.first, made.tone) == (first, "grey")


def test_times_of_who_dropped_out_are_those_of_the_channel():
    assert " at 17:49 (" in told("dropped", a_drop(), tz="Europe/Berlin").first
    assert " is back (17:52" in told("back", a_return(), tz="Europe/Berlin", now=at("10:54")).first


def test_what_is_back_says_after_how_long():
    made = told("reopened", a_breach(value=12.0), over_at=at("10:40"))

    assert made.first == ("CRITICAL. Bad again after 3 min: others hear Dr Rao breaking up, 12 %. Spring Town Hall.")


@pytest.mark.parametrize(
    ("operand", "good"),
    [
        ("audio_output.jitter", "Dr Rao hears the others well"),
        ("video_input.avg_loss", "others see Dr Rao well"),
        ("video_output.avg_loss", "Dr Rao sees the others well"),
        ("as_input.avg_loss", "what Dr Rao shares arrives well"),
        ("as_output.avg_loss", "Dr Rao sees the shared screen well"),
        ("max(audio_*.latency)", "no long delay for Dr Rao"),
        ("cpu_usage.system_max_cpu_usage", "nothing bad of Dr Rao"),
    ],
)
def test_fine_again_says_what_is_fine(operand, good):
    made = told("resolved", an_over("fine", operand=operand))

    assert made.first.startswith(f"Fine again: {good} since 10:52.")


@pytest.mark.parametrize("ending", ["left", "meeting_over", "stopped_sending", "no_figures", "did_not_return"])
@pytest.mark.parametrize("kind", ["resolved", "closed_bad", "broke_and_recovered"])
def test_only_a_fine_end_says_fine_and_is_green(kind, ending):
    made = told(kind, an_over(ending))

    assert made.tone == "grey"
    assert not re.search(r"\bfine\b|recovered", made.first)
    assert told(kind, an_over("fine")).tone == "good"


@pytest.mark.parametrize(
    ("kind", "tone"), [("fire", "bad"), ("worse", "bad"), ("better", "bad"), ("held", "grey"), ("resumed", "bad")]
)
def test_tone_follows_severity_while_something_is_bad(kind, tone):
    assert told(kind).tone == tone
    assert told(kind, severity="warning").tone == ("warn" if tone == "bad" else tone)


def test_a_card_has_everything_that_a_person_needs():
    made = told("fire")

    assert made.header == "Others hear Dr Rao breaking up"
    assert [(said.strong, said.rest) for said in made.section] == [
        ("Sent audio loses 14 %", " (alarm above 10 %), in 2 of the last 3 minutes, since 10:43.")
    ]
    assert made.still == "Still bad at 10:44."
    assert {field.name: field.text + field.fresh for field in made.fields} == {
        "Meeting": "Spring Town Hall, live 41 min",
        "Whose side": "Dr Rao's own connection, sending. What they hear is fine.",
        "Who else": "Only Dr Rao. 4 other watched people fine.",
        "Likely": "Weak Wi-Fi, −79 dBm. Building C.",
        "Try": "Camera off, then cable or phone-in.",
        "Who has it": "Nobody.",
    }
    assert made.minutes == Minutes("Last 8 min", "0 0 1 0 3 6 12 14", "%", "▁▁▁▁▂▄▇█")
    assert made.context == ("audio-sent", "Windows 6.2.10", "Wi-Fi", "Building C", "al_7f3c")
    assert made.age == "data to 10:44, read 10:45"
    assert made.zone == "CST"


@pytest.mark.parametrize(
    ("operand", "others", "words"),
    [
        pytest.param("audio_input.jitter", {"audio_output.avg_loss": 9.0}, "What they hear is also bad.", id="both"),
        pytest.param("video_input.avg_loss", {}, "What they see is not known.", id="no-figure-is-not-fine"),
        pytest.param(
            "audio_output.avg_loss",
            {},
            "Dr Rao's own connection, receiving. What others hear of them is also bad.",
            id="receiving",
        ),
        pytest.param("max(audio_*.latency)", {}, "Dr Rao's own connection, both ways.", id="round-trip"),
        pytest.param("cpu_usage.system_max_cpu_usage", {}, "Dr Rao's own computer or network.", id="no-direction"),
    ],
)
def test_whose_side_is_told_in_words(operand, others, words):
    made = told("fire", a_breach(operand=operand), samples=the_samples(**others))

    assert words in next(field.text for field in made.fields if field.name == "Whose side")


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Round(5, 4, 1, 0, at("10:45")), "Only Dr Rao. 4 other watched people fine."),
        (Round(3, 1, 1, 1, at("10:45")), "Only Dr Rao. 1 other watched person fine, 1 without figures."),
        (Round(5, 3, 2, 0, at("10:45")), "2 of 5 watched are bad."),
        (Round(1, 0, 1, 0, at("10:45")), "Nobody else is watched."),
    ],
)
def test_who_else_is_told_from_the_round(look, words):
    assert words in [field.text for field in told("fire", round=look).fields]


def test_what_is_not_known_is_left_out():
    bare = an_alert(a_breach(hint="", runbook_url=None), facts={}, data_at=None, read_at=None, topic="", who="")

    made = told("fire", alert=bare, samples=(), round=None)

    assert [field.name for field in made.fields] == ["Meeting", "Whose side", "Who has it"]
    assert made.fields[0].text == "Meeting 97763643886"
    assert (made.minutes, made.still, made.age) == (None, "", "")


@pytest.mark.parametrize(
    ("values", "facts", "words"),
    [
        ({"wifi_rssi.avg_rssi": -75.0}, {}, "Weak Wi-Fi, −75 dBm."),
        ({"wifi_rssi.avg_rssi": -60.0, "cpu_usage.system_max_cpu_usage": 97.4}, {}, "Busy computer, CPU 97 %."),
        ({"wifi_rssi.avg_rssi": -60.0}, {"network_type": "Cellular"}, "Mobile network."),
    ],
)
def test_likely_causes_are_those_that_the_row_shows(values, facts, words):
    made = told("fire", alert=an_alert(facts=facts), samples=the_samples(**values))

    assert words in [field.text for field in made.fields if field.name == "Likely"]


def test_a_missing_minute_keeps_its_place():
    made = told("fire", samples=the_samples((3, None, None, 6, 14)))

    assert made.minutes.name == "Last 5 min"
    assert made.minutes.digits == "3 · · 6 14"
    assert made.minutes.bars[1:3] == "··"


def test_an_open_breach_of_other_watches_is_shown_below_the_own_ones():
    other = a_breach(
        rule="delay",
        severity="warning",
        because="audio has a round trip of 340 ms (alarm above 300 ms) in 4 of 5 minutes",
    )
    made = told("fire", a_breach(), other, breaches=(a_breach(),))

    assert [said.strong for said in made.section] == ["Sent audio loses 14 %", "Audio has a round trip of 340 ms"]


def test_a_firing_that_is_held_by_now_says_so():
    made = told("fire", a_breach(hold="idle", hold_at=at("10:44")))

    assert made.still == "On hold: Dr Rao stopped sending at 10:44 (muted?)."


def test_a_line_names_the_meeting_in_the_small_print_when_its_sentence_does_not():
    assert told("held", a_breach(hold="away")).context[0] == "Spring Town Hall"
    assert "Spring Town Hall" not in told("also").context


def test_a_header_leaves_a_name_at_its_head_as_it_is_written():
    breach = a_breach(says="iPhone hears the others breaking up")

    assert told("fire", alert=an_alert(breach, who="iPhone")).header == "iPhone hears the others breaking up"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a b", "https://a/|x", "file:///etc/passwd", None])
def test_a_runbook_that_is_no_web_address_is_left_out(url):
    made = told("fire", a_breach(runbook_url=url))

    assert next(field.link for field in made.fields if field.name == "Try") == ""


def test_every_first_sentence_header_and_line_of_a_test_says_so_first():
    messages = [told(kind, test=True) for kind in ("fire", "held", "worse")]

    for made in (*messages, digest(messages, "Spring Town Hall")):
        assert made.test
        assert made.first.startswith(TEST)
        assert not made.header or made.header.startswith(TEST)
        assert all(text.startswith(TEST) for _, text in made.lines)


def test_a_channel_test_is_one_sentence():
    channel = Channel("slack-av", 1, "slack", "https://…", at("09:00"), ZONE)

    made = message.test(channel, "this is how an alert reaches slack-av.", ZONE, at("10:45"))

    assert made.first == "TEST, nothing is wrong: this is how an alert reaches slack-av."
    assert (made.context, made.age, made.zone) == (("slack-av",), "sent 10:45", "CST")


def test_a_digest_puts_the_strongest_news_first_and_counts():
    messages = [
        told("resolved", an_over("fine")),
        told("held", a_breach(hold="idle", hold_at=at("10:44"))),
        told("fire"),
        told("fire", severity="warning"),
    ]

    made = digest(messages, "Spring Town Hall")

    assert made.first == (
        "CRITICAL: 4 alerts in Spring Town Hall: 1 critical, 1 warning, 1 on hold or closed, 1 fine again."
    )
    assert [text for _, text in made.lines] == [
        "CRITICAL: others hear Dr Rao breaking up.",
        "WARNING: others hear Dr Rao breaking up.",
        "Fine again: others hear Dr Rao well since 10:52. Bad for 11 min, worst 18 % at 10:47.",
        "On hold: Dr Rao stopped sending at 10:44 (muted?).",
    ]


def test_a_digest_of_good_news_has_no_severity_word():
    made = digest([told("resolved", an_over("fine"))] * 2, "Spring Town Hall")

    assert (made.first, made.tone) == ("2 alerts in Spring Town Hall: 2 fine again.", "good")


def test_one_real_alert_makes_a_digest_no_test():
    made = digest([told("fire", test=True), told("fire")], "Spring Town Hall")

    assert (made.test, made.first) == (False, "CRITICAL: 2 alerts in Spring Town Hall: 2 critical.")
    assert [text.startswith(TEST) for _, text in made.lines] == [True, False]


def test_a_digest_counts_what_somebody_has_apart_from_what_is_closed():
    messages = [told("taken"), told("snoozed"), told("held", a_breach(hold="away")), told("back", a_return())]

    made = digest(messages, "Spring Town Hall")

    assert made.first == "4 alerts in Spring Town Hall: 1 taken, 1 snoozed, 1 back, 1 on hold or closed."
    assert made.severity is None


def of_the_night(who="Dr Chen", **changes):
    breach = an_over(
        "fine", "10:31", since_at=at("10:14"), operand="audio_output.avg_loss", **({"worst": 22.0} | changes)
    )
    return told("resolved", alert=an_alert(breach, who=who), now=at("15:00"))


def test_after_quiet_hours_the_night_is_one_sentence():
    others = [of_the_night("Dr Rao", worst=14.0), of_the_night("Ana Lima", severity="warning", worst=60.0)]

    made = digest([*others, of_the_night()], "Clinic", quiet="22:00-07:00")

    assert made.first == ("While quiet (22:00-07:00): 3 alerts, all over. Worst: Dr Chen 10:14-10:31, 22 % received.")
    assert (made.kind, made.severity, len(made.lines)) == ("digest", None, 3)
    assert made.context == ("Spring Town Hall",)


def test_what_is_still_bad_after_quiet_hours_is_said():
    made = digest([of_the_night(), told("fire", severity="warning")], "Clinic", quiet="22:00-07:00")

    assert made.first.startswith("While quiet (22:00-07:00): 2 alerts, 1 warning, 1 fine again.")
    assert (made.severity, made.tone) == ("warning", "warn")


def test_one_alert_of_a_night_is_not_all():
    assert digest([of_the_night()], "Clinic", quiet="22:00-07:00").first.startswith(
        "While quiet (22:00-07:00): 1 alert, over. Worst: Dr Chen"
    )


def test_names_and_topics_are_cut_before_the_consequence():
    who, topic = "Professor Doctor Maximiliane von und zu Hohenstein-Waldburg", "All Hands " * 20
    alert = an_alert(a_breach(says=f"others hear {who} breaking up"), who=who, topic=topic)

    first = told("fire", alert=alert).first

    assert len(first) <= 110
    assert first.startswith("CRITICAL: others hear Professor Doctor Max")
    assert first.endswith("Nobody has it.")
    assert "breaking up. All Hands…" in first


def test_times_of_another_day_say_the_day():
    made = told("broke_and_recovered", an_over("fine", "10:45"), now=at("10:45").replace(day=24))

    assert "23 Nov 10:41-10:45" in made.first


def test_a_zone_nobody_knows_reads_utc_and_says_so():
    assert told("fire", tz="Mars/Olympus").zone == "UTC"
    assert told("fire", tz="America/Sao_Paulo").zone == "UTC-03"


@settings(max_examples=60, deadline=None)
@given(who=NAMES, topic=NAMES, hint=NAMES, kind=st.sampled_from(news.STRENGTH))
def test_no_name_makes_a_text_too_long_or_turns_it(who, topic, hint, kind):
    breach = a_breach(says=f"others hear {who} breaking up", hint=hint)
    alert = an_alert(breach, replace(breach, ending="left", ended_at=at("10:45")), who=who, topic=topic)

    made = told(kind, alert=alert)

    texts = [made.first, made.brief, made.header, made.still, *made.context, *(f.text for f in made.fields)]
    assert 0 < len(made.first) <= 110
    assert all(len(text) <= 300 for text in texts)
    assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ue000\ue001\ufeff]", "".join(texts))
