"""Signed links: what was signed is read, anything else is not a link."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import links
from rules.links import Link, form_token, is_form_token, link_key, mark, read, sign

END = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
KEY, OLD, STRANGE = link_key("new"), link_key("old"), link_key("somebody else's")
TAKE = Link("take", "al_0123456789ab", "slack-av:3f9a0c11d2e4", END)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(TAKE, id="one-alert-of-a-chat"),
        pytest.param(Link("take", "", "slack-av:3f9a0c11d2e4", END), id="all-of-a-lane"),
        pytest.param(Link("snooze", "", "teams-av:service", END), id="snooze-all"),
        pytest.param(Link("mute", "al_0123456789ab", "ana~email:al_0123456789ab", END), id="a-lane-of-one-alert"),
        pytest.param(Link("false_alarm", "al_0123456789ab", "a.b_c-d:service", END), id="every-letter-of-an-id"),
        pytest.param(Link("show", "nt_0123456789ab", "slack-av:service", END), id="a-test-note"),
    ],
)
def test_a_link_is_read_as_it_was_signed(link: Link) -> None:
    assert read([KEY], sign(KEY, link)) == link


def test_a_token_is_short_and_needs_no_escaping_whatever_the_ids() -> None:
    longest = [
        Link("false_alarm", f"al_{'9' * 12}", f"{'p' * 64}~pagerduty:al_{'9' * 12}", END),
        Link("false_alarm", f"al_{'9' * 12}", f"{'c' * 64}:3f9a0c11d2e4", END),
    ]
    for link in longest:
        token = sign(KEY, link)
        assert len(token) < 200
        assert re.fullmatch(r"[\w-]+", token, re.ASCII)


def test_any_key_that_is_still_given_reads_and_no_other() -> None:
    token = sign(OLD, TAKE)
    assert read([KEY, OLD], token) == TAKE
    assert read([KEY], token) is None
    assert read([STRANGE], token) is None
    assert read([], token) is None


def test_an_end_of_the_past_is_read_too_for_the_page_still_shows_the_alert() -> None:
    over = Link("take", "al_1", "slack-av:3f9a0c11d2e4", END - timedelta(days=400))
    assert read([KEY], sign(KEY, over)) == over


def test_no_letter_of_a_token_can_be_another() -> None:
    token = sign(KEY, TAKE)
    for place, letter in enumerate(token):
        for other in {LETTERS[(LETTERS.index(letter) + step) % 64] for step in (1, 2, 16, 32)}:
            assert read([KEY], token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: token[:-1], id="cut"),
        pytest.param(lambda token: token + "A", id="longer"),
        pytest.param(lambda token: token + "=", id="padded"),
        pytest.param(lambda token: f" {token}", id="a-space"),
        pytest.param(lambda token: token[:8] + "\n" + token[8:], id="a-line-end-inside"),
        pytest.param(lambda token: token[:8] + "." + token[8:], id="a-stranger-inside"),
        pytest.param(lambda token: token.swapcase(), id="another-case"),
        pytest.param(lambda token: token + "A" * 4000, id="endless"),
        pytest.param(lambda token: "é" + token, id="not-ascii"),
        pytest.param(lambda token: "", id="nothing"),
    ],
)
def test_what_was_not_signed_as_it_stands_is_no_link(spoil) -> None:
    token = sign(KEY, Link("take", "al_1", "slack-av:3f9a0c11d2e4", END))
    assert read([KEY], token)
    assert read([KEY], spoil(token)) is None


@given(st.text(alphabet=LETTERS + "=.~é\0", max_size=120))
def test_no_text_that_somebody_guesses_is_a_link_or_an_error(guess: str) -> None:
    assert read([KEY, OLD], guess) is None


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(Link("mute", "", "slack-av:3f9a0c11d2e4", END), id="mute-all"),
        pytest.param(Link("false_alarm", "", "slack-av:3f9a0c11d2e4", END), id="all-false-alarms"),
        pytest.param(Link("take", "al_1", "slack-av", END), id="no-subject"),
        pytest.param(Link("take", "al_1", ":3f9a0c11d2e4", END), id="no-channel"),
        pytest.param(Link("take", "al_1\0slack-av", "teams:3f9a0c11d2e4", END), id="a-part-too-many"),
    ],
)
def test_a_link_that_could_mean_another_is_not_given(link: Link) -> None:
    with pytest.raises(ValueError, match="no such link"):
        sign(KEY, link)


def test_keys_and_marks_serve_one_purpose_each() -> None:
    token = sign(KEY, TAKE)
    assert link_key("new") == KEY != link_key("new ")
    assert len(mark(token)) == 12
    assert mark(token) != mark(sign(KEY, Link("snooze", TAKE.alert, TAKE.lane, END)))
    assert read([KEY], form_token(KEY, token, "nonce")) is None


def test_a_form_is_bound_to_its_link_and_to_its_reader() -> None:
    token = sign(KEY, TAKE)
    form = form_token(OLD, token, "nonce")
    assert is_form_token([KEY, OLD], token, "nonce", form)
    for keys, of, nonce, given_ in (
        ([KEY], token, "nonce", form),
        ([OLD], token, "another", form),
        ([OLD], sign(KEY, Link("snooze", TAKE.alert, TAKE.lane, END)), "nonce", form),
        ([OLD], token, "nonce", form + "A"),
        ([OLD], token, "nonce", "é"),
        ([OLD], token, "nonce", ""),
    ):
        assert not is_form_token(keys, of, nonce, given_)


def test_what_can_be_done_to_all_is_taking_snoozing_and_showing() -> None:
    assert {"take", "snooze", "show"} == links.TO_ALL
