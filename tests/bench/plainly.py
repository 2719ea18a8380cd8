"""Ten stock rules as anybody would write them in an afternoon: json.loads, ifs, and counters for N of M.

It is the floor of what watching can cost, so it does nothing but that: no text is checked, nothing is kept for people,
no breach knows why, nobody is told. It shares no line with the engine, so that the two can disagree.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

Open = tuple[str, str, str]  #: who, which rule, "warning" or "critical"
_UNITS = "% abcdefghijklmnopqrstuvwxyzBD"


@dataclass(slots=True)
class Counters:
    """The last minutes of one rule and one person, a bit each, and how it stands."""

    bad: int = 0
    worse: int = 0
    good: int = 0
    stands: str = ""


@dataclass(slots=True)
class Somebody:
    """What is kept of one person."""

    last: str = ""
    minute: int = 0
    rules: dict[str, Counters] = field(default_factory=dict)


def look(texts: Iterable[str], people: dict[str, Somebody]) -> None:
    """Read everybody's answer and judge each row that is newer than the last."""
    for text in texts:
        answer = json.loads(text)
        who = people.get(answer["user_id"])
        if who is None:
            who = people[answer["user_id"]] = Somebody()
        new = [row for row in answer["user_qos"] if row["date_time"] > who.last]
        for row in sorted(new, key=lambda row: row["date_time"]):
            judge(row, who)


def standing(people: dict[str, Somebody]) -> set[Open]:
    """Everything that is bad now."""
    return {
        (name, rule, kept.stands) for name, who in people.items() for rule, kept in who.rules.items() if kept.stands
    }


def judge(row: dict, who: Somebody) -> None:
    """One minute of one person by ten rules."""
    minute = int(datetime.fromisoformat(row["date_time"]).timestamp()) // 60
    gap, who.last, who.minute = minute - who.minute if who.minute else 1, row["date_time"], minute
    sent, heard = row.get("audio_input") or {}, row.get("audio_output") or {}
    for rule, sound in (("audio-sent", sent), ("audio-heard", heard)):
        loss, jitter = number(sound.get("avg_loss")), number(sound.get("jitter"))
        if loss is None or jitter is None:
            count(who, rule, gap, False, False, False, 3, 5)
        else:
            bad, worse = loss > 5 or jitter > 100, loss > 10 or jitter > 200
            count(who, rule, gap, bad, worse, loss < 2 and jitter < 40, 3, 5)
    delays = [ms for ms in (number(sent.get("latency")), number(heard.get("latency"))) if ms is not None]
    if delays:
        count(who, "delay", gap, max(delays) > 300, False, max(delays) < 200, 4, 5, 3)
    else:
        count(who, "delay", gap, False, False, False, 4, 5, 3)
    pictures(row, who, gap)
    machine(row, who, gap)


def pictures(row: dict, who: Somebody, gap: int) -> None:
    """Video and shared screens."""
    camera, seen = row.get("video_input") or {}, row.get("video_output") or {}
    shared, slides = row.get("as_input") or {}, row.get("as_output") or {}
    for rule, told, limit, much, low in (
        ("video-sent", camera, 10, 1e9, 3),
        ("video-heard", seen, 10, 1e9, 10),
        ("share-sent", shared, 5, 15, 2),
        ("share-heard", slides, 5, 1e9, 5),
    ):
        loss = number(told.get("avg_loss"))
        if loss is None:
            count(who, rule, gap, False, False, False, 3, 5)
        elif low == limit:  # no limit of its own to be good again
            count(who, rule, gap, loss > limit, loss > much, loss <= limit, 3, 5)
        else:
            count(who, rule, gap, loss > limit, loss > much, loss < low, 3, 5)
    frames = number(camera.get("frame_rate"))
    slow = frames is not None and frames < 5
    count(who, "video-frozen", gap, slow, False, frames is not None and not slow, 3, 3)


def machine(row: dict, who: Somebody, gap: int) -> None:
    """The computer and its Wi-Fi."""
    signal = (row.get("wifi_rssi") or {}).get("avg_rssi")
    weak = signal is not None and signal < -75
    count(who, "wifi-weak", gap, weak, False, signal is not None and not weak, 8, 10)
    load = number((row.get("cpu_usage") or {}).get("system_max_cpu_usage"))
    busy = load is not None and load > 95
    count(who, "cpu", gap, busy, False, load is not None and not busy, 5, 5)


def number(text: str | None) -> float | None:
    """A figure without its unit: 27.15 kbps."""
    return float(text.rstrip(_UNITS)) if text else None


def count(
    who: Somebody, rule: str, gap: int, bad: bool, worse: bool, good: bool, need: int, of: int, clear: int = 2
) -> None:
    """Move the counters of a rule on, and say how it stands: so many of so many minutes, critical by 2 of 3."""
    kept = who.rules.get(rule)
    if kept is None:
        kept = who.rules[rule] = Counters()
    kept.bad = (kept.bad << gap | bad) & 0xFFF
    kept.worse = (kept.worse << gap | worse) & 0xFFF
    kept.good = (kept.good << gap | good) & 0xFFF
    enough = (1 << clear) - 1
    if kept.stands and kept.good & enough == enough:
        kept.stands, kept.bad, kept.worse = "", 0, 0
    elif (kept.worse & 7).bit_count() >= 2:
        kept.stands = "critical"
    elif not kept.stands and (kept.bad & ((1 << of) - 1)).bit_count() >= need:
        kept.stands = "warning"
