"""Who has an alert and who is called: taken, given back, snoozed, reminded, paged, closed by a person."""

from datetime import timedelta

from rules.case import Case, Sentence, figure, joined, noun, says
from rules.facts import Field
from rules.model import Calling
from rules.words import WHO, capital, clean, cut, duration, given, listed

WHO_HAS_IT = "Who has it"
_AT_ONCE = timedelta(seconds=30)  # a step so soon after the start waited for nobody
_NAME, _COMMENT = 40, 60
_CALLS_TOLD = 3
_AFTER = {"unsnoozed": "Snooze over: ", "unsilenced": "Silence over: "}


def escalated(case: Case) -> Sentence:
    """ "CRITICAL: others hear Dr Rao breaking up. Nobody took it for 5 min: paging Ben Ito now (step 3 of 4)."."""
    call = _call(case)
    notice = f"{case.severity.upper()}: {says(case.alert, case.main)}"
    if call is None:
        return Sentence(notice, holder(case))
    waited = call.at - (call.since or case.alert.opened_at)
    nobody = f"nobody took it for {duration(waited.total_seconds())}: " if waited >= _AT_ONCE else ""
    told = f"{nobody}{_reaching(call)} now" if call.names or call.channels else "nobody could be reached"
    return Sentence(f"{notice}. {capital(told)} (step {call.step} of {call.of})", named=False)


def reminder(case: Case) -> Sentence:
    """ "Still bad after 10 min and nobody has it: others hear Dr Rao breaking up, 12 %." and who was called."""
    lasted = duration((case.clock.now - case.alert.opened_at).total_seconds())
    lead = _AFTER.get(case.entry.kind if case.entry else "", "")
    still = f"{'s' if lead else 'S'}till bad after {lasted}"
    bad = joined(says(case.alert, case.main), figure(case.main))
    if known := _holder(case):
        return Sentence(f"{lead}{still}: {bad}", f"{known[0]} has it{_since(case)}", named=False)
    return Sentence(f"{lead}{still} and nobody has it: {bad}", spare=_called(case), named=False)


def taken(case: Case) -> Sentence:
    """ "Ana Ruiz has it (10:46): "calling him". Paging stopped. I remind Ana at 11:01."."""
    name, at, comment = _holder(case) or ("Somebody", "", "")
    when = f" ({at})" if at else ""
    told = f"{name} has it{when}{comment}"
    remind_at = case.alert.remind_at
    remind = f"I remind {given(name)} at {case.clock.at(remind_at)}" if remind_at else ""
    spare = ". ".join(part for part in ("Paging stopped" if case.policed else "", remind) if part)
    return Sentence(told, spare=spare, named=False, brief=f"{name} has it{when}: {says(case.alert, case.main)}")


def untaken(case: Case) -> Sentence:
    """ "Ana Ruiz gave it back (10:52): "on a train". Nobody has it. Pages Ben Ito at 10:57."."""
    by, comment, at = _act(case)
    gave = f"{by or 'Somebody'} gave it back{f' ({at})' if at else ''}"
    brief = f"{gave}, nobody has it: {says(case.alert, case.main)}"
    return Sentence(gave + comment, "Nobody has it", capital(_plain_next(case)), named=False, brief=brief)


def snoozed(case: Case) -> Sentence:
    """ "Snoozed until 11:00 by Ana Ruiz (10:45). I tell you then if it is still bad."."""
    snooze, (by, comment, at) = case.alert.snooze, _act(case)
    until = snooze.until if snooze else case.alert.snoozed_until
    when = f" until {case.clock.at(until)}" if until else ""
    told = f"Snoozed{when} by {by or 'somebody'}{f' ({at})' if at else ''}"
    brief = f"Snoozed{when}: {says(case.alert, case.main)}"
    return Sentence(told + comment, spare="I tell you then if it is still bad", named=False, brief=brief)


def flapping(case: Case) -> Sentence:
    """ "Dr Rao's sent audio goes bad and good (4 times in 20 min)." and that we stay quiet."""
    times = f"({max(case.alert.flapping, 2)} times in 20 min)"
    quiet = "I keep this alert open and stay quiet until 10 good minutes"
    what = noun(case.main)
    goes = f"{WHO}'s {what} goes bad and good" if what else f"{says(case.alert, case.main)}: it comes and goes"
    return Sentence(f"{goes} {times}", spare=quiet, named=False)


def closed(case: Case) -> Sentence:
    """ "Closed by Ana Ruiz at 10:52: "rebooted his router". I say no more of it until it was fine once."."""
    done = case.alert.resolved
    if done is None:
        return Sentence(f"Closed by a person: {says(case.alert, case.last)}")
    told = f"Closed{' as a false alarm' if done.reason == 'false_alarm' else ''} by {_short(done.by)}"
    core = f"{told} at {case.clock.at(done.at)}{_said(done.comment)}"
    spare = "I say no more of it until it was fine once, or gets worse"
    return Sentence(core, spare=spare, named=False, brief=f"{told}: {says(case.alert, case.last)}")


def holder(case: Case) -> str:
    """ "Ana Ruiz has it", "Nobody has it"."""
    known = _holder(case)
    return f"{known[0]} has it" if known else "Nobody has it"


def who_has_it(case: Case) -> Field:
    """Who has it, or who is called next. What can never be changed tells what comes, not that nobody has it."""
    alert = case.alert
    if known := _holder(case):
        return Field(WHO_HAS_IT, f"{known[0]}{_since(case)}.")
    if alert.snooze:
        return Field(WHO_HAS_IT, f"Nobody. Snoozed until {case.clock.at(alert.snooze.until)}.")
    call = _call(case)
    now = _reaching(call, case) if call and (call.names or call.channels) else ""
    following, paged = _next(case), "" if now else _paged(case)
    ended = "nobody is left to call" if case.policed and alert.calls and not following else ""
    parts = ("Nobody", f"{now} now" if now else paged, f"then {following}" if now and following else following, ended)
    text = " ".join(f"{capital(part)}." for part in parts if part)
    at = f"{now} {case.clock.at(call.at)}" if call and now else ""
    coming = ", then ".join(part for part in (at, following.replace(" at ", " ")) if part)
    return Field(WHO_HAS_IT, text, lasting=("Next", coming))


def rest(case: Case) -> str:
    """Who is reminded, by a mention that reaches them; "" where no chat knows how to call them."""
    name = case.alert.taken.by if case.alert.taken else None
    known = next((each for each in case.mentions if each.name == name and (each.slack_user or each.teams_upn)), None)
    return f"Reminding {case.mark(known)}." if known else ""


def had(case: Case) -> str:
    """ "Ana had it"; "" when nobody had."""
    known = _holder(case)
    return f"{given(known[0])} had it" if known else ""


def warned(case: Case) -> str:
    """ "Ana Ruiz took the warning at 10:40; told again, and the policy starts anew"."""
    was = case.alert.was_taken
    if was is None:
        return ""
    anew = ", and the policy starts anew" if case.policed else ""
    return f"{_short(was.by)} took the warning at {case.clock.at(was.at)}; told again{anew}"


def _holder(case: Case) -> tuple[str, str, str] | None:
    """Who has it, since when, and what they said of it."""
    known = case.alert.taken
    if known:
        return _short(known.by), case.clock.at(known.at), _said(known.comment)
    return (_short(case.alert.taken_by), "", "") if case.alert.taken_by else None


def _since(case: Case) -> str:
    return f" since {case.clock.at(case.alert.taken.at)}" if case.alert.taken else ""


def _act(case: Case) -> tuple[str, str, str]:
    """Who did what is told, what they said, and when."""
    entry, snooze = case.entry, case.alert.snooze
    if entry and entry.by:
        return _short(entry.by), _said(entry.comment), case.clock.at(entry.at)
    return (_short(snooze.by), _said(snooze.comment), case.clock.at(snooze.at)) if snooze else ("", "", "")


def _call(case: Case) -> Calling | None:
    """The step that is told; the newest one where nobody says which."""
    if case.entry:
        return case.entry.call
    return None


def _reaching(call: Calling, case: Case | None = None) -> str:
    """ "paging Ben Ito", "telling teams-av"; with the places of mentions where a case keeps them."""
    return f"{'paging' if call.pages else 'telling'} {_names(call, case)}"


def _names(call: Calling, case: Case | None = None) -> str:
    names = [case.mark(name) if case else _short(name.name) for name in call.names]
    return listed(names or [_short(channel) for channel in call.channels])


def _next(case: Case) -> str:
    """ "pages Ana Ruiz at 10:46": what comes if nobody takes it."""
    call = case.alert.next_call
    if call is None or not (call.names or call.channels):
        return ""
    return f"{'pages' if call.pages else 'tells'} {_names(call, case)} at {case.clock.at(call.at)}"


def _plain_next(case: Case) -> str:
    """The same with plain names, for first sentences."""
    call = case.alert.next_call
    if call is None or not (call.names or call.channels):
        return ""
    return f"{'pages' if call.pages else 'tells'} {_names(call)} at {case.clock.at(call.at)}"


def _paged(case: Case) -> str:
    """ "Paged Ana 10:46, Ben 10:51"."""
    paged = [call for call in case.alert.calls if call.pages and call.names][-_CALLS_TOLD:]
    told = (f"{listed([given(_short(name.name)) for name in call.names])} {case.clock.at(call.at)}" for call in paged)
    return f"Paged {', '.join(told)}" if paged else ""


def _called(case: Case) -> str:
    """ "Paged Ana 10:46, Ben 10:51. Next: AV lead 10:56"."""
    call = case.alert.next_call
    coming = f"Next: {_names(call)} {case.clock.at(call.at)}" if call and (call.names or call.channels) else ""
    return ". ".join(part for part in (_paged(case), coming) if part)


def _short(name: str | None) -> str:
    return cut(clean(name or ""), _NAME) or "somebody"


def _said(comment: str) -> str:
    told = cut(clean(comment), _COMMENT)
    return f': "{told}"' if told else ""
