"""Whatever people write: every parser of `rules` reads it, or refuses it in words of ours, and never breaks."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules import (
    destinations,
    documents,
    expression,
    fields,
    links,
    mailing,
    meeting_names,
    metrics,
    policies,
    rota,
    series,
    testfile,
    weekly,
)
from rules.errors import RuleError, RulesError, RuleTextError
from rules.model import ChannelKind
from tests.fuzzing import JSON, mutated, tries, written

LEVELS = written(
    [
        *("audio_input.avg_loss", "audio_*.latency", "wifi_rssi.avg_rssi", "max(", "any(", "(", ")", "))", "not"),
        *(">", "<", ">=", "<=", "==", "5", "5%", "360p", "-75 dBm", "1e9", "9" * 400, "and", "or", "unless", "#", "\n"),
    ]
)
RULE = {
    "says": "others hear {who} badly", "try": "Cable", "warning": "audio_input.avg_loss > 5%", "for": "3 of 5",
    "critical": "audio_input.avg_loss > 10%", "critical_for": "2 of 3", "clear": "audio_input.avg_loss < 2%",
    "clear_for": "2 of 2", "no_data": "alert", "no_data_for": "5m", "runbook_url": "https://wiki.example/x",
}  # fmt: skip
TESTS = """
[[test]]
rule = "audio-sent"
name = "lossy"
[test.rows]
"audio_input.avg_loss" = "0 0 6x3 ? idle 14"
[[test.expect]]
"""
WINDOWS = written(["Mon", "Sun", "-", "–", "08:00", "24:00", "00:00", "18:00", "99:99", ":", " ", "fri"], "")
URLS = written(
    [
        *(
            "https://",
            "http://",
            "smtp://",
            "smtps://",
            "//",
            "[",
            "]",
            "::1",
            "127.0.0.1",
            "@",
            ":",
            "0",
            "443",
            "70000",
        ),
        *(
            "hooks.slack.com",
            "/services/",
            "T0/B0/x",
            "/v2/enqueue",
            "?",
            "sig=",
            "#",
            "%",
            "..",
            "\\",
            "fe80::1%25eth0",
        ),
        *("zoom.us/j/", "97763643886", "?pwd=", "user", "pass", "from=", "é", "x" * 300, "://"),
    ],
    "",
)
#: what reads → texts that are nearly what it wants, and the errors in which it may refuse them
PARSERS: dict[str, tuple[Callable[[str], object], st.SearchStrategy[str], type[Exception]]] = {
    "level": (expression.compile_rule_text, LEVELS, RuleTextError),
    "field-level": (fields.level, LEVELS, RulesError),
    "span": (fields.span, written(["3", "of", "5", "2m", "0", "61", "-"]), RulesError),
    "line": (fields.line, st.text(), RulesError),
    "says": (fields.says, written(["{who}", "{", "}", "{x}", "{who!r}", "{0}"]), RulesError),
    "no-data": (fields.no_data, st.text(), RulesError),
    "duration": (fields.duration, written(["5", "m", "s", "h", "0", "²", "٣"], ""), RulesError),
    "runbook": (fields.https, URLS, RulesError),
    "window": (weekly.parse, WINDOWS, RulesError),
    "day": (weekly.day_number, WINDOWS, RulesError),
    "turn": (rota.length_days, written(["1", "w", "d", "0", "999", "٣"], ""), RulesError),
    "delay": (policies.delay, written(["5", "m", "s", "h", "0", "²", "d"], ""), ValueError),
    "mail-server": (mailing.mail_server, URLS, RulesError),
    "meeting": (meeting_names.meeting_name, URLS, ValueError),
    "metric": (series.metric, LEVELS, ValueError),
    "series": (lambda text: series.read("audio_input.avg_loss", text),
               written(["0", "6x3", "?", "idle", "_", "14", "x", "+1x9", "idlex999999999", "1x999999999"]), RulesError),
    "tests": (testfile.read, st.text().map(TESTS.__add__) | st.text(), RuleError),
}  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS)
def test_a_text_is_read_or_refused_in_words(parser: str) -> None:
    read, texts, refusal = PARSERS[parser]

    @tries(60)
    @given(texts)
    @example("")
    @example("\ud800")
    @example("9" * 5000)
    @example("(" * 5000)
    @example("\x00\u2028" * 50)
    def holds(text: str) -> None:
        said = _refused(read, text, refusal)
        assert said is None or (said and "codec" not in said)

    holds()


def _refused(read: Callable[[str], object], text: str, refusal: type[Exception]) -> str | None:
    """The words in which a text is refused; None where it is read."""
    try:
        read(text)
    except refusal as error:
        return str(error)
    return None


@tries(100)
@given(st.text(max_size=20) | WINDOWS, st.text(max_size=6) | st.sampled_from(["1w", "1d", "2w"]))
def test_a_hand_off_is_read_or_refused(hand_off: str, every: str) -> None:
    with suppress(rota.RotaError):
        rota.change(hand_off, every)


@tries(150)
@given(st.sampled_from(get_args(ChannelKind)), URLS, st.booleans())
@example("webhook", "https://[::ffff:127.0.0.1]/x", False)
@example("webhook", "https://[fe80::1%25eth0]/x", True)
def test_an_address_of_a_channel_is_taken_or_refused_and_can_be_shown(kind: Any, url: str, private: bool) -> None:
    host, _, secret = url.partition("://")[2].partition("/")
    assert len(secret) < 16 or secret in host or secret not in destinations.masked(url)
    with suppress(destinations.ChannelUrlError):
        destinations.check_url(kind, url, private)


@tries(150)
@given(mutated(RULE) | st.dictionaries(st.sampled_from([*RULE, "id", "x"]), JSON))
def test_a_rule_document_is_a_rule_or_says_what_is_wrong(doc: Any) -> None:
    if not isinstance(doc, dict):
        return
    said = _refused(lambda _: documents.rule(doc, id="a"), "", RuleError)
    if said is None:
        rule = documents.rule(doc, id="a")
        assert documents.rule(documents.to_document(rule), id="a") == rule
        assert documents.read_back(rule, 60)
    else:
        assert said.strip()


@tries(100)
@given(st.lists(st.sampled_from(TESTS.strip().splitlines()) | st.text(max_size=12), max_size=10).map("\n".join))
def test_a_test_file_is_read_or_says_what_is_wrong(text: str) -> None:
    with suppress(RuleError):
        testfile.read(text)
    with suppress(tomllib.TOMLDecodeError, RecursionError):
        tomllib.loads(text)


@tries(200)
@given(st.sampled_from(sorted(metrics.CATALOGUE)) | st.text(max_size=9), JSON | written(["1", "ms", "%", "*", "-"], ""))
def test_a_figure_is_a_number_or_nothing_or_spoiled(name: str, raw: Any) -> None:
    with suppress(ValueError):
        found = metrics.parse(name, raw)
        assert found is None or found >= -1e308


KEYS = (links.link_key("k" * 32), links.link_key("l" * 32))
LINK = links.Link("take", "al_1", "slack-av:3f9a", links.datetime(2026, 11, 23, tzinfo=links.UTC))


@tries(150)
@given(st.text(max_size=60) | written(["A", "_", "-", "=", "AAAA"], ""), st.text(max_size=9), st.text(max_size=9))
def test_what_we_did_not_sign_is_no_link_and_no_form(token: str, nonce: str, form: str) -> None:
    assert links.read(KEYS, token) is None
    assert not links.is_form_token(KEYS, token, nonce, form)


@tries(150)
@given(st.integers(0, 200), st.characters())
def test_a_link_with_another_letter_is_none(place: int, letter: str) -> None:
    token = links.sign(KEYS[0], LINK)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    assert links.read(KEYS, changed) == (LINK if changed == token else None)
