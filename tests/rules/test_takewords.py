"""Who has it, who is called, who is reminded: each sentence as people.md gives it."""

from dataclasses import replace

import pytest

from rules import words
from rules.message import compose
from rules.model import Mention
from rules.takewords import WHO_HAS_IT
from tests.rules.alerts import (
    ANA,
    BEN,
    POLICED,
    ZONE,
    a_breach,
    a_call,
    a_drop,
    an_alert,
    an_entry,
    an_over,
    at,
    snoozed,
    taken,
    the_samples,
)


def told(kind, *breaches, now="10:54", entry=None, **state):
    alert = an_alert(*breaches, **({"watches": POLICED} | state))
    given = {"breaches": alert.breaches, "samples": the_samples(), "tz": ZONE}
    return compose(alert, kind, now=at(now), entry=entry, **given)


def who_has_it(made):
    field = next(field for field in made.fields if field.name == WHO_HAS_IT)
    return made.spoken(field.text), made.spoken(field.lasting[1]) if field.lasting else None


BY_ANA = {"by": "Ana Ruiz"}
CALLS = (a_call("10:46"), a_call("10:51", BEN, step=3))


@pytest.mark.parametrize(
    ("kind", "given", "first", "below"),
    [
        pytest.param(
            "taken",
            {
                "entry": an_entry("taken", "10:46", **BY_ANA),
                "taken": taken(comment="calling him"),
                "remind_at": at("11:01"),
            },
            'Ana Ruiz has it (10:46): "calling him". Paging stopped. I remind Ana at 11:01.',
            "",
            id="taken",
        ),
        pytest.param(
            "taken",
            {"taken": taken(), "watches": ()},
            "Ana Ruiz has it (10:46).",
            "",
            id="taken-where-nobody-was-to-be-paged",
        ),
        pytest.param(
            "untaken",
            {"entry": an_entry("untaken", "10:52", **BY_ANA, comment="on a train"), "next_call": a_call("10:57", BEN)},
            'Ana Ruiz gave it back (10:52): "on a train". Nobody has it. Pages Ben Ito at 10:57.',
            "",
            id="given-back",
        ),
        pytest.param(
            "snoozed",
            {"entry": an_entry("snoozed", "10:45", **BY_ANA), "snooze": snoozed()},
            "Snoozed until 11:00 by Ana Ruiz (10:45). I tell you then if it is still bad.",
            "",
            id="snoozed",
        ),
        pytest.param(
            "snoozed",
            {"snooze": replace(snoozed(), comment="lunch")},
            'Snoozed until 11:00 by Ana Ruiz (10:45): "lunch". I tell you then if it is still bad.',
            "",
            id="snoozed-told-without-its-entry",
        ),
        pytest.param(
            "reminder",
            {"calls": CALLS, "next_call": a_call("10:56", Mention("AV lead"), step=4)},
            "Still bad after 10 min and nobody has it: others hear Dr Rao breaking up, 14 %.",
            "Paged Ana 10:46, Ben 10:51. Next: AV lead 10:56.",
            id="nobody-has-it",
        ),
        pytest.param(
            "reminder",
            {"taken": taken()},
            "Still bad after 10 min: others hear Dr Rao breaking up, 14 %. Ana Ruiz has it since 10:46.",
            "",
            id="somebody-has-it",
        ),
        pytest.param(
            "reminder",
            {"taken": taken(), "calls": CALLS},
            "Still bad after 10 min: others hear Dr Rao breaking up, 14 %. Ana Ruiz has it since 10:46.",
            "Reminding Ana Ruiz.",
            id="who-has-it-is-called-where-we-know-how",
        ),
        pytest.param(
            "reminder",
            {"entry": an_entry("unsnoozed", "10:54")},
            "Snooze over: still bad after 10 min and nobody has it: others hear Dr Rao breaking up, 14 %.",
            "",
            id="snooze-over",
        ),
        pytest.param(
            "reminder",
            {"entry": an_entry("unsilenced", "10:54")},
            "Silence over: still bad after 10 min and nobody has it: others hear Dr Rao breaking up, 14 %.",
            "",
            id="silence-over",
        ),
        pytest.param(
            "escalated",
            {"entry": an_entry("escalated", "10:49", call=a_call("10:49", BEN, step=3))},
            "CRITICAL: others hear Dr Rao breaking up. Nobody took it for 5 min: paging Ben Ito now (step 3 of 4).",
            None,
            id="escalated",
        ),
        pytest.param(
            "escalated",
            {"entry": an_entry("escalated", "10:44", call=a_call("10:44", BEN, step=1))},
            "CRITICAL: others hear Dr Rao breaking up. Paging Ben Ito now (step 1 of 4).",
            None,
            id="a-step-at-once-waited-for-nobody",
        ),
        pytest.param(
            "escalated",
            {"entry": an_entry("escalated", "10:49", call=a_call("10:49", channels=("teams-av",), pages=False))},
            "CRITICAL: others hear Dr Rao breaking up. Nobody took it for 5 min: telling teams-av now (step 2 of 4).",
            None,
            id="a-step-that-tells-a-channel-pages-nobody",
        ),
        pytest.param(
            "escalated",
            {"entry": an_entry("escalated", "10:49")},
            "CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Nobody has it.",
            None,
            id="a-step-of-which-nothing-is-kept",
        ),
        pytest.param(
            "flapping",
            {"flapping": 4},
            "Dr Rao's sent audio goes bad and good (4 times in 20 min).",
            "I keep this alert open and stay quiet until 10 good minutes.",
            id="flapping",
        ),
        pytest.param(
            "worse",
            {"was_taken": taken("10:40"), "watches": ()},
            "CRITICAL now: others hear Dr Rao breaking up, 14 % (was 12 %). Spring Town Hall.",
            None,
            id="worse-without-a-policy",
        ),
    ],
)
def test_each_change_is_told_in_its_own_words(kind, given, first, below):
    made = told(kind, **given)

    assert made.first == first
    assert len(made.first) <= words.FIRST_LIMIT
    if below is not None:
        assert made.spoken(made.still) == below


def test_a_warning_that_was_taken_and_turns_critical_says_that_it_starts_anew():
    made = told("worse", a_breach(since_at=at("10:42")), was_taken=taken("10:40"))

    assert made.first == "CRITICAL now: others hear Dr Rao breaking up, 14 % (was 6 %). Spring Town Hall."
    assert made.section[0].rest == "Ana Ruiz took the warning at 10:40; told again, and the policy starts anew."


def test_what_goes_bad_and_good_may_be_a_connection():
    assert told("flapping", a_drop(), flapping=4).first.startswith("Dr Rao's connection goes bad and good (4 times")


@pytest.mark.parametrize(
    ("resolved", "first"),
    [
        (
            taken("10:52", "rebooted his router"),
            'Closed by Ana Ruiz at 10:52: "rebooted his router".'
            " I say no more of it until it was fine once, or gets worse.",
        ),
        (
            taken("10:52", reason="false_alarm"),
            "Closed as a false alarm by Ana Ruiz at 10:52. I say no more of it until it was fine once, or gets worse.",
        ),
    ],
)
def test_what_a_person_closed_is_not_called_fine(resolved, first):
    made = told("closed_bad", an_over("resolved"), state="closed", ending="resolved", resolved=resolved)

    assert (made.first, made.tone, made.severity) == (first, "grey", None)
    assert made.context[0] == "Others hear Dr Rao breaking up · Spring Town Hall"


def test_fine_again_says_who_had_it():
    made = told("resolved", an_over("fine"), state="closed", ending="fine", taken=taken())

    assert made.first == (
        "Fine again: others hear Dr Rao well since 10:52. Bad for 11 min, worst 18 % at 10:47. Ana had it."
    )
    assert made.still == "Nothing to do."


@pytest.mark.parametrize(
    ("state", "now", "lasting"),
    [
        pytest.param({}, "Nobody.", "", id="and-nobody-is-called"),
        pytest.param(
            {"next_call": a_call("10:46")}, "Nobody. Pages Ana Ruiz at 10:46.", "pages Ana Ruiz 10:46", id="next"
        ),
        pytest.param(
            {"next_call": a_call("10:56", ANA, BEN), "calls": (a_call("10:51", BEN),)},
            "Nobody. Paged Ben 10:51. Pages Ana Ruiz and Ben Ito at 10:56.",
            "pages Ana Ruiz and Ben Ito 10:56",
            id="one-was-called-and-two-will-be",
        ),
        pytest.param(
            {"calls": CALLS},
            "Nobody. Paged Ana 10:46, Ben 10:51. Nobody is left to call.",
            "",
            id="the-last-step-was-taken",
        ),
        pytest.param({"taken": taken()}, "Ana Ruiz since 10:46.", None, id="somebody"),
        pytest.param({"taken_by": "Ana Ruiz"}, "Ana Ruiz.", None, id="somebody-of-whom-only-the-name-is-kept"),
        pytest.param({"snooze": snoozed()}, "Nobody. Snoozed until 11:00.", None, id="snoozed"),
    ],
)
def test_who_has_it_is_told_with_what_happens_next(state, now, lasting):
    assert who_has_it(told("fire", **state)) == (now, lasting)


def test_a_step_tells_whom_it_calls_and_who_comes_then():
    call = a_call("10:49", BEN, step=3)
    entry = an_entry("escalated", "10:49", call=call)

    made = told("escalated", entry=entry, calls=(a_call("10:46"), call), next_call=a_call("10:54"))

    assert who_has_it(made) == (
        "Nobody. Paging Ben Ito now. Then pages Ana Ruiz at 10:54.",
        "paging Ben Ito 10:49, then pages Ana Ruiz 10:54",
    )
    assert made.mentions == (BEN, ANA)


@pytest.mark.parametrize("kind", ["taken", "untaken", "snoozed"])
def test_a_line_of_a_digest_says_whose_alert_it_is(kind):
    made = told(kind, taken=taken() if kind == "taken" else None, entry=an_entry(kind, "10:46", **BY_ANA))

    assert "others hear Dr Rao breaking up" in made.brief


@pytest.mark.parametrize(
    ("kind", "tone", "severity"),
    [("taken", "grey", "critical"), ("snoozed", "grey", "critical"), ("untaken", "bad", "critical"),
     ("reminder", "bad", "critical"), ("flapping", "bad", "critical")],
)  # fmt: skip
def test_what_somebody_has_is_calm_and_what_nobody_has_is_not(kind, tone, severity):
    made = told(kind, taken=taken() if kind == "taken" else None)

    assert (made.tone, made.severity) == (tone, severity)


def test_paging_is_paused_only_while_nobody_has_it():
    held = a_breach(hold="idle", hold_at=at("10:49"))

    assert told("held", held).first.endswith("Cannot tell if fixed; paging paused.")
    assert told("held", held, taken=taken()).first.endswith("Cannot tell if fixed.")
    assert told("held", held, watches=()).first.endswith("Cannot tell if fixed.")


def test_what_people_write_is_cut_and_cleaned():
    entry = an_entry("taken", "10:46", by="Ana\u202e Ruiz")

    made = told("taken", entry=entry, taken=taken(by="Ana\u202e Ruiz", comment="x\ue100\n" * 200))

    assert made.first.startswith('Ana Ruiz has it (10:46): "x x x')
    assert len(made.first) <= words.FIRST_LIMIT
    assert not set(words.MARKS) & set(made.first)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ana Ruiz", "Ana"), ("Dr Rao", "Dr Rao"), ("AV lead", "AV lead"), ("Ana", "Ana"), ("Ana M. Ruiz", "Ana M. Ruiz")],
)
def test_a_given_name_is_used_only_where_it_is_one(name, short):
    assert words.given(name) == short


@pytest.mark.parametrize(
    ("names", "text"),
    [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C", "D", "E"], "A, B, C and 2 more"), ([], "")],
)
def test_names_are_listed_as_people_do(names, text):
    assert words.listed(names) == text
