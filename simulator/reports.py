"""A run and a participant as Zoom would describe them in JSON."""

from typing import Any

from simulator.clock import stamp
from simulator.people import Person
from simulator.world import Instance, Knobs

Json = dict[str, Any]

_DEVICES = {"phone": "Phone", "room": "H.323/SIP"}
_OWN_ACCOUNT_ONLY = (
    *("id", "participant_user_id", "email", "device", "domain"),
    *("harddisk_id", "mac_addr", "camera", "microphone", "speaker"),
)
_PRIVATE = ("user_name", "ip_address", "location", "email")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def meeting(run: Instance, now: float) -> Json:
    """GET /metrics/meetings/{meetingId}; end_time is there only once it has ended."""
    end = run.ended_at if run.ended_at is not None and run.over(now) else None
    people = [person for person in run.people.values() if person.joined_at <= now]
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
        "participants": len([p for p in people if end is not None or not p.gone(now)]),
        "has_pstn": "phone" in traits,
        "has_voip": True,
        "has_3rd_party_audio": False,
        "has_video": True,
        "has_screen_share": "sharing" in traits,
        "has_recording": False,
        "has_sip": "room" in traits,
        "has_archiving": False,
        "in_room_participants": len([p for p in people if "room" in p.traits]),
        "has_external_participant": "external" in traits,
    }
    return report if end is None else {**report, "end_time": stamp(end)}


def participant(person: Person, run: Instance, now: float, knobs: Knobs, *, past: bool = False) -> Json:
    """GET …/participants/{participantId}/qos: who they are and their minutes, in no order."""
    last = None if past else knobs.retention
    rows = person.rows(now, end=run.ended_at, delay=knobs.row_delay_s, last=last)
    if knobs.shuffle:
        person.dice("order", len(rows), int(now)).shuffle(rows)
    report = {**_identity(person), **_machine(person), "join_time": stamp(person.joined_at)}
    if person.gone(now) or past:
        report["leave_time"] = stamp(_left(person, run, now))
        report["leave_reason"] = person.leave_reason or "Host ended the meeting."
    if "old" not in person.traits:
        report |= _newer(person, run, rows)
    for name in _OWN_ACCOUNT_ONLY if "external" in person.traits else ():
        report[name] = ""
    for name in _PRIVATE if "hipaa" in person.traits else ():
        report[name] = ""
    return {**report, "user_qos": rows}


def _left(person: Person, run: Instance, now: float) -> float:
    moments = [moment for moment in (person.left_at, run.ended_at) if moment is not None]
    return min(moments, default=now)


def _identity(person: Person) -> Json:
    account_id = person.dice("account").randbytes(8).hex() if person.email else ""
    return {"id": account_id, "user_id": person.user_id, "user_name": person.name, "email": person.email}


def _machine(person: Person) -> Json:
    dice = person.dice("machine")
    device = next((name for trait, name in _DEVICES.items() if trait in person.traits), "Windows")
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
    }


def _newer(person: Person, run: Instance, rows: list[Json]) -> Json:
    """What Zoom has added since 2024."""
    raw = person.dice("uuid").randbytes(16).hex().upper()
    wifi, poor = "wifi" in person.traits, _lossy(rows)
    return {
        "participant_uuid": "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:])),
        "participant_user_id": _identity(person)["id"],
        "meeting_number": run.number,
        "network_type": "Wifi" if wifi else "Wired",
        "connection_type": "UDP",
        "video_connection_type": "UDP",
        "as_connection_type": "UDP",
        "data_center": "Dublin",
        "full_data_center": "Dublin;",
        "os": "Win",
        "os_version": "Windows 11",
        "browser_name": "Chrome" if "browser" in person.traits else "",
        "camera": "Integrated Camera",
        "microphone": "Headset (2- Plantronics)",
        "speaker": "Headset (2- Plantronics)",
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
