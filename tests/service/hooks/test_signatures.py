"""Zoom's signature: over the bytes as they came, of these five minutes, and never ours under a stranger's message."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from service.hooks import signatures

SECRET = "a-secret-token"
BODY = '{"event":"meeting.started","payload":{"object":{"topic":"Zürich"}}}'.encode()
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
AT = str(int(NOW.timestamp()))


def right(body: bytes = BODY, at: str = AT, secret: str = SECRET) -> str:
    """The rule of Zoom's page, written down once more."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()


def test_the_right_signature_is_known() -> None:
    assert signatures.is_signed(SECRET, AT, right(), BODY)


@pytest.mark.parametrize(
    ("at", "given", "body"),
    [
        pytest.param(AT, right(), BODY + b" ", id="one-byte-more"),
        pytest.param(AT, right(secret="another"), BODY, id="another-secret"),
        pytest.param(str(int(AT) + 1), right(), BODY, id="another-moment"),
        pytest.param(AT, right().upper(), BODY, id="not-as-zoom-writes-it"),
        pytest.param(AT, right()[3:], BODY, id="without-its-version"),
        pytest.param(AT, "v0=", BODY, id="empty"),
        pytest.param(AT, "", BODY, id="none"),
        pytest.param(AT, "v0=é" + right()[4:], BODY, id="not-ascii"),
        pytest.param("", right(at=""), BODY, id="no-moment-though-signed"),
        pytest.param("1e9", right(at="1e9"), BODY, id="no-number-though-signed"),
        pytest.param("٣", right(at="٣"), BODY, id="digits-of-another-script"),
    ],
)
def test_any_other_is_not(at: str, given: str, body: bytes) -> None:
    assert not signatures.is_signed(SECRET, at, given, body)


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(0, True), (-300, True), (300, True), (-301, False), (301, False), (-86_400, False)]
)
def test_a_signature_counts_for_five_minutes(seconds: int, fresh: bool) -> None:
    at = str(int((NOW + timedelta(seconds=seconds)).timestamp()))
    assert signatures.is_fresh(at, NOW) is fresh


def test_a_moment_of_twelve_digits_is_no_error() -> None:
    assert not signatures.is_fresh("9" * 12, NOW)


def test_a_challenge_is_answered_with_its_hash() -> None:
    token = "qgg8vlvZRS6UYooatFL8Aw"
    hashed = hmac.new(SECRET.encode(), token.encode(), "sha256").hexdigest()
    assert signatures.answer(SECRET, token) == {"plainToken": token, "encryptedToken": hashed}


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(f"v0:{AT}:" + BODY.decode(), id="a-message-to-be-signed-for-a-stranger"),
        pytest.param("v0:1", id="the-beginning-of-one"),
        pytest.param("a" * 65, id="too-long"),
        pytest.param("", id="empty"),
        pytest.param("abc\n", id="a-line-behind-it"),
        pytest.param("ä", id="no-letter-of-theirs"),
        pytest.param(None, id="none"),
        pytest.param(["abc"], id="a-list"),
    ],
)
def test_what_could_be_a_message_is_not_signed(token: object) -> None:
    assert signatures.answer(SECRET, token) is None
