"""Whatever strangers call themselves, and however much there is to say: no limit breaks, nothing comes alive."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import news
from rules.message import DIGEST_LINES, Message, compose, digest
from tests.rules.alerts import THE_ROUND, ZONE, a_breach, an_alert, at, the_samples
from tests.rules.hostile import NAMES
from tests.workers.channels.checks import card_faults, slack_faults
from workers.channels import render
from workers.channels.plain import clip, units, unstyled, without_markdown

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
