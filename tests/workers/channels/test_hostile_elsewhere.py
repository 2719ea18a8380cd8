"""Whatever strangers call themselves: no header into a mail, no line that is not ours, no character that hides."""

import base64
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules import news
from rules.mailing import mail_server
from tests.rules.hostile import NAMES
from tests.workers.channels.checks import _INVISIBLE
from tests.workers.channels.posting import NOW, a_channel
from tests.workers.channels.test_limits import a_called_message, a_message
from workers.channels import email, pagerduty, webhook
from workers.channels.plain import clip
from workers.channels.vendor import Parcel

SMUGGLED = "Rao\r\nBcc: all@example.org\r\n\r\n<b>hello</b>\r\n.\r\nMAIL FROM:<x@example.org>"
OURS = {"From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Qoswatch-Delivery"}
TECHNICAL = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Importance"}
SERVER = mail_server("smtp://mail.example.org?from=alerts@example.org")
KEY = f"whsec_{base64.b64encode(b'k' * 24).decode()}"


def parcel(kind, message):
    channel = a_channel(kind, to=("av@example.org",), secret=KEY if kind == "webhook" else "k" * 32)
    return Parcel(message, channel, "dl_1", NOW)


def hostile(name, kind, called):
    made = a_called_message(name, kind) if called else a_message(name, kind)
    return replace(made, alert="al_1")


def texts(inside):
    if isinstance(inside, str):
        return [inside]
    parts = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
    return [text for part in parts for text in texts(part)]


@settings(max_examples=60, deadline=None)
@example(name=SMUGGLED, kind="fire", called=False)
@example(name=SMUGGLED, kind="taken", called=True)
@given(name=NAMES, kind=st.sampled_from(news.STRENGTH), called=st.booleans())
def test_no_name_smuggles_anything_into_a_mail(name, kind, called):
    given = parcel("email", hostile(name, kind, called))

    raw = email._mail(SERVER, given, email.render(given)).as_bytes()

    mail = message_from_bytes(raw, policy=default)
    assert set(mail.keys()) <= OURS | TECHNICAL
    assert set(mail.keys()) >= OURS
    assert (mail["To"], mail["From"]) == ("av@example.org", "qoswatch <alerts@example.org>")
    assert not _INVISIBLE.search(mail["Subject"])
    assert "\n" not in mail["Subject"]
    assert mail.get_content_type() == "text/plain"
    assert not _INVISIBLE.search(mail.get_content().replace("\r", ""))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"[^\r]\n|\r[^\n]", raw)


@settings(max_examples=60, deadline=None)
@example(name=SMUGGLED, kind="fire", called=False)
@given(name=NAMES, kind=st.sampled_from(news.STRENGTH), called=st.booleans())
@pytest.mark.parametrize(("vendor", "at_home"), [(pagerduty, "pagerduty"), (webhook, "webhook")])
def test_no_name_hides_or_breaks_anything_for_programs(vendor, at_home, name, kind, called):
    body = vendor.render(parcel(at_home, hostile(name, kind, called)))

    if body is None:
        return
    raw = json.dumps(body, ensure_ascii=False).encode()  # no lone half of a character, which no program could read
    assert len(raw) < (20_500 if vendor is webhook else 512_000)
    assert [text for text in texts(body) if _INVISIBLE.search(text)] == []
    sentence = body["data"]["says"] if vendor is webhook else body.get("payload", {}).get("summary", "")
    assert "\n" not in sentence
    assert sentence == clip(sentence, 1024)


@settings(max_examples=30, deadline=None)
@given(name=NAMES)
def test_no_name_gets_into_the_headers_of_a_webhook(name):
    given = parcel("webhook", hostile(name, "fire", False))

    headers = webhook.headers(given, b"{}")

    assert set(headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert all(re.fullmatch(r"[!-~]+", value) for value in headers.values())
