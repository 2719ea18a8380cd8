"""A whole rule read back in English: when it warns, when it is over, how soon it tells, where it never will."""

from rules.dropping import AFTER, GIVES_UP
from rules.english import bound, sentence
from rules.expression import Predicate, compile_rule_text
from rules.model import DROPPED, Rule, Span
from rules.tree import Comparison, Node, can_hold

_ROW_AGE_MINUTES = 1  # Zoom's newest row is about a minute old (data.md, decided 11)
_SILENT = {  # what leaves a stream without figures, in the order in which people think of it
    "audio_input": "while muted",
    "video_input": "with the camera off",
    "video_output": "while no video comes in",
    "as_input": "while not sharing",
    "as_output": "while nobody shares",
    "wifi_rssi": "without Wi-Fi",
}


def read_back(rule: Rule, period_s: int = 60) -> str:
    """The rule in sentences, so that its author sees what it will do when meetings are looked at so often."""
    if rule.id == DROPPED:
        return _built_in(period_s)
    told = [_fires("Warns", rule.warning, rule.warning_for), _fires("Critical", rule.critical, rule.critical_for)]
    told += [_over(rule), _without_figures(rule), _delay(rule, period_s), _never(rule)]
    return " ".join(filter(None, told))


def _built_in(period_s: int) -> str:
    """The rule that has no level. Whoever is away is looked for once more at the very moment."""
    minutes = -(-int(AFTER.total_seconds()) // 60)
    return (
        f"Critical when the connection of this person breaks and they are not back in {AFTER.seconds} seconds. "
        f"Over when they are back, when the meeting is over, or after {int(GIVES_UP.total_seconds()) // 60} minutes. "
        f"Tells you {minutes} to {max(minutes, -(-period_s // 60)) + 1} minutes after they left."
    )


def _fires(verb: str, level: str | None, window: Span) -> str:
    return f"{verb} when {compile_rule_text(level).english} {_minutes(window)}." if level else ""


def _over(rule: Rule) -> str:
    lasting = _minutes(rule.clear_for)
    if rule.clear is None:
        return f"Over when that has not been so {lasting}."
    clear = compile_rule_text(rule.clear).tree
    levels = [compile_rule_text(text).tree for text in (rule.warning, rule.critical) if text]
    if isinstance(clear, Comparison) and all(_same_metric(level, clear) for level in levels):
        return f"Over when {bound(clear)} {lasting}."
    return f"Over when {sentence(clear)} {lasting}."


def _same_metric(level: Node, clear: Comparison) -> bool:
    return isinstance(level, Comparison) and level.operand == clear.operand


def _without_figures(rule: Rule) -> str:
    does = {"keep": "", "alert": "Warns as well", "close": "Ends"}[rule.no_data]
    whole = rule.no_data_for_s % 60 == 0
    lasting = _counted(rule.no_data_for_s // 60) if whole else f"{rule.no_data_for_s} seconds"
    return f"{does} when no figures come for {lasting}." if does else ""


def _delay(rule: Rule, period_s: int) -> str:
    """The last minute needed must pass, become a row, and be looked at."""
    first = rule.warning_for if rule.warning else rule.critical_for
    told = f"Tells you {_soonest(first, period_s)} minutes after it starts"
    if rule.warning and rule.critical and rule.critical_for.need != rule.warning_for.need:
        told += f", {_soonest(rule.critical_for, period_s)} when it is critical"
    return told + "."


def _soonest(window: Span, period_s: int) -> str:
    soonest = window.need + _ROW_AGE_MINUTES
    return f"{soonest} to {soonest + -(-period_s // 60)}"


def _never(rule: Rule) -> str:
    """Where no level can become true, because what it looks at has no figures there."""
    levels = [compile_rule_text(text) for text in (rule.warning, rule.critical) if text]
    where = [words for stream, words in _SILENT.items() if _mute(levels, stream)]
    if rule.no_data != "alert":
        where.append("for dial-in phones")  # Zoom tells nothing of them: every comparison is unknown
    return f"Never fires {_either(where)}." if where else ""


def _mute(levels: list[Predicate], stream: str) -> bool:
    return not any(can_hold(level.tree, without=frozenset({stream})) for level in levels)


def _minutes(window: Span) -> str:
    return f"for {_counted(window.of)}" if window.need == window.of else f"in {window} minutes"


def _counted(minutes: int) -> str:
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
