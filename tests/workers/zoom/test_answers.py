"""Zoom's answer: its JSON, or the one error that it means."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.zoom import answers, limits, urls
from workers.zoom.answers import Answer
from workers.zoom.errors import ZoomError, safe

CLOCK = limits.Clock(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
MEETING = urls.meeting("97763643886", "live")
PERSON = urls.participant_qos("97763643886", "16778240", "live")
WEBINAR = urls.meeting("97763643886", "live", "webinar")
LIST = urls.live(date(2026, 11, 23))
SCOPES = "Invalid access token, does not contain scopes:[dashboard:read:meeting:admin, a:b]."


def an_answer(status: int, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, body if isinstance(body, bytes) else json.dumps(body).encode())


def the_error(question: urls.Question, answer: Answer) -> ZoomError:
    with pytest.raises(ZoomError) as caught:
        answers.read(question, answer, CLOCK)
    return caught.value


def zoom_says(code: int, message: str = "") -> dict[str, Any]:
    return {"code": code, "message": message}


def test_an_object_under_200_is_the_answer() -> None:
    assert answers.read(PERSON, an_answer(200, {"user_id": "1", "novel": 1}), CLOCK) == {"user_id": "1", "novel": 1}


@pytest.mark.parametrize(
    ("question", "status", "body", "kind", "retry", "part"),
    [
        pytest.param(MEETING, 404, zoom_says(3001), "not_live", True, "97763643886 is not live", id="not live"),
        pytest.param(WEBINAR, 404, zoom_says(3001), "not_live", True, "Webinar 97763643886 is not", id="webinar"),
        pytest.param(LIST, 404, zoom_says(3001), "refused", False, "the list of meetings", id="no meeting was named"),
        pytest.param(LIST, 400, zoom_says(4717, "disabled"), "credentials", False, "Activate", id="off, for lists too"),
        pytest.param(LIST, 400, zoom_says(4711), "scope", False, "list_meetings:admin", id="the scope of lists"),
        pytest.param(PERSON, 404, zoom_says(3001), "no_participant", False, "16778240", id="who, or which meeting"),
        pytest.param(PERSON, 404, zoom_says(1001), "no_participant", False, "user_id", id="an account id was given"),
        pytest.param(MEETING, 400, zoom_says(12702), "too_old", False, "older than a year", id="a year ago"),
        pytest.param(MEETING, 400, zoom_says(4711, SCOPES), "scope", False, "a:b", id="scopes named by Zoom"),
        pytest.param(MEETING, 400, zoom_says(4711), "scope", False, "dashboard:read:meeting:admin", id="not named"),
        pytest.param(MEETING, 401, zoom_says(4700, SCOPES), "scope", False, "→ Scopes", id="4700 with scopes"),
        pytest.param(MEETING, 401, zoom_says(4700, "Token cannot be empty."), "credentials", False, "", id="4700"),
        pytest.param(MEETING, 401, zoom_says(124, "Invalid access token."), "credentials", False, "", id="124"),
        pytest.param(MEETING, 400, zoom_says(124), "credentials", False, "", id="124 under 400: the code decides"),
        pytest.param(MEETING, 401, zoom_says(4741), "credentials", False, "", id="ended by a newer token"),
        pytest.param(
            MEETING, 400, zoom_says(4717, "The app has been disabled"), "credentials", False, "Activate", id="off"
        ),
        pytest.param(
            MEETING, 400, zoom_says(200, "Only available for paid account"), "plan", False, "Business", id="plan"
        ),
        pytest.param(MEETING, 400, zoom_says(200, "No permission."), "dashboard", False, "Dashboard: View", id="role"),
        pytest.param(
            MEETING, 400, zoom_says(300, "Can not access webinar info, 9."), "refused", False, "webinar", id="300"
        ),
        pytest.param(
            WEBINAR, 400, zoom_says(300, "Can not access webinar info, 9."), "refused", False, "it a meeting", id="300w"
        ),
        pytest.param(MEETING, 300, zoom_says(300, "Bad."), "refused", False, "Bad.", id="300 as a status too"),
        pytest.param(
            MEETING, 404, zoom_says(404, "No such path"), "refused", False, "No such path", id="an unknown 404"
        ),
        pytest.param(MEETING, 404, b"<html>gone</html>", "garbage", True, "proxy", id="a 404 that is not Zoom's"),
        pytest.param(MEETING, 200, b'{"uuid": "4444', "garbage", True, "cut off", id="cut off"),
        pytest.param(MEETING, 200, b"", "garbage", True, "", id="nothing"),
        pytest.param(MEETING, 200, [1], "garbage", True, "", id="a list"),
        pytest.param(MEETING, 200, b"[" * 100_000, "garbage", True, "", id="nested without end"),
        pytest.param(MEETING, 200, b"\xff\xfe{}", "garbage", True, "", id="no text"),
        pytest.param(MEETING, 302, b"", "garbage", True, "login page", id="sent elsewhere"),
        pytest.param(MEETING, 401, b"", "credentials", False, "", id="401 without a word"),
        pytest.param(MEETING, 503, b"<html>", "server", True, "status.zoom.us", id="503"),
        pytest.param(MEETING, 500, zoom_says(500, "Oops"), "server", True, "Oops", id="500 in JSON"),
        pytest.param(MEETING, 200, zoom_says(3001), "not_live", True, "", id="an error under 200"),
        pytest.param(MEETING, 404, {"code": "3001", "message": None}, "not_live", True, "", id="a code as text"),
        pytest.param(MEETING, 400, {"code": "9" * 5000}, "garbage", True, "", id="a code that is none"),
    ],
)
def test_an_error_says_what_it_is_and_whether_trying_again_helps(
    question: urls.Question, status: int, body: Any, kind: str, retry: bool, part: str
) -> None:
    error = the_error(question, an_answer(status, body))

    assert (error.kind, error.retry, error.status) == (kind, retry, status)
    assert part in error.words
    assert str(error) == error.words


@pytest.mark.parametrize(
    ("answer", "kind", "wait_s"),
    [
        pytest.param(an_answer(429, zoom_says(429, "maximum per-second rate")), "rate", 1, id="a second, by words"),
        pytest.param(an_answer(429, b"", X_RateLimit_Type="QPS", Retry_After="2"), "rate", 2, id="by header"),
        pytest.param(an_answer(400, zoom_says(4001, "per-second")), "rate", 1, id="4001 is a rate limit too"),
        pytest.param(an_answer(429, zoom_says(429), Retry_After="300"), "rate", 5, id="capped"),
        pytest.param(an_answer(429, zoom_says(429, "the maximum daily rate")), "daily", 21_660, id="a day, by words"),
        pytest.param(
            an_answer(429, b"", X_RateLimit_Type="Daily-limit", Retry_After="2026-11-24T00:00:00Z"),
            "daily",
            21_600,
            id="a day, by header, until an ISO moment",
        ),
    ],
)
def test_too_many_calls_a_second_is_not_too_many_a_day(answer: Answer, kind: str, wait_s: float) -> None:
    error = the_error(MEETING, answer)

    assert (error.kind, error.retry, error.retry_after_s) == (kind, True, wait_s)


def test_too_many_calls_for_lists_are_too_many_for_this_minute() -> None:
    error = the_error(LIST, an_answer(429, zoom_says(429, "maximum per-second rate")))

    assert (error.kind, error.retry_after_s) == ("rate", 60)
    assert "this minute" in error.words


def test_a_server_in_trouble_may_say_when_to_come_back_but_not_in_a_week() -> None:
    assert the_error(MEETING, an_answer(503, b"", Retry_After="20")).retry_after_s == 20
    assert the_error(MEETING, an_answer(503, b"", Retry_After="604800")).retry_after_s == 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\nb\t\x1b[31mc", "a b [31mc", id="one line, nothing that a terminal obeys"),
        pytest.param("token eyJ0.abc Bearer eyJhbGciOiJIUzI1NiJ9 end", "token eyJ0.abc … end", id="a bearer"),
        pytest.param("x" * 50 + " end", "… end", id="anything as long as a token"),
        pytest.param("Basic plan only", "Basic plan only", id="a word is no secret"),
        pytest.param("word " * 60, "word " * 39 + "word…", id="200 characters"),
    ],
)
def test_foreign_text_is_made_safe_before_it_is_shown(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert len(safe(text)) <= 200


_WORDS = st.text(max_size=300) | st.none() | st.integers()
_BODIES = st.binary(max_size=50) | st.fixed_dictionaries(
    {}, optional={"code": st.integers() | _WORDS | st.floats(allow_nan=False), "message": _WORDS, "uuid": _WORDS}
).map(lambda body: json.dumps(body).encode())
_HEADERS = st.dictionaries(st.sampled_from(["Retry-After", "X-RateLimit-Type"]), st.text(max_size=40))


@given(st.sampled_from([MEETING, PERSON, WEBINAR, LIST]), st.integers(100, 599), _HEADERS, _BODIES)
def test_whatever_comes_back_is_an_answer_or_one_error_with_words(
    question: urls.Question, status: int, headers: dict[str, str], body: bytes
) -> None:
    outcome: dict[str, Any] | ZoomError
    try:
        outcome = answers.read(question, Answer(status, headers, body), CLOCK)
    except ZoomError as error:
        outcome = error

    if isinstance(outcome, ZoomError):
        assert outcome.words
        assert len(outcome.message) <= 200
        assert outcome.retry_after_s is None or 0 <= outcome.retry_after_s <= 86_460
