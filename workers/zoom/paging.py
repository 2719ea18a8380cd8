"""Zoom's long lists, page by page. A page token lives for minutes: when it ends on the way, once more from the start.

https://developers.zoom.us/docs/api/using-zoom-apis/#pagination
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog

from workers.zoom import words
from workers.zoom.errors import ZoomError
from workers.zoom.urls import Question

PEOPLE_PAGES = 20  #: 6,000 joins, or as many live meetings
QOS_PAGES = 600  #: as many joins, ten on a page
_EXPIRED = 300  # one of the meanings of Zoom's code 300, and the only one for a question with a token

log = structlog.get_logger()
Row = dict[str, Any]
Ask = Callable[[Question], Row]


class Rows(tuple[Row, ...]):
    """Zoom's own rows of a list. Not `complete`: it goes on behind what we read, so absence from it says nothing."""

    complete: bool

    def __new__(cls, rows: Iterable[Row] = (), complete: bool = True) -> "Rows":
        made = super().__new__(cls, rows)
        made.complete = complete
        return made


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list. `token` leads to the next one; it is empty at the end."""

    rows: tuple[Row, ...]
    token: str
    is_first: bool

    @property
    def key(self) -> tuple[str, ...]:
        """The same for a page that comes a second time; figures in it may have moved on."""
        return (self.token, *(f"{row.get('user_id')} {row.get('uuid')}" for row in self.rows))


class PageExpired(ZoomError):
    """The token of the next page has ended: the list can be had from its start only."""

    def __init__(self, question: Question, error: ZoomError) -> None:
        sentence = words.page_expired(question)
        super().__init__("server", sentence, status=error.status, code=error.code, message=error.message)


def whole(ask: Ask, question: Question, key: str, most: int = PEOPLE_PAGES) -> Rows:
    """The whole list, every `key` once: what came last counts, and what has no key is no entry. Raises ZoomError."""
    known: dict[str, Row] = {}
    token = ""
    for page in pages(ask, question, most):
        if page.is_first:
            known.clear()
        known |= {str(row[key]): row for row in page.rows if row.get(key) not in (None, "")}
        token = page.token
    return Rows(known.values(), complete=not token)


def pages(ask: Ask, question: Question, most: int) -> Iterator[Page]:
    """Page after page, each asked for when it is wanted; from the first again when a token ends, once.

    Raises ZoomError, PageExpired at the second time.
    """
    try:
        yield from _from_start(ask, question, most)
        return
    except PageExpired as expired:
        log.info("zoom list was begun anew", meeting=question.meeting, words=expired.words)
    yield from _from_start(ask, question, most)


def _from_start(ask: Ask, question: Question, most: int) -> Iterator[Page]:
    page = _page(ask, question)
    yield page
    for _ in range(most - 1):
        if not page.token:
            return
        last, page = page, _page(ask, question.after(page.token), is_first=False)
        if page.key == last.key:  # in circles: what is asked next was asked before
            break
        yield page
    if page.token:
        log.warning("zoom list was left before its end", meeting=question.meeting, path=question.path)


def _page(ask: Ask, question: Question, *, is_first: bool = True) -> Page:
    try:
        body = ask(question)
    except ZoomError as error:
        if error.code == _EXPIRED and not is_first:
            raise PageExpired(question, error) from None
        raise
    rows, token = body.get(question.call.rows), body.get("next_page_token")
    if not isinstance(rows, list):  # to be told apart from nobody
        raise ZoomError("garbage", f"Zoom's answer holds no list of {question.call.rows}.")
    return Page(tuple(row for row in rows if isinstance(row, dict)), token if isinstance(token, str) else "", is_first)
