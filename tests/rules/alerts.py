"""An alert as the sender reads it, for the tests of messages: Dr Rao's sent audio, 14 % at 10:44."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rules.model import AlertView, BreachView, Round, Sample, minute_of

ZONE = "America/Chicago"  # CST in November: 10:43 there is 16:43 UTC
LOSS = (0, 0, 1, 0, 3, 6, 12, 14)


def at(time: str) -> datetime:
    """A moment of the morning of the story, as Chicago's clocks show it."""
    hours, minutes = map(int, time.split(":"))
    return datetime(2026, 11, 23, hours, minutes, tzinfo=UTC) + timedelta(hours=6)


def a_breach(**changes) -> BreachView:
    """Sent audio loses 14 %."""
    base = BreachView(
        rule="audio-sent",
        revision=1,
        severity="critical",
        state="bad",
        says="others hear Dr Rao breaking up",
        because="sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes",
        hint="Camera off, then cable or phone-in",
        runbook_url="https://wiki.example.org/av/loss?a=1&b=2",
        operand="audio_input.avg_loss",
        op=">",
        threshold=10.0,
        unit="%",
        value=14.2,
        value_at=at("10:44"),
        worst=14.2,
        worst_at=at("10:44"),
        since_at=at("10:43"),
        ended_at=None,
        ending=None,
        hold=None,
        hold_at=None,
    )
    return replace(base, **changes)


def an_alert(*breaches: BreachView, **changes) -> AlertView:
    """The alert around breaches."""
    base = AlertView(
        id="al_7f3c",
        seq=1,
        subject="i1.7",
        instance="i1",
        meeting="97763643886",
        uuid="u1",
        topic="Spring Town Hall",
        who="Dr Rao",
        session="7",
        state="open",
        held=False,
        severity="critical",
        says="",
        opened_at=at("10:44"),
        closed_at=None,
        ending=None,
        breaches=breaches or (a_breach(),),
        watches=(),
        facts={"device": "Windows", "version": "6.2.10", "network_type": "Wifi", "location": "Building C"},
        data_at=at("10:44"),
        read_at=at("10:45"),
        meeting_started_at=at("10:04"),
    )
    return replace(base, **changes)


def an_over(ending: str, ended_at: str = "10:52", **changes) -> BreachView:
    """A breach that is over: bad from 10:41, worst 18 % at 10:47, last seen at 12 %."""
    told = {"since_at": at("10:41"), "worst": 18.1, "worst_at": at("10:47"), "value": 12.0}
    told |= {"value_at": at("10:51"), "ended_at": at(ended_at), "ending": ending, "state": "over"}
    return a_breach(**(told | changes))


def a_drop(**changes) -> BreachView:
    """Dropped out at 10:49."""
    told = {"rule": "dropped", "says": "Dr Rao dropped out", "because": "network error, not back after 90 s"}
    told |= {"operand": "", "threshold": 0.0, "unit": "", "value": None, "value_at": None}
    told |= {"worst": None, "worst_at": None, "since_at": at("10:49"), "hint": "Call them", "runbook_url": None}
    return a_breach(**(told | changes))


def a_return(**changes) -> BreachView:
    """Dropped out at 10:49, back at 10:52."""
    return a_drop(**({"ended_at": at("10:52"), "ending": "back", "state": "over"} | changes))


def the_samples(loss=LOSS, until="10:44", **others) -> tuple[Sample, ...]:
    """One minute per figure of sent loss, the last one at `until`; None leaves a hole."""
    newest = minute_of(at(until))
    beside = {"audio_output.avg_loss": 0.3, "wifi_rssi.avg_rssi": -79.0} | others
    return tuple(
        Sample("7", newest - back, {"audio_input.avg_loss": float(pct), **beside})
        for back, pct in zip(range(len(loss) - 1, -1, -1), loss, strict=True)
        if pct is not None
    )


THE_ROUND = Round(watched=5, fine=4, bad=1, no_figures=0, at=at("10:45"))
