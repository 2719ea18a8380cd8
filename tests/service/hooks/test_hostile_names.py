"""What strangers call themselves is text on a link's page, and never a part of the page."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from itertools import count
from typing import Any

import pytest
from pydantic import SecretStr

from rules import links
from rules.links import link_key
from rules.model import Channel
from service.app import create_app
from service.settings import Settings
from service.store import Store
from tests.service.hooks.conftest import NOW
from tests.service.opened import I, opened, taken

SETTINGS = Settings(qoswatch_secret_key=SecretStr("s" * 48))
NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</title><style>*{display:none}</style>",
    "</textarea><form action=https://evil.example>",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}${7*7}<%= 7*7 %>",
    "<!--",
    "]]><svg/onload=alert(1)>",
    "&lt;b&gt;\u202egnp.exe\u2066",
)


class Shape(HTMLParser):
    """The tags of a page and the names of their attributes; what stands in them is text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.said = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture
def page(store: Store, bell: Any) -> Callable[[str, Any], Shape]:
    """The page of a link to an alert whose person, taker and comment are called so."""
    store.documents.channels.put(Channel("slack-av", 0, "slack", "https://hooks.slack.com/services/T/B/x", NOW))
    client = create_app(SETTINGS, store, bell).test_client()
    (key,) = SETTINGS.secret_keys
    numbers = count(1)

    def shown(name: str, action: Any) -> Shape:
        alert = opened(store, id=f"al_{next(numbers):x}", who=name, taken=taken(store, name, name)).id
        link = links.Link(action, alert, f"slack-av:{I}", NOW + timedelta(hours=1))
        answer = client.get(f"/a/{links.sign(link_key(key), link)}")
        assert answer.status_code == 200
        return Shape(answer.get_data(as_text=True))

    return shown


@pytest.mark.parametrize("action", ["take", "show"])
def test_a_name_adds_nothing_to_the_page_but_text(page: Callable[[str, Any], Shape], action: Any) -> None:
    harmless = page("Rao", action)
    for name in NAMES:
        hostile = page(name, action)
        assert hostile.tags == harmless.tags, name
        assert "\u202e" not in hostile.said
        assert name.strip("<>{}\u2066")[:4] in hostile.said or "&lt;" in name
