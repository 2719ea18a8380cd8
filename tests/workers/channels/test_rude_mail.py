"""Mail servers that answer rudely: handing in ends in time, and without an endless reply in memory."""

import time
from typing import Any

import pytest

from tests.rude import Rude, a_server, drip, flood, said
from tests.workers.channels.posting import NOW, Given, a_channel, a_message
from workers.channels import email
from workers.channels.answers import Answer
from workers.channels.vendor import Parcel

WHOLE_S = 0.8
LONGEST_S = 20.0


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "WHOLE_S", WHOLE_S)


def handed_in(url: str) -> Answer:
    parcel = Parcel(a_message(), a_channel("email", to=("av@example.org",)), "dl_1", NOW)
    settings: Any = Given(smtp_url=f"{url.replace('http', 'smtp')}?from=qoswatch@example.org")
    return email.send(settings, parcel, email.render(parcel))


@pytest.mark.parametrize(
    "rude",
    [
        pytest.param(drip(b"220 ", b"h"), id="a greeting that drips"),
        pytest.param(drip(b"", b"220-more\r\n"), id="a greeting of many lines that drips"),
        pytest.param(flood(b"", b"220-more\r\n" * 1000), id="a greeting without end"),
        pytest.param(flood(b"220 ", b"h" * 65_536), id="a line without end"),
        pytest.param(drip(b"220 here\r\n", b"250-MORE\r\n"), id="what it offers drips"),
        pytest.param(said(b"HTTP/1.1 400 Bad Request\r\n\r\n"), id="no mail server"),
    ],
)
def test_it_ends_in_time_and_nothing_was_handed_in(rude: Rude) -> None:
    with a_server(rude, listens=False) as (url, _):
        begun = time.monotonic()
        answer = handed_in(url)

    assert time.monotonic() - begun < LONGEST_S
    assert answer.outcome in ("refused", "dead")
    assert len(answer.text) <= 1000
