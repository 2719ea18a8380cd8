"""The demonstration as a person reads it: figures, alerts and messages of the API and the inbox, as lines."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules import documents, expression
from rules.model import Rule, Sample, minute_of

Json = Mapping[str, Any]
METRIC = "audio_input.avg_loss"
RULE = "audio-sent"
_WIDTH = 76
_INDENT = " " * 7
_LINK = re.compile(r"<(https?:[^|>]+)\|([^|>]+)>")


class Story:
    """Remembers what was told already. Each method takes what is true now and yields the new lines."""

    def __init__(self, star: str, zone: ZoneInfo) -> None:
        self._star, self._zone = star, zone
        self._rule: Rule = documents.stock_rules()[RULE]
        self._told_minute = 0
        self._told: dict[str, int] = {}
        self._told_posts = 0
        self._shown = 0

    def opening(self, cast: Json, at: datetime) -> str:
        """Who is watched, where."""
        others = len(cast["people"]) - 1
        return f"{self._clock(at)}  {cast['topic']} is live. Watching {self._star} and {others} others. All fine."

    def figures(self, rows: Sequence[Json], alarmed: bool) -> Iterator[str]:
        """The star's last minutes, newest first, as soon as they turn bad and as long as nobody was told."""
        rows = sorted(rows, key=lambda row: str(row["at"]))[-5:]
        if not rows or alarmed:
            return
        newest = minute_of(_moment(rows[-1]["at"]))
        bad = [_is_bad(self._rule.warning or "", row) for row in rows]
        if newest <= self._told_minute or not bad[-1]:
            return
        self._told_minute = newest
        count = f"{sum(bad)} bad minute{'s' if sum(bad) > 1 else ''} of {self._rule.warning_for.need}"
        yield f"{self._clock(_moment(rows[-1]['at']))}  {self._figures(rows):<46} {count}"

    def alerts(self, alerts: Iterable[Json], rows: Sequence[Json]) -> Iterator[str]:
        """What opened, grew worse or closed."""
        for alert in alerts:
            for entry in alert.get("timeline", ()):
                if entry["seq"] <= self._told.get(alert["id"], 0):
                    continue
                self._told[alert["id"]] = entry["seq"]
                yield self._entry(alert, entry, rows)

    def posts(self, posts: Sequence[Json]) -> Iterator[str]:
        """The messages that reached the inbox; what Teams got is the same, so it is said in a word."""
        for post in posts[self._told_posts :]:
            if post["kind"] == "slack" and post["status"] == 200:
                self._shown += 1
                yield from _box(f"Slack #{post['destination'].rpartition('/')[2]}", post["body"])
            elif post["status"] >= 300 or not post["status"]:
                yield f"{_INDENT}{post['kind']} answered {post['status'] or 'nothing'}; it is tried again"
        self._told_posts = len(posts)

    def is_over(self, alerts: Sequence[Json]) -> bool:
        """Whether all that broke is over, and the inbox shows a beginning and an end."""
        return bool(alerts) and all(alert["state"] == "closed" for alert in alerts) and self._shown >= 2

    def _entry(self, alert: Json, entry: Json, rows: Sequence[Json]) -> str:
        clock, who = self._clock(_moment(entry["at"])), alert["who"]
        if entry["kind"] == "fire" and who == self._star and rows:
            ordered = sorted(rows, key=lambda row: str(row["at"]))[-5:]
            return f"{clock}  {self._figures(ordered):<46} ALERT"
        return f"{clock}  {who:<10} {entry['says']}"

    def _figures(self, rows: Sequence[Json]) -> str:
        values = [row["values"].get(METRIC) for row in rows]
        digits = " ".join("–" if value is None else f"{value:.0f}" for value in values)
        return f"{self._star:<10} sent audio  {digits} %"

    def _clock(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _is_bad(level: str, row: Json) -> bool:
    """Whether a row breaks a level: judged by the rule itself, not by a number of our own."""
    sample = Sample("", 0, dict(row["values"]), frozenset(row["blank"]))
    return expression.compile_rule_text(level).outcome(sample) == "bad"


def _box(title: str, body: Json) -> Iterator[str]:
    yield f"{_INDENT}┌ {title} " + "─" * max(3, _WIDTH - len(title) - 4)
    for line in _sentences(body):
        for part in textwrap.wrap(line, _WIDTH - 4, break_long_words=False, break_on_hyphens=False) or [""]:
            yield f"{_INDENT}│ {part}"
    yield f"{_INDENT}└" + "─" * (_WIDTH - 1)


def _sentences(body: Json) -> Iterator[str]:
    """The first sentence, then what the sections beneath it add, as plain text."""
    first = _plain(str(body.get("text", "")))
    yield first
    for block in body.get("blocks", ()):
        if block.get("type") == "section" and isinstance(block.get("text"), Mapping):
            told = str(block["text"].get("text", ""))
            if links := {name: url for url, name in _LINK.findall(told)}:
                yield from (f"{name}: {url}" for name, url in links.items() if name == "Take it")
            elif first not in (more := _plain(told)):
                yield more


def _plain(text: str) -> str:
    for mark, word in {"&lt;": "<", "&gt;": ">", "&amp;": "&", "*": "", "\n": "  "}.items():
        text = text.replace(mark, word)
    return "".join(each for each in text if each.isprintable())
