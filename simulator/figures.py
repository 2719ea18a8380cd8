"""The figures of one participant's minute: ordinary by seed, bent by wishes, written as Zoom does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Figure = float | int | str | None
"""A number gets its unit; a text goes out as it is ("", "n/a"); None leaves the field out."""

Block = dict[str, Figure]

MEDIA = ("audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output")
ROOM = tuple(f"{kind}_device_{way}_crc" for kind in ("audio", "video", "as") for way in ("from", "to"))
WEB = tuple(f"{kind}_device_{way}_rwg" for kind in ("audio", "video", "as") for way in ("from", "to"))
STREAMS = (*MEDIA, *ROOM, *WEB, "cpu_usage", "wifi_rssi")
SOUND = ("bitrate", "latency", "jitter", "avg_loss", "max_loss")
PICTURE = (*SOUND, "resolution", "frame_rate")
CPU = ("zoom_min_cpu_usage", "zoom_avg_cpu_usage", "zoom_max_cpu_usage", "system_max_cpu_usage")
WIFI = ("max_rssi", "avg_rssi", "min_rssi")
SHORT = {"loss": "avg_loss", "rssi": "avg_rssi", "cpu": "system_max_cpu_usage"}

_UNITS = {"bitrate": " kbps", "latency": " ms", "jitter": " ms", "frame_rate": " fps"}
_WIDE = 16 / 9


def fields_of(stream: str) -> tuple[str, ...]:
    """The fields that Zoom sends for a stream."""
    if stream == "cpu_usage":
        return CPU
    if stream == "wifi_rssi":
        return WIFI
    return PICTURE if stream in MEDIA and not stream.startswith("audio") else SOUND


@dataclass(frozen=True, slots=True)
class Change:
    """Asked-for figures of one stream, for the minutes from `start` until `end` (None: for good).

    A sequence gives one value per minute; its last one lasts until the end.
    """

    stream: str
    values: Mapping[str, Figure | Sequence[Figure]]
    start: int
    end: int | None = None

    def covers(self, minute: int) -> bool:
        """Whether it speaks of this minute."""
        return self.start <= minute and (self.end is None or minute < self.end)

    def at(self, minute: int) -> Block:
        """Its values for one minute."""
        place = (minute - self.start) // 60
        return {
            SHORT.get(field, field): value
            if value is None or isinstance(value, str | int | float)
            else value[min(place, len(value) - 1)]
            for field, value in self.values.items()
        }


def blank(stream: str) -> Block:
    """A stream over which nothing goes: every text is empty, none is zero."""
    return dict.fromkeys(fields_of(stream), "")


def _sound(dice: Random, latency: int) -> Block:
    avg_loss = dice.choice([0, 0, 0, 0, 0.03, 0.1, 0.25])
    return {
        "bitrate": dice.choice([round(dice.uniform(58, 80), 2), dice.randint(58, 80)]),
        "latency": max(1, latency + dice.randint(-4, 9)),
        "jitter": dice.randint(1, 9),
        "avg_loss": avg_loss,
        "max_loss": round(avg_loss * 4, 2),
    }


def _picture(dice: Random, latency: int) -> Block:
    height = dice.choice([720, 720, 720, 360])
    size = {"bitrate": round(dice.uniform(1100, 1500) * height / 720, 2), "resolution": height}
    return {**_sound(dice, latency), **size, "frame_rate": dice.randint(22, 30)}


def _share(dice: Random, latency: int) -> Block:
    # A still screen sends little and in bursts: its jitter is large on a sound line (facts/zoom.md §1).
    still = {"bitrate": round(dice.uniform(12, 240), 2), "jitter": dice.randint(250, 620)}
    return {**_sound(dice, latency), **still, "resolution": "0*0", "frame_rate": ""}


def ordinary(stream: str, dice: Random, latency: int) -> Block:
    """The figures of a stream over which something goes well."""
    if stream == "cpu_usage":
        low = dice.randint(0, 3)
        return dict(zip(CPU, (low, low + 3, low + 9, low + dice.randint(15, 40)), strict=True))
    if stream == "wifi_rssi":
        strong = dice.randint(-52, -40)
        return dict(zip(WIFI, (strong, strong - 6, strong - 14), strict=True))
    if stream not in MEDIA or stream.startswith("audio"):
        return _sound(dice, latency)
    return _share(dice, latency) if stream.startswith("as_") else _picture(dice, latency)


def bend(block: Block, stream: str, wanted: Block, dice: Random, latency: int) -> Block:
    """The block with the wanted figures in it; a wanted number starts a stream that was idle."""
    numbers = [value for value in wanted.values() if isinstance(value, int | float)]
    if numbers and not any(value not in ("", None) for value in block.values()):
        block = ordinary(stream, dice, latency)
    bent = {**block, **wanted}
    loss, peak = wanted.get("avg_loss"), bent.get("max_loss")
    if isinstance(loss, int | float) and "max_loss" not in wanted and isinstance(peak, int | float):
        bent["max_loss"] = max(peak, round(min(100, loss * 1.5), 2))
    rssi = wanted.get("avg_rssi")
    if stream == "wifi_rssi" and isinstance(rssi, int | float):
        bent = {"max_rssi": rssi + 5, "min_rssi": rssi - 6, **wanted}
    return bent


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text(field: str, value: Figure, space: str = " ") -> str:
    """A figure as Zoom writes it: "27.15 kbps", "0.03%", "1280*720"."""
    if value is None or isinstance(value, str):
        return value or ""
    if field == "resolution":
        return f"{round(value * _WIDE / 2) * 2}*{round(value)}"
    unit = _UNITS.get(field, "%")
    return _number(value) + unit.replace(" ", space)


def as_texts(stream: str, block: Block, dice: Random) -> dict[str, Any]:
    """A block as it goes out; signal strengths are numbers, all else is text, sometimes without the space."""
    if stream == "wifi_rssi":
        return {**{field: value for field, value in block.items() if value is not None}, "rssi_unit": "dBm"}
    space = "" if dice.random() < 0.05 else " "
    return {field: text(field, value, space) for field, value in block.items() if value is not None}
