"""A run and a participant as Zoom would describe them in JSON."""

from typing import Any

from simulator import quality
from simulator.clock import stamp
from simulator.people import REASONS, Person
from simulator.runs import Instance, Knobs

Json = dict[str, Any]

_DEVICES = {"phone": "Phone", "room": "H.323/SIP"}
_OWN_ACCOUNT_ONLY = (
    *("id", "participant_user_id", "email", "device", "domain"),
    *("harddisk_id", "mac_addr", "camera", "microphone", "speaker"),
)
_MACHINE = ("device", "ip_address", "location", "version")
_PRIVATE = ("user_name", "ip_address", "location", "email")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def meeting(run: Instance, now: float) -> Json:
    """GET /metrics/meetings/{meetingId} and its webinar twin; end_time is there only once it has ended."""
    end = run.ended_at if run.ended_at is not None and run.over(now) else None
    people = [person for person in run.people.values() if person.entered(now)]
    traits = frozenset().union(*(person.traits for person in people))
    report: Json = {
        "uuid": run.uuid,
        "id": int(run.number),
        "topic": run.topic,
        "host": run.host,
        "email": run.host_email,
        "dept": "",
        "user_type": "Licensed",
        "start_time": stamp(run.started_at),
        "duration": _duration((now if end is None else end) - run.started_at),
        "participants": len([p for p in people if end is not None or p.present(now)]),
        "has_pstn": "phone" in traits,
        "has_voip": True,
        "has_3rd_party_audio": False,
        "has_video": True,
        "has_screen_share": "sharing" in traits,
        "has_recording": False,
        "has_sip": "room" in traits,
        "has_archiving": False,
    }
    if run.kind == "meeting":
        report["in_room_participants"] = len([p for p in people if "room" in p.traits])
        report["has_external_participant"] = "external" in traits
    return report if end is None else {**report, "end_time": stamp(end)}


def listed(run: Instance, now: float, knobs: Knobs) -> Json:
    """An item of GET /metrics/meetings: the same, with the worst quality that somebody in it has."""
    report = meeting(run, now)
    if not knobs.quality or run.over(now):
        return report
    each = [quality.words(p, now, knobs.row_delay_s) for p in run.people.values() if p.present(now)]
    worst = {name: quality.worst(words[name] for words in each) for name in quality.ABOUT}
    return report | {name: word for name, word in worst.items() if word}


def participant(person: Person, run: Instance, now: float, knobs: Knobs, *, past: bool = False) -> Json:
    """GET …/participants/{participantId}/qos: who they are and their minutes, in no order."""
    last = None if past else knobs.retention
    rows = person.rows(now, end=run.ended_at, delay=knobs.row_delay_s, last=last)
    if knobs.shuffle:
        person.dice("order", len(rows), int(now)).shuffle(rows)
    report = {**identity(person), **machine(person), "join_time": stamp(person.joined_at)}
    if person.gone(now) or past:
        report["leave_time"] = stamp(left_at(person, run, now))
        report["leave_reason"] = person.leave_reason or "Host ended the meeting."
    if "old" not in person.traits:
        report |= _newer(person, run, rows)
    return {**blanked(report, person), "user_qos": rows}


def blanked(report: Json, person: Person) -> Json:
    """The report with what other accounts and health accounts hide made empty."""
    hidden: set[str] = set()
    if "external" in person.traits:
        # The address of somebody who registered is shown, be they from where they may (zoom.md §1).
        hidden |= set(_OWN_ACCOUNT_ONLY) - ({"email"} if person.registrant_id else set())
    hidden |= set(_PRIVATE) if "hipaa" in person.traits else set()
    return {name: "" if name in hidden else value for name, value in report.items()}


def left_at(person: Person, run: Instance, now: float) -> float:
    """When they left, or the run ended under them."""
    moments = [moment for moment in (person.left_at, run.ended_at) if moment is not None]
    return min(moments, default=now)


def leave_words(person: Person, kind: str) -> str:
    """Why they left, as lists and webhooks say it; those who stayed to the end left by it."""
    words = REASONS.get(person.leave_reason or "Host ended", person.leave_reason)
    name = "" if "hipaa" in person.traits else person.name
    return words.replace("$name", name).replace("{kind}", kind).strip()


def identity(person: Person) -> Json:
    """Who they are, to their own account."""
    signed_in = {"id": person.account_id, "email": person.email}
    return {"user_id": person.user_id, "user_name": person.name, **signed_in}


def machine(person: Person) -> Json:
    """What they sit at."""
    dice = person.dice("machine")
    device = person.device or next((name for trait, name in _DEVICES.items() if trait in person.traits), "Windows")
    own = f"192.168.{dice.randint(0, 9)}.{dice.randint(2, 250)}"
    return {
        "device": device,
        "client": "Phone" if device == "Phone" else "Desktop",
        "domain": "example",
        "harddisk_id": "",
        "ip_address": f"203.0.113.{dice.randint(2, 250)}",
        "internal_ip_addresses": [own],
        "location": dice.choice(["Chicago (US )", "Leeds (GB )", "Pune (IN )"]),
        "mac_addr": "-".join(dice.randbytes(2).hex() for _ in range(3)),
        "pc_name": f"PC-{dice.randint(1000, 9999)}",
        "version": f"6.2.{dice.randint(3, 12)}.{dice.randint(40000, 49999)}",
        **{name: told for name, told in person.place.items() if name in _MACHINE},
    }


def lines(person: Person) -> Json:
    """Over what they are connected."""
    return {
        "network_type": "Wifi" if "wifi" in person.traits else "Wired",
        "connection_type": "UDP",
        "data_center": "Dublin",
        "full_data_center": "Dublin;",
        "camera": "Integrated Camera",
        "microphone": "Headset (2- Plantronics)",
        "speaker": "Headset (2- Plantronics)",
        **{name: told for name, told in person.place.items() if name not in _MACHINE},
    }


def _newer(person: Person, run: Instance, rows: list[Json]) -> Json:
    """What Zoom has added since 2024."""
    poor = _lossy(rows)
    return {
        "participant_uuid": person.participant_uuid,
        "participant_user_id": person.account_id,
        f"{run.kind}_number": run.number,
        **lines(person),
        "video_connection_type": "UDP",
        "as_connection_type": "UDP",
        "os": "Win",
        "os_version": "Windows 11",
        "browser_name": "Chrome" if "browser" in person.traits else "",
        "health": "Warning" if poor else "Good",
        "issue_list": ["audio"] if poor else [],
        "groupId": "",
        "has_archiving": False,
        "total_jointime_cost": 4.89,
    }


def _lossy(rows: list[Json]) -> bool:
    if not rows:
        return False
    newest = max(rows, key=lambda row: str(row["date_time"]))
    loss = str(newest.get("audio_input", {}).get("avg_loss", "")).rstrip("%")
    return loss.replace(".", "", 1).isdigit() and float(loss) > 5
