"""Zoom's quality words, good to bad, for a person's newest minute and for a whole meeting."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.clock import MINUTE
from simulator.people import Person

WORDS = ("good", "fair", "poor", "bad")
#: Which streams each word is about.
ABOUT = {
    "audio_quality": ("audio_input", "audio_output"),
    "video_quality": ("video_input", "video_output"),
    "screen_share_quality": ("as_input", "as_output"),
}


def words(person: Person, now: float, row_delay_s: float = 0.0) -> dict[str, str]:
    """Of the newest minute there is a row for; empty where nothing goes."""
    minutes = person.minutes(now)
    seen = [minute for minute in minutes if minute + MINUTE + row_delay_s <= now]
    if not seen:
        return dict.fromkeys(ABOUT, "")
    row = person.row(seen[-1])
    return {name: worst(_word(row.get(stream, {})) for stream in streams) for name, streams in ABOUT.items()}


def worst(given: Iterable[str]) -> str:
    """The worst of several words; empty ones do not count."""
    return max((word for word in given if word), key=WORDS.index, default="")


def score(block: Mapping[str, Any]) -> float | None:
    """An opinion score from 1 to 5, by loss alone: Zoom's own way is not published. None: nothing goes."""
    loss = _number(block.get("avg_loss"))
    return None if loss is None else max(1.0, 4.8 - loss * 0.18)


def _word(block: Mapping[str, Any]) -> str:
    found = score(block)
    return "" if found is None else word(found)


def word(found: float) -> str:
    """The band that a score lies in (zoom.md §5): from 4 up good, 3 fair, 2 poor, 1 bad."""
    return WORDS[min(3, max(0, 4 - math.floor(found)))]


def _number(text: object) -> float | None:
    match = re.match(r"\d+(\.\d+)?", str(text or ""))
    return float(match.group()) if match else None
