"""Whatever a destination answers: one verdict, a wait that is bounded, no secret in what is kept, and no exception."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.model import ChannelKind
from tests.fuzzing import tries, written
from workers.channels import http, judge

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
URL = "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/xxxxxxxxxxxxxxxxxxxxwxyz?sig=abcdefgh%2Fijklmnop"
HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40) | written(
    ["Mon,", "21", "Oct", "2026", "0001", "9999", "07:28:00", "GMT", "+2359", "-2359", "1e999", "nan", "-1", "٣", "inf"]
)


@tries(300)
@given(HEADER, HEADER)
@example("Mon, 01 Jan 0001 00:00:00 +2359", "Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359", "Fri, 31 Dec 9999 23:59:59 -2359")
@example("nan", "")
def test_any_headers_ask_for_a_bounded_wait_or_for_none(after: str, date: str) -> None:
    answer: Any = SimpleNamespace(headers={"Retry-After": after, "Date": date}, status_code=429)
    found = http._answer(answer, "", "slack", 1)
    assert found.retry_after_s is None or 0 <= found.retry_after_s <= http.LONGEST_RETRY_AFTER_S


@pytest.mark.parametrize("kind", get_args(ChannelKind))
def test_any_status_and_text_has_one_verdict(kind: ChannelKind) -> None:
    @tries(60)
    @given(st.integers(100, 599), st.text(max_size=80))
    def holds(status: int, text: str) -> None:
        verdict = judge(kind, status, text)
        assert verdict.outcome in ("accepted", "refused", "dead")
        assert verdict.outcome != "accepted" or 200 <= status < 300

    holds()


@tries(100)
@given(
    st.lists(st.sampled_from([URL, URL[8:], URL[-30:], "x" * 20, "a"]) | st.text(max_size=5), max_size=6).map("".join)
)
def test_no_text_that_is_kept_holds_the_address(text: str) -> None:
    kept = http.redacted(text, URL)
    assert "xxxxxxxxwxyz" not in kept
    assert "ijklmnop" not in kept or "ijklmnop" not in URL[-30:]
