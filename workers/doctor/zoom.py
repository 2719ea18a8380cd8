"""Zoom itself: token, scopes, plan, dashboard, and how late its figures are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rules.model import Instance, Seat
from workers.doctor.findings import Finding, Patient, fault, ok, warning
from workers.zoom import ZoomError, payloads, words

NOBODY = ("99999999999", "16778240")  #: no such meeting: that Zoom says so shows that it lets us ask
LATE_S = 180  #: a row is a minute, and Zoom shows it when the minute is over
EARLY_S = 60  #: a minute is stamped with its start, so its row can not come before
_LOOKED_AT = 50
_ANSWERS = ("not_live", "no_participant", "too_old", "refused")
_SHUT = ("credentials", "plan", "dashboard", "network")


def access(patient: Patient) -> Iterator[Finding]:
    """Token, the scope for meetings, plan and dashboard, by one question for a meeting."""
    if not patient.settings.has_zoom:
        patient.is_shut = True
        yield fault(words.no_credentials())
    if patient.is_shut:
        return
    found = _live(patient)
    try:
        patient.zoom.meeting(found[0].uuid if found else NOBODY[0])
    except ZoomError as error:
        if error.kind not in _ANSWERS:
            patient.is_shut = error.kind in _SHUT
            yield _refusal(patient, error)
            return
    yield ok("Zoom takes our token, and lets us ask for meetings")


def figures(patient: Patient) -> Iterator[Finding]:
    """The scope for people's figures; of somebody who is in a call now, how old the newest one is."""
    if patient.is_shut:
        return
    found = _live(patient)
    meeting, session = (found[0].uuid, found[1]) if found else NOBODY
    try:
        raw = patient.zoom.participant_qos(meeting, session)
    except ZoomError as error:
        if error.kind in _ANSWERS:
            yield ok("Zoom lets us ask for people's figures; nobody watched is in a call now, so none were read")
        else:
            yield _refusal(patient, error)
        return
    yield from _read(patient, raw)


def budget(patient: Patient) -> Iterator[Finding]:
    """What Zoom still allows today."""
    spent = patient.kept.budget.spent()
    says = f"{spent.today:,} of {spent.a_day:,} Zoom calls of today are used"
    if not spent.left:
        yield fault(
            f"{says}: nothing is watched until 00:00 UTC",
            "see which other apps of the account ask Zoom, or watch fewer people with a longer QOSWATCH_POLL_SECONDS",
        )
    elif spent.today > 0.8 * spent.a_day:
        yield warning(f"{says}; they start anew at 00:00 UTC", "a longer QOSWATCH_POLL_SECONDS makes them last")
    else:
        yield ok(says)


def _refusal(patient: Patient, error: ZoomError) -> Finding:
    """Zoom's no. Its words say what to do."""
    if error.kind in ("rate", "daily") and patient.store and patient.store.budget.spent().left:
        return warning(str(error), "we have calls left by our own count: see which other apps of the account ask Zoom")
    return warning(str(error)) if error.kind in ("rate", "daily", "budget") else fault(str(error))


def _live(patient: Patient) -> tuple[Instance, str] | None:
    """Somebody who is watched and in a call now: the one whose figures came last."""
    if patient.store is None:
        return None
    found: list[tuple[datetime, Instance, str]] = []
    for id in sorted(patient.store.instances.live())[:_LOOKED_AT]:
        instance = patient.store.instances.get(id)
        if instance is None or instance.ended_at is not None:
            continue
        for _, seat in patient.store.seats.load(id).values():
            if seat.row_at and (session := _here(seat)):
                found.append((seat.row_at, instance, session))
    return max(found, key=lambda each: each[0])[1:] if found else None


def _here(seat: Seat) -> str:
    """The newest join of somebody who has not left; "" for who is away."""
    present = [session.id for session in seat.sessions if session.left_at is None]
    return present[-1] if present and seat.away_at is None else ""


def _read(patient: Patient, raw: dict[str, Any]) -> Iterator[Finding]:
    """What one person's figures show of how this account is set up."""
    rows = raw.get("user_qos")
    dates = [payloads.moment(row.get("date_time")) for row in rows if isinstance(row, dict)] if rows else []
    moments = [moment for moment in dates if moment is not None]
    if not moments:
        yield warning("Zoom shows no figures of somebody who is watched and in a call", "look at them in its dashboard")
        return
    age_s = (patient.kept.clock.now() - max(moments)).total_seconds()
    if age_s < -EARLY_S:
        yield warning(
            f"Zoom's figures are {-age_s:.0f} s ahead of this clock: we refuse minutes that are more than one ahead",
            "set this machine's clock by NTP",
        )
    elif age_s > LATE_S:
        yield warning(f"your Zoom shows figures {age_s:.0f} s late: alerts come as much later", "see status.zoom.us")
    else:
        yield ok(f"Zoom lets us ask for people's figures; your Zoom shows them {age_s:.0f} s late")
    if not payloads.sight(raw).name:
        yield warning(
            "Zoom hides names: alerts will show ids only",
            "the account has HIPAA or a privacy setting on; who must read names asks its Zoom administrator",
        )
