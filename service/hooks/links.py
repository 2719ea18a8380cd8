"""/a/{token}: the page behind a signed link in a message. GET shows and changes nothing; POST acts.

Previews, scanners and HEAD read the page as often as they like. Its form bears a token bound to the link and to a
cookie, so that no other page can press the button. The token stands in the address, so no address is ever logged.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from urllib.parse import quote, unquote, urlsplit

import structlog
from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from rules import links
from rules.links import TEST_NOTE, Link
from rules.model import AlertView
from rules.words import Clock, clean, cut
from service.api.act_body import COMMENT_MAX
from service.api.identity import NAME_MAX, name_of, signed_on
from service.hooks import linkwords
from service.hooks.askable import askable
from service.hooks.pressing import Press, concerned, press
from service.hooks.shown import place, seen, shown, unsaid
from service.store import Store
from service.store.errors import StoreError

PATH = "/a"
NAME, NONCE = "qoswatch_me", "qoswatch_form"  #: cookies: who pressed here last, and what a form is bound to
SHOWN_MAX = 50  #: alerts of a lane on one page
_REMEMBERED_S = 180 * 86_400
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
log = structlog.get_logger(__name__)


class LinkPage:
    """The page. `secret_keys` gives ours, newest first; `user_header` is that of a proxy that knows who asks."""

    def __init__(
        self,
        store: Store,
        *,
        secret_keys: Callable[[], Sequence[str]],
        public_url: str | None,
        user_header: str | None,
        default_zone: str,
        wake: Callable[[], object],
    ) -> None:
        self._store, self._secret_keys, self._wake = store, secret_keys, wake
        self._header, self._zone = user_header, default_zone
        parts = urlsplit(public_url or "")
        self._secure, self._path = parts.scheme == "https", f"{parts.path}{PATH}"

    def show(self, token: str) -> Response:
        """The alert as it is now, and the button."""
        return self._safely(self._page, token)

    def act(self, token: str) -> Response:
        """The button was pressed."""
        return self._safely(self._pressed, token)

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        """Read at the first link, not at the start: a secret of our own making is made when it is needed."""
        return tuple(map(links.link_key, self._secret_keys()))

    def _safely(self, view: Callable[[str, Link], Response], token: str) -> Response:
        """Whatever happens is told in words, and logged without the address."""
        try:
            link = links.read(self._keys, token)
            return _said(linkwords.STRANGE, 404) if link is None else view(token, link)
        except HTTPException:
            raise
        except StoreError as error:
            log.error("link page failed", because=str(error))
            return _said(linkwords.BUSY, 503)
        except Exception as error:
            log.error("link page failed", exc_info=error)
            return _said(linkwords.TROUBLE, 500)

    def _pressed(self, token: str, link: Link) -> Response:
        now = self._store.clock.now()
        if link.action == "show":
            return self._page(token, link, 405, notice=linkwords.SHOWS)
        if linkwords.has_expired(link, now):
            return self._page(token, link, 410)
        nonce, form = request.cookies.get(NONCE, ""), request.form.get("form", "")
        if not nonce or not links.is_form_token(self._keys, token, nonce, form):
            return self._page(token, link, 403, notice=linkwords.FORM)
        if link.alert.startswith(TEST_NOTE):
            return self._page(token, link, says=linkwords.TESTED)
        alerts = concerned(self._store, link)
        if link.alert and not alerts:
            return _said(linkwords.GONE, 404)
        by = self._who(alerts)
        if not by:
            return self._page(token, link, 422, notice=linkwords.NOBODY)
        return self._done(token, link, alerts, by, now)

    def _done(self, token: str, link: Link, alerts: tuple[AlertView, ...], by: str, now: datetime) -> Response:
        comment = cut(clean(request.form.get("comment", "")), COMMENT_MAX)
        done = press(self._store, Press(link, token, by, comment, now), alerts)
        if done.changed:
            log.info("link acted", action=link.action, alert_id=link.alert or None, lane=link.lane)
            self._wake()
        answer = self._page(token, link, says=self._unsaid(done.says, link, alerts))
        if not signed_on(self._header):
            self._set(answer, NAME, quote(by, safe=""), _REMEMBERED_S)
        return answer

    def _unsaid(self, says: str, link: Link, alerts: Sequence[AlertView]) -> str:
        """The sentence, as far as the channel may be told it."""
        where = place(self._store.documents, link.channel, self._zone)
        for alert in alerts if link.alert else ():
            says = unsaid(says, alert, seen(alert, link.channel, where))
        return says

    def _who(self, alerts: Sequence[AlertView]) -> str:
        """Whom the proxy names; else a name that was typed just now; else whom the list was left at."""
        if name := signed_on(self._header):
            return name
        typed, chosen = name_of(request.form.get("other", "")), request.form.get("who", "")
        person = next((each for each in askable(self._store.documents, alerts) if each.id == chosen), None)
        is_new = typed != _remembered()
        return name_of(person.name) if person and not (typed and is_new) else typed

    def _page(self, token: str, link: Link, status: int = 200, *, says: str = "", notice: str = "") -> Response:
        """The page as things are now. `says`: what was done; it has no button then."""
        acts = not says and link.action != "show"
        page: dict[str, object] = {"says": says, "notice": notice, "title": linkwords.title(link)}
        page |= {"does": linkwords.WORDS[link.action].does}
        if link.alert.startswith(TEST_NOTE):
            page |= {"headline": linkwords.TEST}
            return self._with_form(token, status, **page) if acts else _rendered(status, **page)
        alerts, where = concerned(self._store, link), place(self._store.documents, link.channel, self._zone)
        if link.alert and not alerts:
            return _said(linkwords.GONE, 404)
        clock = Clock(where.zone, self._store.clock.now())
        told = [shown(seen(alert, link.channel, where), clock) for alert in alerts[:SHOWN_MAX]]
        page |= {"alerts": told, "more": len(alerts) - len(told), "one": bool(link.alert)}
        idle = "" if says else linkwords.idle(link, alerts, clock)
        if idle or not acts:
            return _rendered(status, **page, idle=idle)
        return self._with_form(token, status, **page, asks=True, people=askable(self._store.documents, alerts))

    def _with_form(self, token: str, status: int, **page: object) -> Response:
        """A page with a button, and the cookie that its form is bound to."""
        nonce, name = request.cookies.get(NONCE, "") or secrets.token_urlsafe(16), signed_on(self._header)
        form = links.form_token(self._keys[0], token, nonce)
        limits = {"name": NAME_MAX, "comment": COMMENT_MAX}
        who = {"me": name or _remembered(), "known": bool(name), "limits": limits}
        answer = _rendered(status, **page, **who, form=form)
        self._set(answer, NONCE, nonce, None)
        return answer

    def _set(self, answer: Response, name: str, value: str, max_age_s: int | None) -> None:
        answer.set_cookie(name, value, max_age_s, path=self._path, secure=self._secure, httponly=True, samesite="Lax")


def _remembered() -> str:
    return name_of(unquote(request.cookies.get(NAME, "")))


def _said(words: str, status: int) -> Response:
    """A page that has nothing but a sentence."""
    return _rendered(status, title="qoswatch", notice=words)


def _rendered(status: int, **page: object) -> Response:
    return Response(render_template("link.html", **page), status, _HEADERS, content_type="text/html; charset=utf-8")
