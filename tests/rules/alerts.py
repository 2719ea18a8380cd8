"""An alert as the sender reads it, for the tests of messages: Dr Rao's sent audio, 14 % at 10:44."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rules.model import (
    AlertState,
    AlertView,
    Breach,
    BreachView,
    Calling,
    Entry,
    Mention,
    Round,
    Sample,
    Seat,
    Session,
    Snooze,
    Taken,
    WatchView,
    minute_of,
)

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
ANA = Mention("Ana Ruiz", "U0FANA", "ana@example.org")
BEN = Mention("Ben Ito", "U0FBEN", "ben@example.org")
POLICED = (WatchView("w1", "critical", ("slack-av",), ("audio-sent",), policy="av"),)


def a_call(when: str, *names: Mention, step: int = 2, channels: tuple[str, ...] = (), pages: bool = True) -> Calling:
    """One step of four."""
    return Calling(at(when), step, 4, names or (() if channels else (ANA,)), channels, pages)


def taken(when: str = "10:46", comment: str = "", by: str = "Ana Ruiz", **changes) -> Taken:
    """Ana has it."""
    return Taken(by, at(when), comment, **changes)


def snoozed(until: str = "11:00", when: str = "10:45") -> Snooze:
    """Ana wants to hear nothing until then."""
    return Snooze("Ana Ruiz", at(when), at(until))


def an_entry(kind: str, when: str, **changes) -> Entry:
    """What happened to the alert, for the sentences that tell it."""
    return Entry(2, kind, minute_of(at(when)), at(when), "", True, "critical", False, **changes)


def a_seat(number: int, loss: float | None = None, since: str = "10:43", **changes) -> Seat:
    """Somebody in the meeting with figures; with `loss`, bad in what they receive."""
    breach = Breach(
        "audio-heard", 1, "critical", minute_of(at(since)), minute_of(at(since)), "received audio loses much",
        "audio_output.avg_loss", ">", 10.0, "%", loss, minute_of(at(since)), says="{who} hears the others breaking up",
    )  # fmt: skip
    view = WatchView("w1", "critical", ("slack-av",), ("audio-heard",), policy="av")
    state = AlertState(
        f"al_{number}", 1, at(since), minute_of(at(since)), True, "critical", breaches=(breach,), watches=(view,)
    )
    base = Seat(
        f"i1.{number}", "i1", f"Person {number}", sessions=(Session(str(number), 0),), row_at=at("10:44"),
        alert=state if loss is not None else None,
    )  # fmt: skip
    return replace(base, **changes)
