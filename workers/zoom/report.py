"""One person's figures as a table for people: who, then minute by minute, the newest last."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from rules.model import Sample, Sight, moment_of

BLANK, MISSING = "–", "·"
_LEGEND = (
    f"{BLANK} nothing is sent or received (muted, camera off, nothing shared)   {MISSING} Zoom does not say",
    "lost, worst: packets lost, average and peak of the minute   trip: there and back   mos: our estimate, 1 to 4.5",
)
_AUDIO = ("avg_loss", "max_loss", "jitter", "latency", "bitrate", "mos")
_PICTURE = ("avg_loss", "max_loss", "jitter", "latency", "bitrate", "resolution", "frame_rate")
_HEADS = {
    "avg_loss": "lost %",
    "max_loss": "worst %",
    "jitter": "jitter ms",
    "latency": "trip ms",
    "bitrate": "kbps",
    "mos": "mos",
    "resolution": "size p",
    "frame_rate": "fps",
    "zoom_avg_cpu_usage": "Zoom cpu %",
    "zoom_max_cpu_usage": "peak %",
    "system_max_cpu_usage": "all, peak %",
    "avg_rssi": "Wi-Fi dBm",
    "min_rssi": "weakest dBm",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of one stream, under a group's title."""

    group: str
    stream: str
    field: str

    @property
    def name(self) -> str:
        return f"{self.stream}.{self.field}"


@dataclass(frozen=True, slots=True)
class Table:
    """Streams that are read together. `silent`: what is said when nothing at all flows in them."""

    columns: tuple[Column, ...]
    silent: str


def _both(title: str, stem: str, fields: Sequence[str]) -> Table:
    """What is sent beside what is received: `*_input` is the person's uplink, `*_output` the downlink."""
    sides = ((f"{title} SENT", f"{stem}_input"), (f"{title} RECEIVED", f"{stem}_output"))
    columns = tuple(Column(group, stream, name) for group, stream in sides for name in fields)
    return Table(columns, f"{title}: nothing sent, nothing received")


_TABLES = (
    _both("AUDIO", "audio", _AUDIO),
    _both("VIDEO", "video", _PICTURE),
    _both("SCREEN SHARE", "as", _PICTURE),
    Table(
        (
            *(Column("COMPUTER", "cpu_usage", name) for name in list(_HEADS) if name.endswith("cpu_usage")),
            *(Column("WI-FI", "wifi_rssi", name) for name in ("avg_rssi", "min_rssi")),
        ),
        "COMPUTER, WI-FI: Zoom says nothing",
    ),
)


def text(sight: Sight, *, meeting: str, zone: tzinfo, now: datetime, width: int = 130) -> str:
    """The whole report, in lines of `width` where that can be."""
    lines = [_who(sight), _where(sight, meeting, zone)]
    if not sight.samples:
        lines += ["", "No figures: nothing is being sent or received, or they joined less than two minutes ago."]
        return "\n".join([*lines, *_notes(sight, now)])
    for table in _TABLES:
        lines += ["", *_fitting(table, sight.samples, zone, width)]
    return "\n".join([*lines, "", *_notes(sight, now), *_LEGEND])


def number(value: float) -> str:
    """A figure in as few digits as it needs: 14, 0.3, 1183, −69."""
    digits = f"{value:.1f}".removesuffix(".0") if abs(value) < 10 else f"{value:.0f}"
    return digits.replace("-", "−")


def _who(sight: Sight) -> str:
    facts = sight.facts
    version = facts.get("version")
    told = [facts.get("device"), facts.get("os"), facts.get("network_type"), facts.get("connection_type")]
    told += [f"Zoom {version}" if version else None, facts.get("location")]
    return "  ·  ".join([sight.name or "(name hidden by Zoom)", *(each for each in told if each)])


def _where(sight: Sight, meeting: str, zone: tzinfo) -> str:
    parts = [f"meeting {meeting}", f"participant {sight.session}"]
    if center := sight.facts.get("data_center"):
        parts.append(f"data center {center}")
    if sight.joined_at:
        parts.append(f"joined {_clock(sight.joined_at, zone)}")
    if sight.left_at:
        reason = f" ({sight.leave_reason})" if sight.leave_reason else ""
        parts.append(f"LEFT {_clock(sight.left_at, zone)}{reason}")
    return "  ·  ".join([*parts, f"times in {zone}"])


def _clock(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _fitting(table: Table, samples: Sequence[Sample], zone: tzinfo, width: int) -> list[str]:
    """Sent and received side by side, or one below the other where there is no room."""
    lines = list(_drawn(table, samples, zone))
    if max(map(len, lines)) <= width:
        return lines
    groups = groupby(table.columns, lambda column: column.group)
    parts = [Table(tuple(columns), f"{group}: nothing") for group, columns in groups]
    return [line for part in parts for line in _drawn(part, samples, zone)]


def _drawn(table: Table, samples: Sequence[Sample], zone: tzinfo) -> Iterator[str]:
    """Group titles, heads, a line a minute; columns in which nothing stands at all are left out."""
    shown = [column for column in table.columns if any(column.name in sample.values for sample in samples)]
    groups = {column.group for column in shown}
    if not shown:
        yield table.silent
        return
    rows = [[_minute(sample, zone), *(_cell(sample, column) for column in shown)] for sample in samples]
    heads = ["minute", *(_HEADS[column.field] for column in shown)]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    yield _titles(shown, widths)
    yield from ("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in [heads, *rows])
    for silent in dict.fromkeys(column.group for column in table.columns if column.group not in groups):
        yield f"{silent}: {'nothing' if silent.endswith(('SENT', 'RECEIVED')) else 'Zoom says nothing'}"


def _titles(shown: Iterable[Column], widths: Sequence[int]) -> str:
    line, left = " " * widths[0], 1
    for group, columns in groupby(shown, lambda column: column.group):
        count = len(list(columns))
        line += "  " + group.ljust(sum(widths[left : left + count]) + 2 * (count - 1))
        left += count
    return line.rstrip()


def _minute(sample: Sample, zone: tzinfo) -> str:
    return f"{moment_of(sample.minute).astimezone(zone):%H:%M}"


def _cell(sample: Sample, column: Column) -> str:
    value = sample.values.get(column.name)
    if value is not None:
        return number(value)
    return BLANK if column.stream in sample.blank else MISSING


def _notes(sight: Sight, now: datetime) -> Iterator[str]:
    newest_at = moment_of(sight.samples[-1].minute) if sight.samples else None
    if newest_at and not sight.left_at and now - newest_at < timedelta(hours=1):
        age_s = max(0, round((now - newest_at).total_seconds()))
        yield f"The newest minute began {age_s // 60} min {age_s % 60} s ago."
    if sight.spoiled:
        yield f"{sight.spoiled} field{'s' if sight.spoiled > 1 else ''} could not be read and left out."
