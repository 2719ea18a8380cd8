"""/a/{token} over HTTP: whoever looks changes nothing, whoever presses acts once, and a stranger's page cannot."""

import html
import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import structlog
from pydantic import SecretStr
from werkzeug.serving import make_server

from rules.links import Link, link_key, sign
from rules.model import Channel, Cover, Person, Policy, Schedule, Step, Target, WatchView
from service import log
from service.app import create_app
from service.hooks import links as page
from service.settings import Settings
from service.store import Store
from service.store.errors import StoreUnavailable
from tests.service.hooks.conftest import NOW
from tests.service.opened import I, opened, taken

SECRET, OLDER = "s" * 48, "o" * 48
LANE = f"slack-av:{I}"
SNOOZED = NOW + timedelta(minutes=15)


class Bell:
    def __init__(self) -> None:
        self.rung = 0

    def deliver(self) -> None:
        self.rung += 1

    def drain(self) -> None: ...

    def length(self, name: str) -> int:
        return 0


class Browser:
    """Somebody with a browser: it keeps cookies, reads pages and presses buttons."""

    def __init__(self, url: str, **headers: str) -> None:
        self.url, self.http, self.last = url, requests.Session(), requests.Response()
        self.http.headers.update(headers)

    def reads(self, path: str, method: str = "GET") -> str:
        """What a person reads on the page: its text, without its marks."""
        self.last = self.http.request(method, f"{self.url}{path}", timeout=10)
        return self.text

    def presses(self, path: str, **fields: str) -> str:
        """Opens the page, fills the form in, presses its button."""
        self.reads(path)
        return self.sends(path, form=self.form, **fields)

    def sends(self, path: str, **fields: str) -> str:
        self.last = self.http.post(f"{self.url}{path}", data=fields, timeout=10)
        return self.text

    @property
    def form(self) -> str:
        found = re.search(r'name="form" value="([^"]+)"', self.last.text)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.last.text)).split())


@pytest.fixture
def settings() -> Settings:
    return Settings(qoswatch_secret_key=SecretStr(f"{SECRET},{OLDER}"), qoswatch_tz="Europe/Berlin")


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def door(settings: Settings, store: Store, bell: Bell) -> Iterator[str]:
    """The app over HTTP, with a channel in it."""
    store.documents.channels.put(Channel("slack-av", 0, "slack", "https://hooks.slack.com/services/T/B/x", NOW))
    server = make_server("127.0.0.1", 0, create_app(settings, store, bell), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ana(door: str) -> Browser:
    return Browser(door)


def a_link(
    action: Any = "take", alert: str = "al_1", lane: str = LANE, *, secret: str = SECRET, until: datetime | None = None
) -> str:
    (key,) = Settings(qoswatch_secret_key=SecretStr(secret)).secret_keys
    return f"/a/{sign(link_key(key), Link(action, alert, lane, until or NOW + timedelta(hours=24)))}"


def everything(store: Store) -> dict[bytes, Any]:
    """All that lies in the store, to see that nothing changed."""
    return {key: store.redis.dump(key) for key in store.redis.keys("*")}


# Looking


def test_the_page_shows_the_alert_as_it_is_now_and_one_button(ana: Browser, store: Store) -> None:
    opened(store)
    text = ana.reads(a_link())
    assert ana.last.status_code == 200
    for told in (
        "CRITICAL: others hear Dr Rao breaking up",
        "Meeting Spring Town Hall",
        "State open since 09:55 UTC",
        "Who has it Nobody",
        "sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes",
        "Try Camera off, then cable or phone-in",
        "I am …",
        "Take it",
    ):
        assert told in text
    assert ana.last.text.count("<button>") == 1


def test_reading_changes_nothing_however_often_and_by_whichever_method(ana: Browser, store: Store, bell: Bell) -> None:
    opened(store)
    before = everything(store)
    for action in ("take", "snooze", "mute", "false_alarm", "show"):
        for method in ("GET", "HEAD"):
            ana.reads(a_link(action), method)
            assert ana.last.status_code == 200
    assert everything(store) == before
    assert bell.rung == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_other_method_is_answered(ana: Browser, method: str) -> None:
    ana.reads(a_link(), method)
    assert ana.last.status_code == 405


def test_the_page_loads_nothing_but_our_style_and_tells_nobody_where_it_is(ana: Browser, store: Store) -> None:
    opened(store)
    ana.reads(a_link())
    policy = ana.last.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script" not in policy
    assert "<script" not in ana.last.text
    assert "style=" not in ana.last.text
    assert ana.last.headers["Referrer-Policy"] == "no-referrer"
    assert ana.last.headers["Cache-Control"] == "no-store"
    (style,) = re.findall(r'(?:src|href)="([^"]+)"', ana.last.text)
    assert requests.get(f"{ana.url}/a/{style}", timeout=10).headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(a_link(secret="x" * 48), id="signed-elsewhere"),
        pytest.param(a_link()[:-2], id="cut"),
        pytest.param("/a/hello", id="guessed"),
        pytest.param("/a/" + "A" * 3000, id="endless"),
        pytest.param("/a/%FF%00%C3%A9", id="odd"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_we_did_not_sign_is_refused_in_words(ana: Browser, store: Store, path: str, method: str) -> None:
    opened(store)
    text = ana.reads(path, method)
    assert ana.last.status_code == 404
    assert "This link is none of ours" in text
    assert "Dr Rao" not in text


def test_a_link_of_an_older_key_still_works_while_that_key_is_given(ana: Browser, store: Store) -> None:
    opened(store)
    assert "Ana has it" in ana.presses(a_link(secret=OLDER), other="Ana")


def test_an_expired_link_shows_and_has_no_button(ana: Browser, store: Store) -> None:
    opened(store)
    path = a_link(until=NOW)
    text = ana.reads(path)
    assert (ana.last.status_code, ana.form) == (200, "")
    assert "others hear Dr Rao breaking up" in text
    assert "has expired" in text
    ana.sends(path, other="Ana")
    assert ana.last.status_code == 410
    assert not store.alerts.get("al_1").taken


def test_a_form_read_before_the_end_does_nothing_after_it(ana: Browser, store: Store) -> None:
    opened(store)
    path = a_link(until=NOW + timedelta(seconds=5))
    ana.reads(path)
    form = ana.form
    store.clock.advance(seconds=5)
    ana.sends(path, form=form, other="Ana")
    assert ana.last.status_code == 410
    assert not store.alerts.get("al_1").taken


def test_an_alert_that_is_not_kept_any_more_is_said_to_be_gone(ana: Browser) -> None:
    assert "not kept any more" in ana.reads(a_link())
    assert ana.last.status_code == 404


def test_names_of_strangers_are_text_on_the_page(ana: Browser, store: Store) -> None:
    opened(store, who="<img src=x onerror=alert(1)>")
    ana.reads(a_link())
    assert "<img" not in ana.last.text
    assert "&lt;img" in ana.last.text


# Pressing


@pytest.mark.parametrize(
    ("action", "says", "kind"),
    [
        pytest.param("take", 'Ana Ruiz has it (10:00 UTC): "calling him". Paging stopped.', "taken", id="take"),
        pytest.param("snooze", "Ana Ruiz snoozed it until 10:15 UTC", "snoozed", id="snooze"),
        pytest.param("false_alarm", "Ana Ruiz closed it at 10:00 UTC as a false alarm", "closed", id="false-alarm"),
    ],
)
def test_a_button_acts_in_the_name_of_who_presses_it(
    ana: Browser, store: Store, bell: Bell, action: str, says: str, kind: str
) -> None:
    opened(store)
    text = ana.presses(a_link(action), other="Ana Ruiz", comment="calling him")
    assert ana.last.status_code == 200
    assert says in text
    assert ana.form == ""
    entry = store.alerts.timeline("al_1")[-1]
    assert (entry.kind, entry.by, entry.comment) == (kind, "Ana Ruiz", "calling him")
    assert bell.rung == 1


def test_a_false_alarm_is_counted_for_its_rule(ana: Browser, store: Store) -> None:
    opened(store)
    ana.presses(a_link("false_alarm"), other="Ana")
    assert store.health.counters()["false_alarms:audio-sent"] == 1


def test_a_snooze_lasts_fifteen_minutes_from_the_press(ana: Browser, store: Store) -> None:
    opened(store)
    ana.presses(a_link("snooze"), other="Ana")
    assert store.alerts.get("al_1").snoozed_until == SNOOZED


def test_the_same_link_acts_once_and_then_says_what_is_true(ana: Browser, store: Store, bell: Bell) -> None:
    opened(store)
    path = a_link()
    ana.reads(path)
    form = ana.form
    ana.sends(path, form=form, other="Ana Ruiz")
    text = ana.sends(path, form=form, other="Ben Ito")
    assert ana.last.status_code == 200
    assert "Ana Ruiz has it" in text
    assert [entry.kind for entry in store.alerts.timeline("al_1")] == ["fire", "taken"]
    assert bell.rung == 1


def test_a_link_that_acted_does_not_take_again_what_was_given_back(ana: Browser, store: Store) -> None:
    from rules.taking import Act
    from service.store.acting import act

    opened(store)
    path = a_link()
    ana.reads(path)
    form = ana.form
    ana.sends(path, form=form, other="Ana Ruiz")
    act(store, "al_1", Act("unacknowledge", "Ana Ruiz"), NOW)
    assert "Nobody has it" in ana.sends(path, form=form, other="Ana Ruiz")
    assert not store.alerts.get("al_1").taken


def test_the_second_taker_is_told_who_was_first(door: str, ana: Browser, store: Store) -> None:
    opened(store)
    ben = Browser(door)
    mine, bens = a_link(), a_link(until=NOW + timedelta(hours=23))
    ben.reads(bens)
    ana.presses(mine, other="Ana Ruiz")
    text = ben.sends(bens, form=ben.form, other="Ben Ito")
    assert "Ana Ruiz already has it since 10:00 UTC. Nothing to do." in text
    assert store.alerts.get("al_1").taken_by == "Ana Ruiz"


def test_two_who_press_at_once_leave_one_who_has_it(door: str, store: Store) -> None:
    opened(store)
    browsers = [(Browser(door), a_link(until=NOW + timedelta(hours=n + 1)), f"Person {n}") for n in range(6)]
    for browser, path, _ in browsers:
        browser.reads(path)
    presses = [
        threading.Thread(target=browser.sends, args=(path,), kwargs={"form": browser.form, "other": name})
        for browser, path, name in browsers
    ]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert [entry.kind for entry in store.alerts.timeline("al_1")] == ["fire", "taken"]
    holder = store.alerts.get("al_1").taken_by
    assert all(browser.last.status_code == 200 and holder in browser.text for browser, _, _ in browsers)


def test_an_alert_that_is_over_offers_nothing_and_pressing_says_so(ana: Browser, store: Store) -> None:
    from rules.taking import Act
    from service.store.acting import act

    opened(store)
    ana.reads(a_link())
    form = ana.form
    act(store, "al_1", Act("resolve", "Ben Ito"), NOW)
    assert "Ben Ito closed it at 10:00 UTC" in ana.sends(a_link(), form=form, other="Ana")
    text = ana.reads(a_link())
    assert "closed 10:00 UTC by Ben Ito" in text
    assert "It is closed. Nothing to do." in text
    assert ana.form == ""


def test_a_link_that_shows_does_nothing(ana: Browser, store: Store) -> None:
    opened(store)
    assert "others hear Dr Rao breaking up" in ana.reads(a_link("show"))
    assert ana.form == ""
    ana.sends(a_link("show"), other="Ana")
    assert ana.last.status_code == 405
    assert [entry.kind for entry in store.alerts.timeline("al_1")] == ["fire"]


@pytest.mark.parametrize("action", ["take", "snooze", "mute", "false_alarm"])
def test_a_button_of_a_test_says_that_it_was_one(ana: Browser, store: Store, action: str) -> None:
    path = a_link(action, "nt_0123456789ab", "slack-av:service")
    before = everything(store)
    assert "This is a test: nothing is wrong." in ana.reads(path)
    text = ana.sends(path, form=ana.form)
    assert (ana.last.status_code, "This was a test" in text) == (200, True)
    assert everything(store) == before


def test_a_test_is_shown_as_one(ana: Browser) -> None:
    assert "This is a test: nothing is wrong." in ana.reads(a_link("show", "nt_0123456789ab", "slack-av:service"))
    assert (ana.last.status_code, ana.form) == (200, "")


# Not for this meeting


def test_not_for_this_meeting_is_a_silence_of_the_one_seat_by_who_pressed(
    ana: Browser, store: Store, bell: Bell
) -> None:
    alert = opened(store)
    text = ana.presses(a_link("mute"), other="Ana Ruiz")
    assert "Nobody is told of this person again in this meeting." in text
    (silence,) = store.documents.silences.all()
    assert (silence.matchers, silence.by) == ({"seat": alert.subject}, "Ana Ruiz")
    assert silence.comment
    assert (silence.starts_at, silence.ends_at) == (NOW, NOW + timedelta(hours=24))
    assert "Ana Ruiz asked for that already" in ana.presses(a_link("mute", until=NOW + timedelta(hours=1)), other="Ben")
    assert [each.by for each in store.documents.silences.all()] == ["Ana Ruiz"]
    assert bell.rung == 1


def test_after_the_meeting_there_is_nothing_to_silence(ana: Browser, store: Store) -> None:
    opened(store)
    store.instances.end(I, NOW)
    assert "That meeting is over. Nothing to do." in ana.presses(a_link("mute"), other="Ana")
    assert not store.documents.silences.all()


# All of a lane


def test_take_all_takes_what_nobody_has_of_this_meeting_and_of_this_channel(
    ana: Browser, store: Store, bell: Bell
) -> None:
    elsewhere = WatchView("other", "critical", ("teams-av",), ("audio-sent",))
    opened(store, "al_1", "Dr Rao")
    opened(store, "al_2", "K. Lim")
    opened(store, "al_3", "A. Osei", taken=taken(store, "Ben Ito"))
    opened(store, "al_4", "Not ours", watches=(elsewhere,))
    text = ana.reads(a_link(alert=""))
    assert "3 open" in text
    assert "Not ours" not in text
    text = ana.sends(a_link(alert=""), form=ana.form, other="Ana Ruiz")
    assert "Ana Ruiz has 2 alerts now. Nobody else is called. One alert had that before." in text
    holders = {id: store.alerts.get(id).taken_by for id in ("al_1", "al_2", "al_3", "al_4")}
    assert holders == {"al_1": "Ana Ruiz", "al_2": "Ana Ruiz", "al_3": "Ben Ito", "al_4": None}
    assert bell.rung == 1
    assert "Somebody has each of them already" in ana.reads(a_link(alert=""))


def test_snooze_all_snoozes_those_that_somebody_has_too(ana: Browser, store: Store) -> None:
    opened(store, "al_1")
    opened(store, "al_2", "K. Lim", taken=taken(store, "Ben Ito"))
    assert "Nothing is told of 2 alerts for 15 minutes." in ana.presses(a_link("snooze", alert=""), other="Ana")
    assert {store.alerts.get(id).snoozed_until for id in ("al_1", "al_2")} == {SNOOZED}


def test_of_a_lane_where_nothing_is_open_there_is_nothing_to_take(ana: Browser) -> None:
    assert "Nothing is open here any more. Nothing to do." in ana.reads(a_link(alert=""))
    assert ana.form == ""


def test_many_alerts_are_shown_up_to_a_point_and_counted_beyond(ana: Browser, store: Store) -> None:
    for n in range(1, page.SHOWN_MAX + 3):
        opened(store, f"al_{n:x}", f"Guest {n}")
    text = ana.reads(a_link(alert=""))
    assert f"{page.SHOWN_MAX + 2} open" in text
    assert "and 2 more" in text
    ana.sends(a_link(alert=""), form=ana.form, other="Ana")
    assert all(alert.taken_by == "Ana" for alert in store.alerts.page(state="open", limit=200)[0])


# Whose page


@pytest.mark.parametrize(("action", "another"), [("take", "snooze"), ("snooze", "mute"), ("mute", "take")])
def test_a_form_that_is_not_of_this_page_presses_nothing(
    door: str, ana: Browser, store: Store, action: Any, another: Any
) -> None:
    opened(store)
    mallory = Browser(door)
    mallory.reads(a_link(action))
    ana.reads(a_link(action))
    for form in ("", "x", mallory.form):
        text = ana.sends(a_link(action), form=form, other="Ana")
        assert ana.last.status_code == 403
        assert "Nothing was done" in text
    ana.reads(a_link(action))
    ana.sends(a_link(another), form=ana.form, other="Ana")
    assert ana.last.status_code == 403
    assert [entry.kind for entry in store.alerts.timeline("al_1")] == ["fire"]
    assert not store.documents.silences.ids()


def test_without_a_cookie_nothing_is_done_and_the_next_press_can_work(ana: Browser, store: Store) -> None:
    opened(store)
    ana.reads(a_link())
    form = ana.form
    ana.http.cookies.clear()
    assert "Nothing was done" in ana.sends(a_link(), form=form, other="Ana")
    assert "Ana has it" in ana.sends(a_link(), form=ana.form, other="Ana")


def test_cookies_are_ours_alone_and_stay_below_the_pages_path(ana: Browser, store: Store) -> None:
    opened(store)
    ana.presses(a_link(), other="Ana")
    ana.reads(a_link("snooze"))
    kept = {cookie.name: cookie for cookie in ana.http.cookies}
    assert set(kept) == {page.NAME, page.NONCE}
    assert {cookie.path for cookie in kept.values()} == {"/a"}
    assert all(cookie.has_nonstandard_attr("HttpOnly") for cookie in kept.values())
    assert {cookie.get_nonstandard_attr("SameSite") for cookie in kept.values()} == {"Lax"}
    days = (kept[page.NAME].expires - datetime.now().timestamp()) / 86_400
    assert 179 < days < 181


class TestBehindTls:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(qoswatch_secret_key=SecretStr(SECRET), public_url="https://av.example.org/qos")

    def test_cookies_travel_over_tls_alone_and_below_the_public_path(self, ana: Browser, store: Store) -> None:
        opened(store)
        ana.reads(a_link())
        assert "Secure" in ana.last.headers["Set-Cookie"]
        assert "Path=/qos/a" in ana.last.headers["Set-Cookie"]


# Who presses


def a_person(store: Store, id: str, name: str) -> None:
    store.documents.people.put(Person(id, 0, name, NOW, pagerduty_key="k" * 32))


@pytest.fixture
def crew(store: Store) -> None:
    """Ana and Ben are called by the policy of the alert, Cy covers, Dee is nobody's call."""
    for id, name in (("ana", "Ana Ruiz"), ("ben", "Ben Ito"), ("cy", "Cy Young"), ("dee", "Dee Dee")):
        a_person(store, id, name)
    rota = Schedule("av", 0, "UTC", "Mon 09:00", ("ben",), "1w", NOW)
    store.documents.schedules.put(rota)
    store.documents.covers.put(Cover("cv_1", 0, "av", "cy", NOW, NOW + timedelta(hours=4), NOW))
    steps = (Step(0, (Target("channel", "slack-av"), Target("person", "ana"))), Step(300, (Target("schedule", "av"),)))
    store.documents.policies.put(Policy("desk", 0, steps, NOW))


def _names(browser: Browser) -> list[str]:
    return re.findall(r'type="radio" name="who" value="(\w+)"', browser.last.text)


def test_those_whom_the_policy_may_call_are_offered(ana: Browser, store: Store, crew: None) -> None:
    opened(store, watches=(WatchView("board", "critical", ("slack-av",), ("audio-sent",), policy="desk"),))
    ana.reads(a_link())
    assert _names(ana) == ["ana", "ben", "cy"]


def test_without_a_policy_everybody_is_offered(ana: Browser, store: Store, crew: None) -> None:
    opened(store)
    ana.reads(a_link())
    assert _names(ana) == ["ana", "ben", "cy", "dee"]


def test_many_people_are_a_list_to_choose_from(ana: Browser, store: Store) -> None:
    for n in range(9):
        a_person(store, f"p{n}", f"Person {n}")
    opened(store)
    ana.reads(a_link())
    assert _names(ana) == []
    assert ana.last.text.count("<option") == 10
    assert "Person 7 has it" in ana.sends(a_link(), form=ana.form, who="p7")


@pytest.mark.parametrize(
    ("before", "fields", "by"),
    [
        pytest.param("", {"who": "ana"}, "Ana Ruiz", id="chosen"),
        pytest.param("", {"other": "Zed"}, "Zed", id="typed"),
        pytest.param("", {"who": "ana", "other": "Zed"}, "Zed", id="typed-over-a-choice"),
        pytest.param("Zed", {"other": "Zed"}, "Zed", id="remembered"),
        pytest.param("Zed", {"who": "ana", "other": "Zed"}, "Ana Ruiz", id="chosen-over-what-was-remembered"),
        pytest.param("", {"who": "nobody-we-know", "other": "Zed"}, "Zed", id="unknown-choice"),
        pytest.param("", {"other": "  Zed \u202e \n Zee  "}, "Zed Zee", id="on-one-line"),
        pytest.param("", {"other": "Z" * 300}, "Z" * 79 + "…", id="no-longer-than-names-are"),
    ],
)
def test_the_name_is_the_one_that_was_meant(
    ana: Browser, store: Store, crew: None, before: str, fields: dict[str, str], by: str
) -> None:
    opened(store)
    if before:
        ana.http.cookies.set(page.NAME, before, path="/a")
    ana.presses(a_link(), **fields)
    assert store.alerts.get("al_1").taken_by == by


def test_who_pressed_is_remembered_by_this_browser(ana: Browser, store: Store, crew: None) -> None:
    opened(store)
    ana.presses(a_link(), who="ben")
    ana.reads(a_link("snooze"))
    assert re.search(r'value="ben" checked', ana.last.text)
    ana.sends(a_link("snooze"), form=ana.form, other="Zoë (night)")
    ana.reads(a_link("mute"))
    assert 'value="Zoë (night)"' in ana.last.text


def test_nobody_is_asked_again_for_a_name(ana: Browser, store: Store) -> None:
    opened(store)
    for other in ("", "  ", "\u200b"):
        text = ana.presses(a_link(), other=other)
        assert ana.last.status_code == 422
        assert "Say who you are" in text
        assert ana.form
    assert not store.alerts.get("al_1").taken


class TestBehindSingleSignOn:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(qoswatch_secret_key=SecretStr(SECRET), qoswatch_user_header="X-Forwarded-User")

    def test_the_proxys_name_is_the_name_whatever_the_form_says(self, door: str, store: Store) -> None:
        opened(store)
        zoe = Browser(door, **{"X-Forwarded-User": "Zoë Ruiz".encode().decode("latin-1")})
        text = zoe.reads(a_link())
        assert "You are Zoë Ruiz" in text
        assert "I am …" not in text
        zoe.sends(a_link(), form=zoe.form, other="Mallory")
        assert store.alerts.get("al_1").taken_by == "Zoë Ruiz"
        assert page.NAME not in zoe.http.cookies

    def test_without_the_header_it_is_asked(self, ana: Browser, store: Store) -> None:
        opened(store)
        assert "I am …" in ana.reads(a_link())


def test_a_header_that_nobody_trusts_is_no_name(door: str, store: Store) -> None:
    opened(store)
    mallory = Browser(door, **{"X-Forwarded-User": "Ana Ruiz"})
    assert "I am …" in mallory.reads(a_link())
    mallory.sends(a_link(), form=mallory.form)
    assert mallory.last.status_code == 422


# What a channel may know


@pytest.mark.parametrize(
    ("privacy", "named", "there", "not_there"),
    [
        pytest.param(None, True, ["Dr Rao", "Spring Town Hall"], [], id="nothing-said"),
        pytest.param(None, False, ["Dr Rao", "97763643886"], ["Spring Town Hall"], id="one-of-everybody"),
        pytest.param("full", False, ["Dr Rao", "Spring Town Hall"], [], id="full"),
        pytest.param("watched", True, ["Dr Rao", "97763643886"], ["Spring Town Hall"], id="watched"),
        pytest.param("ids", True, ["participant 16778241"], ["Dr Rao", "Spring Town Hall"], id="ids"),
    ],
)
def test_the_page_tells_no_more_than_its_channel_is_told(
    ana: Browser, store: Store, privacy: Any, named: bool, there: list[str], not_there: list[str]
) -> None:
    store.documents.channels.put(Channel("slack-av", 0, "slack", "https://x.example", NOW, privacy=privacy))
    view = WatchView("board", "critical", ("slack-av",), ("audio-sent",), named=named)
    opened(store, watches=(view,), taken=taken(store, "Ben Ito", "ringing Dr Rao"))
    for path in (a_link(), a_link("snooze"), a_link("show"), a_link("show", alert="")):
        text = ana.reads(path)
        assert "Ben Ito" in text
        assert not [name for name in not_there if name in text]
    assert not [name for name in there if name not in ana.reads(a_link("show"))]
    text = ana.presses(a_link("false_alarm"), other="Ana") + ana.sends(a_link("take"), form="", other="Ana")
    assert not [name for name in not_there if name in text]


def test_a_sentence_of_what_was_done_tells_no_more_either(ana: Browser, store: Store) -> None:
    store.documents.channels.put(Channel("slack-av", 0, "slack", "https://x.example", NOW, privacy="ids"))
    opened(store)
    ana.reads(a_link())
    form = ana.form
    Browser(ana.url).presses(a_link(until=NOW + timedelta(hours=1)), other="Ben Ito", comment="ringing Dr Rao")
    ana.sends(a_link(), form=form, other="Ana")
    again = ana.sends(a_link(), form=form, other="Ana")
    store.redis.delete(f"qos:seats:{I}")  # its meeting is long over: only what readers see is left
    assert "It is over." in ana.sends(a_link("snooze"), form=_form_of(ana, a_link("snooze")), other="Ana")
    assert "Dr Rao" not in again + ana.text
    assert "participant 16778241" in ana.text


def _form_of(browser: Browser, path: str) -> str:
    browser.reads(path)
    return browser.form


def test_a_channel_that_is_gone_is_told_no_names(ana: Browser, store: Store) -> None:
    opened(store)
    store.documents.channels.delete("slack-av")
    assert "Dr Rao" not in ana.reads(a_link())


def test_moments_are_of_the_channels_zone(ana: Browser, store: Store) -> None:
    channel = Channel("slack-av", 0, "slack", "https://x.example", NOW, "America/Chicago")
    store.documents.channels.put(channel)
    opened(store)
    assert "open since 03:55 CST" in ana.reads(a_link())


# What is never written down


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What this process logs, whoever logs it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    log.configure("web", stream=out, level=logging.DEBUG)
    yield out
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


def test_no_log_holds_a_link_also_when_something_breaks(
    settings: Settings, store: Store, bell: Bell, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(store)
    client = create_app(settings, store, bell).test_client()
    path = a_link()
    for error, status in ((StoreUnavailable("gone"), 503), (RuntimeError("odd"), 500)):
        with monkeypatch.context() as broken:
            broken.setattr(store.alerts, "get", _raising(error))
            answer = client.get(path)
        assert answer.status_code == status
        assert "logged" in answer.text or "does not answer" in answer.text
    form = re.search(r'name="form" value="([^"]+)"', client.get(path).text)
    assert form
    assert "Ana has it" in client.post(path, data={"form": form[1], "other": "Ana"}).text
    told = lines.getvalue()
    assert [json.loads(line)["event"] for line in told.splitlines()] == [
        *("link page failed", "link page failed", "link acted")
    ]
    assert path[3:23] not in told


def _raising(error: Exception) -> Any:
    def failing(*_: Any) -> None:
        raise error

    return failing
