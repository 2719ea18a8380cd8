"""Whatever strangers call themselves, and however much there is to say: no limit breaks, nothing comes alive."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import news, storm
from rules.facts import Field
from rules.message import DIGEST_LINES, Action, Message, compose, digest
from rules.model import Mention
from rules.offers import offered
from rules.storm import Hit
from rules.words import MARKS
from simulator import slack as slack_witness
from tests.rules.alerts import (
    POLICED,
    THE_ROUND,
    ZONE,
    a_breach,
    a_call,
    a_seat,
    an_alert,
    an_entry,
    at,
    taken,
    the_samples,
)
from tests.rules.hostile import NAMES
from tests.workers.channels.checks import card_faults, slack_faults
from workers.channels import render
from workers.channels.plain import clip, units, unstyled, without_markdown

EVERY = offered("test", None)
#: The worst that a clean text can be: every character is long once it is escaped, or counts twice.
WORST = ("&" * 300, "<" * 300, "👩" * 300, "_" * 300, "x" * 300)


def a_message(name, kind="fire", topic=None):
    breach = a_breach(says=f"others hear {name} breaking up", hint=name, rule=name, because=name)
    ended = replace(a_breach(rule="r"), ending="left", ended_at=at("10:45"))
    facts = dict.fromkeys(("device", "version", "network_type", "location"), name)
    alert = an_alert(breach, ended, who=name, topic=name if topic is None else topic, facts=facts, id=name or "al_1")
    told = {"breaches": alert.breaches, "samples": the_samples(), "round": THE_ROUND, "tz": ZONE}
    return compose(alert, kind, now=at("10:45"), **told)


@settings(max_examples=150, deadline=None)
@given(name=NAMES, kind=st.sampled_from(news.STRENGTH))
def test_no_name_breaks_a_limit_or_comes_alive(name, kind):
    made = a_message(name, kind)

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made)) == [], ascii(name)


@settings(max_examples=40, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=12), topic=NAMES)
def test_no_name_breaks_a_digest(names, topic):
    made = digest([a_message(name, topic=topic) for name in names], topic)

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made)) == []


def a_called_message(name, kind):
    """Everything that people write and are called, at its worst."""
    mention = Mention(name, "U0FANA", "ana@example.org")
    call = replace(a_call("10:46", mention, Mention(name + "x", name, "")), channels=(name,))
    entry = an_entry(kind if kind in ("escalated", "reminder") else "taken", "10:46", by=name, comment=name, call=call)
    state = {"taken": taken(by=name, comment=name)} if kind in ("taken", "resolved") else {"next_call": call}
    alert = an_alert(who=name, topic=name, calls=(call,) * 9, watches=POLICED, **state)
    told = {"samples": the_samples(), "round": THE_ROUND, "tz": ZONE, "entry": entry}
    made = compose(alert, kind, breaches=alert.breaches, now=at("10:50"), **told)
    return replace(made, actions=tuple(Action(each, f"https://q.example/a/{'x' * 200}") for each, _ in EVERY))


def names_of(made):
    """Those whom a message calls, as a card may write them."""
    return {without_markdown(made.spoken(mark)) for mark in MARKS[: len(made.mentions)]}


@settings(max_examples=150, deadline=None)
@given(name=NAMES, kind=st.sampled_from(news.STRENGTH))
def test_nobody_who_is_called_breaks_a_limit_or_comes_alive(name, kind):
    made = a_called_message(name, kind)

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made), names_of(made)) == [], ascii(name)
    assert set(slack_witness.judge(json.dumps(render("slack", made))).pings) <= {"<@U0FANA>"}


@pytest.mark.parametrize("name", WORST)
@pytest.mark.parametrize("kind", news.STRENGTH)
def test_the_longest_calls_fit(name, kind):
    made = a_called_message(name, kind)

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made), names_of(made)) == []


def test_a_field_full_of_people_is_not_too_long():
    people = tuple(Mention("👩" * 60, f"@{number}", "") for number in range(6))
    field = Field("Who has it", "&" * 350 + "".join(MARKS[: len(people)]))

    made = replace(a_message("Dr Rao"), fields=(field,), mentions=people)

    assert slack_faults(render("slack", made)) == []


def test_three_hundred_alerts_are_one_message_that_names_some_and_counts_the_rest():
    lines = [a_message(f"Person {number}", topic="Spring Town Hall") for number in range(300)]
    made = digest(lines, "Spring Town Hall")

    slack, teams = render("slack", made), render("teams", made)

    assert made.first == "CRITICAL: 300 alerts in Spring Town Hall: 300 critical."
    for shown in (str(slack), str(teams)):
        assert all(f"Person {number} " in shown for number in range(DIGEST_LINES))
        assert "more" in shown
    assert slack_faults(slack) == card_faults(teams) == []


@settings(max_examples=60, deadline=None)
@given(name=NAMES, bad=st.integers(3, 40))
def test_no_name_breaks_a_storm(name, bad):
    facts = dict.fromkeys(("ip_address", "location", "network_type"), name)
    seats = {seat.id: seat for seat in (a_seat(n, 20, name=name, facts=facts) for n in range(bad))}
    hit = Hit(an_alert(next_call=a_call("10:46", Mention(name, "U0FANA"))), "fire", a_message(name))
    made = storm.compose([hit] * bad, seats, "slack-av", None, topic=name, tz=ZONE, now=at("10:45"))

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made), names_of(made)) == []


@pytest.mark.parametrize("name", WORST)
@pytest.mark.parametrize("kind", news.STRENGTH)
def test_the_longest_names_fit(name, kind):
    made = a_message(name, kind)

    assert slack_faults(render("slack", made)) == []
    assert card_faults(render("teams", made)) == []


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("with a rather long name, as people in large firms have", id="latin"),
        pytest.param("Жанна" * 20, id="two-bytes-a-letter"),
        pytest.param("👩" * 99, id="four-bytes-a-letter"),
    ],
)
def test_a_full_digest_shows_every_alert(rest):
    lines = [a_message(f"Person {number} {rest}") for number in range(DIGEST_LINES)]
    made = digest(lines, "Spring Town Hall")

    slack, teams = render("slack", made), render("teams", made)

    shown = "".join(block["text"]["text"] for block in slack["blocks"] if block["type"] == "section")
    assert all(f"Person {number} " in shown for number in range(DIGEST_LINES))
    assert all(f"Person {number} " in str(teams) for number in range(DIGEST_LINES))
    assert slack_faults(slack) == card_faults(teams) == []


@pytest.mark.parametrize("name", WORST)
def test_more_than_fits_says_how_much_is_left_out(name):
    made = digest([a_message(name)], "Spring Town Hall")
    made = replace(made, lines=made.lines * 400)

    slack, teams = render("slack", made), render("teams", made)

    assert "more" in str(slack)
    assert "more" in str(teams)
    assert slack_faults(slack) == card_faults(teams) == []


def test_what_is_too_big_for_a_card_is_its_first_sentence_alone():
    made = a_message("Dr Rao")
    swollen = replace(made, context=("👩" * 1000,) * 20)

    body = render("teams", swollen)

    assert [element["text"] for element in body["attachments"][0]["content"]["body"]] == [made.first]


def test_what_is_too_big_for_slack_is_its_header_alone():
    made: Message = a_message("Dr Rao")
    swollen = replace(made, section=made.section * 6, context=("&" * 9000,), lines=(("bad", "x" * 3000),) * 9)

    assert slack_faults(render("slack", swollen)) == []
    assert render("slack", swollen)["text"] == made.first


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("al_7f3c", "al_7f3c", id="an-id-stays-as-it-is"),
        pytest.param("room_3_b", "roomˍ3ˍb", id="older-readers-turn-the-middle-italic"),
        pytest.param("_x_", "ˍxˍ", id="italic"),
        pytest.param("**x** `y` ~z~", "∗∗x∗∗ ˋyˋ ∼z∼", id="styles"),
        pytest.param("<at>all</at>", "‹at›all‹/at›", id="mention"),
        pytest.param("&lt;at&gt;", "＆lt;at＆gt;", id="a-hidden-mention"),
        pytest.param("R&D", "R&D", id="an-honest-ampersand"),
        pytest.param("[x](https://e.example)", "［x］(https://e.example)", id="link"),
        pytest.param("1. Board", "1․ Board", id="a-topic-is-no-list"),
        pytest.param("1.", "1․", id="nor-when-more-follows-behind-it"),
        pytest.param("- Board", "‐ Board", id="nor-a-bullet"),
        pytest.param("C:\\[x]", "C:∖［x］", id="backslash"),
    ],
)
def test_teams_text_is_plain(text, shown):
    assert without_markdown(text) == shown


def test_slack_text_keeps_what_does_no_harm():
    assert unstyled("room_3_b [x] & <y>") == "room_3_b [x] & <y>"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_clip_never_exceeds_and_never_cuts_what_fits(text, limit):
    assert units(clip(text, limit)) <= limit
    assert units(text) > limit or clip(text, limit) == text
