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
_TOO_LONG = 64  # longer text is no figure, whatever it holds


def parse(name: str, raw: object) -> float | None:
    """One figure as Zoom writes it: "27.15 kbps", "23kbps", "0.03%", "1280*720", -69; "" and "0*0" are None.

    Raises ValueError when it can not be read: that figure is spoiled, the others of its row are not.
    """
    metric = CATALOGUE.get(name)
    if metric is None:
        raise ValueError(f"no metric {name[:80]!r}")
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value = _number(metric, raw)
    if not math.isfinite(value) or (value < 0 and metric.unit != "dBm"):
        raise ValueError(f"{name} can not be {str(raw)[:40]!r}")
    return None if metric.unit == "p" and value == 0 else value


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


def _number(metric: Metric, raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _finite(raw)
    if not isinstance(raw, str) or len(raw) > _TOO_LONG:
        raise ValueError(f"{metric.name} can not be a {type(raw).__name__} like this")
    size = _SIZE.fullmatch(raw) if metric.unit == "p" else None
    if size:
        return float(min(int(size[1]), int(size[2])))
    found = _FIGURE.fullmatch(raw)
    unit, scale = UNITS.get(found[2].lower(), ("?", 1.0)) if found and found[2] else (metric.unit, 1.0)
    if not found or unit != metric.unit:
        raise ValueError(f"{metric.name} can not be {raw!r}")
    return float(found[1]) * scale


def _finite(raw: float) -> float:
    try:
        return float(raw)
    except OverflowError:
        return math.inf
