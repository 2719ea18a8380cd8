"""The sentence of each change of an alert, as its timeline and the log tell it."""

from rules.model import AlertState, Breach, TransitionKind


def sentence(kind: TransitionKind, state: AlertState, was: AlertState | None) -> str:
    """What changed, between an alert as it was and as it is."""
    old = standing(was) if was else frozenset()
    new = standing(state)
    if kind in ("closed", "gone"):
        ended = [breach for breach in state.breaches if breach.rule in old - new]
        return "; ".join(_ended(breach) for breach in ended)
    if kind == "held":
        return _HELD[state.breaches[0].hold or "no_data"]
    if kind == "resumed":
        return "figures again, still bad"
    if kind == "silenced":
        return f"silenced by {', '.join(sorted(silences(state)))}: recorded, not told"
    if kind == "unsilenced":
        return "the silence is over, still bad"
    told = [breach for breach in state.breaches if breach.rule in new - old]
    return (told or list(state.breaches))[0].because


_HELD = {"idle": "stopped sending (muted?)", "no_data": "no figures come", "away": "left the meeting"}


def _ended(breach: Breach) -> str:
    match breach.ending:
        case "fine":
            return f"clear for {breach.clears_for} minutes"
        case "left":
            return "left while still bad"
        case "meeting_over":
            return "the meeting ended while it was still bad"
        case "stopped_sending":
            return "stopped sending: cannot tell if fixed"
        case "no_figures":
            return "no figures come: cannot tell if fixed"
        case "rule_changed":
            return f"rule {breach.rule} was changed or removed"
        case "unwatched":
            return "no longer watched"
        case "figures_back":
            return "figures come again"
        case "back":
            return "back in the meeting"
        case "did_not_return":
            return "did not come back"
        case "resolved" | None:
            return breach.because


def standing(state: AlertState) -> frozenset[str]:
    """The rules that are broken, and that nobody has closed."""
    return frozenset(breach.rule for breach in state.breaches if stands(breach))


def stands(breach: Breach) -> bool:
    """Whether it is bad, and nobody has closed it."""
    return breach.ending is None and breach.muted is None


def silences(state: AlertState) -> frozenset[str]:
    """The silences that keep some of it from being told."""
    return frozenset(silence for view in state.watches for silence in view.silenced)
