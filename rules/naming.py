"""From what people call a figure to Zoom's own name for it, or to the name they probably meant."""

import difflib
import fnmatch
import re

from rules.metrics import METRICS, STREAMS

_ALL_STREAMS = tuple(dict.fromkeys(metric.stream for metric in METRICS.values()))
_FIELDS = tuple(dict.fromkeys(metric.field for metric in METRICS.values()))

_SENT = {"sent", "send", "sends", "sending", "uplink", "up", "upload", "tx", "in"}
_SENT |= {"mic", "microphone", "camera"}
_RECEIVED = {"received", "receive", "receives", "downlink", "down", "download", "rx", "out"}
_RECEIVED |= {"heard", "speaker"}
_MEDIA = {
    "audio": "audio voice sound mic microphone speaker heard",
    "video": "video camera picture",
    "as": "as screen share sharing slides",
}
_MEDIUM = {word: medium for medium, words in _MEDIA.items() for word in words.split()}
_MEANT = {
    "avg_loss": "loss packet_loss",
    "latency": "delay rtt ping round_trip",
    "bitrate": "bandwidth",
    "frame_rate": "fps framerate",
    "resolution": "size",
    "mos": "score",
    "system_max_cpu_usage": "cpu",
    "avg_rssi": "signal rssi",
}
_FIELD = {word: field for field, words in _MEANT.items() for word in words.split()}


class Unnamed(Exception):
    """No such metric: the sentence, and which part of the name it is about."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence, self.start, self.end = sentence, start, end


def canonical(name: str) -> str:
    """`share_input.jitter` is Zoom's `as_input.jitter`."""
    return re.sub(r"^share_", "as_", name)


def members(name: str, *, aggregate: bool) -> tuple[str, ...]:
    """The metrics that `name` stands for. Raises Unnamed with what would work."""
    whole = (0, len(name))
    if "." not in name:
        raise Unnamed(_half(name), *whole)
    stream, field = name.split(".", 1)
    if "*" in field:
        raise Unnamed("a * may stand in the stream only: max(audio_*.latency)", len(stream) + 1, len(name))
    if "*" in stream and not aggregate:
        raise Unnamed(f"a * needs max(), min(), avg(), any() or all() around it: max({name})", *whole)
    found = fnmatch.filter(_ALL_STREAMS, canonical(stream))
    if not found:
        raise Unnamed(_no_stream(stream, field), 0, len(stream))
    known = tuple(f"{one}.{field}" for one in found if f"{one}.{field}" in METRICS)
    if not known:
        raise Unnamed(_no_field(stream, field, found), len(stream) + 1, len(name))
    return known


def closest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """`: did you mean 'x'?` when something known looks like it, else nothing."""
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f": did you mean '{near[0]}'?" if near else ""


def _half(word: str) -> str:
    """A stream without a metric, or a metric without a stream."""
    fields = difflib.get_close_matches(_FIELD.get(word.lower(), word.lower()), _FIELDS, n=1, cutoff=0.75)
    if fields:
        some = [name for name, metric in METRICS.items() if metric.field == fields[0]][:2]
        shown = [f"{name}{_side(name)}" for name in some]
        return f"which stream's '{word}'? write STREAM.METRIC: {' or '.join(shown)}"
    stream = _meant_stream(word)
    if stream:
        return f"'{word}' needs a metric: {', '.join(_fields(stream))}"
    return f"'{word}' is no metric: write STREAM.METRIC, such as audio_input.avg_loss"


def _side(name: str) -> str:
    direction = METRICS[name].direction
    return f" ({direction})" if direction else ""


def _no_stream(stream: str, field: str) -> str:
    meant = _meant_stream(stream)
    if not meant:
        return f"unknown stream '{stream}': it is one of {', '.join(_ALL_STREAMS)}"
    side = _side(f"{meant}.bitrate") if meant in STREAMS else ""
    return f"unknown stream '{stream}': did you mean '{meant}'{side}?"


def _meant_stream(stream: str) -> str:
    """The stream that words such as `sent`, `uplink`, `mic` or `share_received` point to; "" when none do."""
    words = set(re.split(r"[_\W]+", stream.lower()))
    sides = "output" if words & _RECEIVED else "input" if words & _SENT else ""
    media = [_MEDIUM[word] for word in sorted(words) if word in _MEDIUM]
    if sides or stream.lower() in _MEDIUM:
        return f"{media[0] if media else 'audio'}_{sides or 'input'}"
    near = difflib.get_close_matches(canonical(stream.lower()), _ALL_STREAMS, n=1, cutoff=0.5)
    return near[0] if near else ""


def _no_field(stream: str, field: str, found: list[str]) -> str:
    fields = _fields(found[0])
    meant = _FIELD.get(field.lower())
    if meant in fields:
        return f"unknown metric '{field}': did you mean '{meant}'?"
    if field in _FIELDS:
        have = [metric.stream for metric in METRICS.values() if metric.field == field]
        return f"'{stream}' has no '{field}', but {', '.join(have)} {'has' if len(have) == 1 else 'have'}"
    return f"unknown metric '{field}'{closest(field, fields) or ': ' + stream + ' has ' + ', '.join(fields)}"


def _fields(stream: str) -> list[str]:
    return [metric.field for metric in METRICS.values() if metric.stream == stream]
