"""The catalogue: every figure of a QoS row, with its stream, unit, direction and words; text becomes numbers.

Zoom's `*_input` is what the participant sends, `*_output` what they receive (zoom.md §1).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Direction = Literal["sent", "received", ""]

#: The streams that carry media and fall blank when nothing is sent or received.
STREAMS = ("audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output")


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of the row. `words` leads into a number: "sent audio loses" 14 %."""

    name: str
    stream: str
    field: str
    unit: str
    direction: Direction
    words: str


_SUBJECTS = {
    "audio_input": "sent audio",
    "audio_output": "received audio",
    "video_input": "sent video",
    "video_output": "received video",
    "as_input": "sent screen share",
    "as_output": "received screen share",
}
_MEDIA = {  # field: unit, verb
    "bitrate": ("kbps", "runs at"),
    "latency": ("ms", "has a round trip of"),
    "jitter": ("ms", "jitters"),
    "avg_loss": ("%", "loses"),
    "max_loss": ("%", "loses at worst"),
}
_PICTURE = {"resolution": ("p", "has a resolution of"), "frame_rate": ("fps", "has a frame rate of")}
_MACHINE = {  # name: unit, words
    "cpu_usage.zoom_min_cpu_usage": ("%", "Zoom's lowest CPU use is"),
    "cpu_usage.zoom_avg_cpu_usage": ("%", "Zoom's average CPU use is"),
    "cpu_usage.zoom_max_cpu_usage": ("%", "Zoom's highest CPU use is"),
    "cpu_usage.system_max_cpu_usage": ("%", "the computer's highest CPU use is"),
    "wifi_rssi.max_rssi": ("dBm", "the strongest Wi-Fi signal is"),
    "wifi_rssi.avg_rssi": ("dBm", "the Wi-Fi signal is"),
    "wifi_rssi.min_rssi": ("dBm", "the weakest Wi-Fi signal is"),
}


def _metric(name: str, unit: str, words: str) -> Metric:
    stream, field = name.split(".")
    direction: Direction = "sent" if stream.endswith("_input") else "received" if stream in STREAMS else ""
    return Metric(name, stream, field, unit, direction, words)


def _catalogue() -> list[Metric]:
    """In an order that never changes: stored samples are packed by it. New metrics go to the end."""
    media = [
        _metric(f"{stream}.{field}", unit, f"{_SUBJECTS[stream]} {verb}")
        for stream in STREAMS
        for field, (unit, verb) in (_MEDIA if stream.startswith("audio") else _MEDIA | _PICTURE).items()
    ]
    return media + [_metric(name, unit, words) for name, (unit, words) in _MACHINE.items()]


#: What a row holds, by name. Append only.
CATALOGUE: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _catalogue()})
#: What is computed from a row and never stored.
COMPUTED: Mapping[str, Metric] = MappingProxyType(
    {
        f"{stream}.mos": _metric(f"{stream}.mos", "", f"{_SUBJECTS[stream]} has an estimated score of")
        for stream in STREAMS[:2]
    }
)
#: All that a rule may name.
METRICS: Mapping[str, Metric] = MappingProxyType({**CATALOGUE, **COMPUTED})

#: How a unit is written → the catalogue's unit and what to multiply by.
UNITS: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "%": ("%", 1.0),
        "ms": ("ms", 1.0),
        "kbps": ("kbps", 1.0),
        "mbps": ("kbps", 1000.0),
        "fps": ("fps", 1.0),
        "p": ("p", 1.0),
        "dbm": ("dBm", 1.0),
    }
)

_FIGURE = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*([A-Za-z]*|%)\s*")
_SIZE = re.compile(r"\s*([0-9]{1,6})\s*[*xX×]\s*([0-9]{1,6})\s*")
_REMEMBERED = 1 << 12  #: texts of a unit
_TOO_LONG = 64  # longer text is no figure, whatever it holds


def parse(name: str, raw: object) -> float | None:
    """One figure as Zoom writes it: "27.15 kbps", "23kbps", "0.03%", "1280*720", -69; "" and "0*0" are None.

    Raises ValueError when it can not be read: that figure is spoiled, the others of its row are not.
    """
    metric = CATALOGUE.get(name)
    if metric is None:
        raise ValueError(f"no metric {name[:80]!r}")
    try:
        return number(metric.unit, raw)
    except ValueError:
        raise ValueError(f"{name} can not be {str(raw)[:40]!r}") from None


def number(unit: str, raw: object) -> float | None:
    """As `parse`, of any metric that is counted in this unit of the catalogue."""
    if isinstance(raw, str):
        return TEXTS[unit][raw]
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(f"a {type(raw).__name__} is no number")
    try:
        return _possible(unit, float(raw))
    except OverflowError:
        raise ValueError("too large a number") from None


def mos(latency_ms: float, jitter_ms: float, loss_pct: float) -> float:
    """The estimated score of audio, 1 to 4.5, by the simplified E-model (ITU-T G.107, shortened).

    Zoom's latency is a round trip; it is taken whole, which makes the estimate a careful one.
    """
    delay = latency_ms + 2 * jitter_ms + 10
    rating = 93.2 - (delay / 40 if delay < 160 else (delay - 120) / 10) - 2.5 * loss_pct
    if rating <= 0:
        return 1.0
    if rating >= 100:
        return 4.5
    # between R 0 and 6.5 the curve dips below 1, the lowest score there is
    return max(1.0, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating))


class Texts(dict[str, float | None]):
    """What texts of one unit say, read when they are first asked for: the same few come minute after minute."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def __missing__(self, text: str) -> float | None:
        """Raises ValueError for what is no number, and forgets everything when too much was asked for."""
        value = _number(self.unit, text)
        if self.unit == "kbps":  # hardly any bit rate comes twice
            return value
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = value
        return value


def _number(unit: str, raw: str) -> float | None:
    if len(raw) > _TOO_LONG:
        raise ValueError("too long a text")
    plain = raw.removesuffix(unit).rstrip()
    if plain.isascii() and plain.replace(".", "", 1).isdecimal():  # most are: a third of what a match costs
        return _possible(unit, float(plain))
    if not raw.strip():
        return None
    size = _SIZE.fullmatch(raw) if unit == "p" else None
    if size:
        return _possible(unit, float(min(int(size[1]), int(size[2]))))
    found = _FIGURE.fullmatch(raw)
    told, scale = UNITS.get(found[2].lower(), ("?", 1.0)) if found and found[2] else (unit, 1.0)
    if not found or told != unit:
        raise ValueError(f"{raw!r} is no number of {unit}")
    return _possible(unit, float(found[1]) * scale)


def _possible(unit: str, value: float) -> float | None:
    """No picture has no lines; nothing but a signal is below zero."""
    if not math.isfinite(value) or (value < 0 and unit != "dBm"):
        raise ValueError(f"{value} is impossible")
    return None if unit == "p" and value == 0 else value


#: By unit: what is written in it → the number that it says.
TEXTS: Mapping[str, Texts] = {unit: Texts(unit) for unit in dict.fromkeys(metric.unit for metric in CATALOGUE.values())}
