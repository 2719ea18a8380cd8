"""Whether webhooks went silent while meetings are live: a list shows what no event told, and nothing is heard since."""

from datetime import datetime, timedelta

from rules import hearing
from rules.model import Roster, Trouble
from workers.asking import Answer
from workers.runtime import Runtime

WEBHOOKS = "service.webhooks"
SILENT_FOR = timedelta(minutes=5)


def compare(runtime: Runtime, known: Roster, answer: Answer, now: datetime) -> None:
    """Hold a list against what events have told. `known`: the roster before that list."""
    untold = hearing.untold(known, answer.listed or ())
    if untold is not None and runtime.settings.zoom_webhook_secret is not None:
        runtime.store.intake.miss(min(untold, now))


def silence(runtime: Runtime, now: datetime, notify: tuple[str, ...]) -> Trouble | None:
    """What is wrong with webhooks, if anything: they were heard before, and are not any more."""
    missed_at = runtime.store.intake.missed_at()
    if runtime.settings.zoom_webhook_secret is None or missed_at is None or now - missed_at < SILENT_FOR:
        return None
    return Trouble(
        WEBHOOKS,
        "warning",
        says="Zoom's webhooks are silent",
        because="People came or left and no event told it: I ask Zoom for them instead, which costs calls and minutes.",
        hint="In the Zoom app's Event Subscriptions: is it on, and is its URL ours, /hooks/zoom?",
        since_at=missed_at,
        notify=notify,
        facts={
            "then": "Everybody is watched on by asking. I say when webhooks come again.",
            "well": "Zoom's webhooks come again",
            "lasted": "silent",
        },
    )


def is_heard(runtime: Runtime) -> bool:
    """Whether the silence ended with a webhook, and not because nobody listens any more."""
    return runtime.settings.zoom_webhook_secret is not None and runtime.store.intake.missed_at() is None
