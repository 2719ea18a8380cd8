"""The tour that the demonstration gives: registers what a person would register first, then tells what happens.

It knows no more than any client: the API, the inbox, and who plays in the pretend meeting.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import requests

from service.settings import Settings
from workers.errors import CommandError
from workers.story import Story

SPEED = 12  #: a Zoom minute is five seconds
READY_S = 90.0
_WATCH = "town-hall"
_PATIENCE_S = 30.0  #: how long the story waits for a part that is being started again
_SLACK, _TEAMS = "TDEMO/BDEMO/av-alerts", "av-alerts"
_YOURS = (
    "That was it; the meeting goes on, Ctrl-C ends it. Yours: set ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and "
    "ZOOM_CLIENT_SECRET, and start again."
)


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the three listen."""

    api: str
    inbox: str
    zoom: str


def tell(at: Servers, key: str, settings: Settings, stop: threading.Event) -> None:
    """Tell the story until `stop`. Raises CommandError or a requests error when something does not answer."""
    with requests.Session() as http:
        http.trust_env = False
        outside = Outside(http, at, key, stop)
        cast = outside.play(READY_S)
        _register(outside, cast, settings)
        _follow(outside, Story(cast["star"], ZoneInfo(settings.qoswatch_tz)), cast, stop)


class Outside:
    """The three servers as any client sees them."""

    def __init__(self, http: requests.Session, at: Servers, key: str, stop: threading.Event) -> None:
        self._http, self._stop = http, stop
        self._api, self.inbox, self._zoom = at.api, at.inbox, at.zoom
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Any:
        """One GET of the API."""
        return self._json(self._http.get(self._api + path, headers=self._headers, timeout=10))

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """One PUT of the API."""
        return self._json(self._http.put(self._api + path, headers=self._headers, json=body, timeout=10))

    def posts(self) -> list[dict[str, Any]]:
        """Everything that the inbox received."""
        found: list[dict[str, Any]] = self._json(self._http.get(f"{self.inbox}/inbox.json", timeout=10))["posts"]
        return found

    def play(self, within_s: float) -> dict[str, Any]:
        """Wait until all three answer, then let the play begin. Answers who plays."""
        deadline = time.monotonic() + within_s
        while not self._stop.is_set():
            try:
                self._json(self._http.get(f"{self._api}/openapi.json", timeout=5))
                cast = self._json(self._http.post(f"{self._zoom}/sim/plays", json={"name": "demo"}, timeout=5))
                return dict(cast)
            except (requests.ConnectionError, requests.Timeout):
                if time.monotonic() > deadline:
                    raise CommandError(f"its parts were not ready in {within_s:.0f} s") from None
            self._stop.wait(0.1)
        raise CommandError("stopped")

    def _json(self, answer: requests.Response) -> Any:
        if not answer.ok:
            raise CommandError(f"{answer.request.method} {answer.request.path_url}: {_detail(answer)}")
        return answer.json()


def _detail(answer: requests.Response) -> str:
    """What an answer says is wrong, in a sentence."""
    try:
        told = answer.json()
        return str(told.get("detail") or told)[:300]
    except (ValueError, AttributeError):
        return answer.text[:300]


def _register(outside: Outside, cast: dict[str, Any], settings: Settings) -> None:
    """Two channels, Ana, who is called when nobody takes it, and one watch; a real Slack has a TEST watch too."""
    trigger = "triggers/manual/paths/invoke?api-version=1&sig=pretend-sig"
    _channel(outside, "slack-av", "slack", f"{outside.inbox}/services/{_SLACK}", settings)
    _channel(outside, "teams-av", "teams", f"{outside.inbox}/workflows/{_TEAMS}/{trigger}", settings)
    who = [{"participant_id": person} for person in cast["people"].values()]
    watch = {"meeting": cast["number"], "who": who, "rules": ["speaker"]}
    outside.put("/v1/people/ana", {"name": "Ana Ruiz", "timezone": settings.qoswatch_tz, "slack_user": "U02ANA"})
    outside.put("/v1/policies/av-oncall", {"steps": [{"after": "2m", "tell": [{"person": "ana"}], "when": {}}]})
    outside.put(f"/v1/watches/{_WATCH}", {**watch, "notify": ["slack-av", "teams-av"], "policy": "av-oncall"})
    if settings.slack_url:
        _channel(outside, "slack-yours", "slack", settings.slack_url, settings)
        outside.put(f"/v1/watches/{_WATCH}-test", {**watch, "notify": ["slack-yours"], "labels": {"test": "yes"}})


def _channel(outside: Outside, id: str, kind: str, url: str, settings: Settings) -> None:
    outside.put(f"/v1/channels/{id}", {"kind": kind, "url": url, "timezone": settings.qoswatch_tz})


def _follow(outside: Outside, story: Story, cast: dict[str, Any], stop: threading.Event) -> None:
    """Print what changes, as it happens."""
    path = f"/v1/watches/{_WATCH}/samples?limit=5&participant_id={cast['star_id']}"
    opened = over = False
    trouble_since = None
    while not stop.wait(0.3):
        try:
            opened, over = _once(outside, story, cast, path, opened, over)
            trouble_since = None
        except (requests.RequestException, CommandError):
            trouble_since = trouble_since or time.monotonic()  # a part that died is started again meanwhile
            if time.monotonic() - trouble_since > _PATIENCE_S:
                raise


def _once(
    outside: Outside, story: Story, cast: dict[str, Any], path: str, opened: bool, over: bool
) -> tuple[bool, bool]:
    """One look from the outside; answers whether the call was shown to be on, and the alert to be over."""
    rows = outside.get(path)["items"]
    if rows and not opened:
        opened = True
        _say(story.opening(cast, max(datetime.fromisoformat(row["at"]) for row in rows)))
    heads = outside.get(f"/v1/alerts?watch={_WATCH}")["items"]
    alerts = [outside.get(f"/v1/alerts/{head['id']}") for head in reversed(heads)]
    _say(*story.figures(rows, bool(alerts)), *story.alerts(alerts, rows), *story.posts(outside.posts()))
    if story.is_over(alerts) and not over:
        over = True
        _say(_YOURS)
    return opened, over


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)
