"""Zoom's webhooks: whether they are set up, and whether they come."""

from collections.abc import Iterator

from workers.doctor.findings import Finding, Patient, fault, ok, warning

_FULL = 50_000  #: half of what the stream takes


def webhooks(patient: Patient) -> Iterator[Finding]:
    """Who comes and goes is told by webhooks, else it is asked for."""
    if patient.settings.zoom_webhook_secret is None:
        yield ok("no webhooks (ZOOM_WEBHOOK_SECRET is unset): people are found by asking, some minutes later")
        return
    intake, now = patient.kept.intake, patient.kept.clock.now()
    heard_at, missed_at, waiting = intake.heard_at(), intake.missed_at(), intake.waiting()
    if heard_at is None:
        yield warning(
            "no webhook has come yet",
            "in the Zoom app's Event Subscriptions, set the URL to https://…/hooks/zoom here, and press Validate",
        )
    elif missed_at is not None:
        yield warning(
            f"webhooks are silent since {missed_at:%H:%M} UTC: people came or left and no event told it",
            "in the Zoom app's Event Subscriptions: is it on, and is its URL ours?",
        )
    else:
        yield ok(f"the last webhook came {max(0, round((now - heard_at).total_seconds() / 60))} min ago")
    if waiting > _FULL:
        yield fault(f"{waiting:,} webhooks wait and nobody deals with them", "see 'processes': do poll workers run?")
