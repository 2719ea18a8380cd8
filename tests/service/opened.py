"""An alert that is really open: seat, reader's view and timeline, written by the commit that writes them all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from rules import planning
from rules.lifecycle import Decision
from rules.model import AlertState, AlertView, Breach, Entry, Instance, Peak, Seat, Session, Taken, WatchView, minute_of
from service.store import Store

I = "3f9a0c11d2e4"  # noqa: E741 - an instance, as everywhere
MEETING = Instance(I, "aDYlohsHRtCd4ii1uC2+hA==", "97763643886", "Spring Town Hall")
BOARD = WatchView("board", "critical", ("slack-av",), ("audio-sent",))


def opened(store: Store, id: str = "al_1", who: str = "Dr Rao", **changes: Any) -> AlertView:
    """A critical alert of five minutes ago, in the meeting that is on."""
    now = store.clock.now()
    minute = minute_of(now) - 5
    state = AlertState(
        id=id,
        seq=1,
        opened_at=now - timedelta(minutes=5),
        opened_minute=minute,
        open=True,
        severity="critical",
        breaches=(_breach(minute),),
        watches=(BOARD,),
    )
    return committed(store, replace(state, **changes), who)


def committed(store: Store, state: AlertState, who: str = "Dr Rao") -> AlertView:
    """The first commit of a seat with this alert."""
    now = store.clock.now()
    store.instances.put(MEETING)
    session = str(16778240 + int(state.id.removeprefix("al_"), 16))
    seat = Seat(f"{I}.{session}", I, name=who, sessions=(Session(session, 0, minute_of(now)),), newest=minute_of(now))
    entry = Entry(1, "fire", state.opened_minute, state.opened_at, state.breaches[0].because, True, "critical", False)
    decision = Decision(replace(seat, alert=state), ((state, (entry,)),))
    plan = planning.plan("", seat, decision, MEETING, now, store.duty())
    assert not store.seats.commit(I, [plan])
    view = store.alerts.get(state.id)
    assert view
    return view


def taken(store: Store, by: str, comment: str = "") -> Taken:
    """Who has it, since two minutes."""
    return Taken(by, store.clock.now() - timedelta(minutes=2), comment)


def _breach(minute: int) -> Breach:
    return Breach(
        rule="audio-sent",
        revision=1,
        severity="critical",
        since_minute=minute,
        fired_minute=minute + 2,
        because="sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes",
        operand="audio_input.avg_loss",
        threshold=10.0,
        unit="%",
        value=14.0,
        value_minute=minute + 4,
        peak=Peak(18.0, minute + 3),
        says="others hear {who} breaking up",
        hint="Camera off, then cable or phone-in",
    )
