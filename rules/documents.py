"""A rule document → Rule: for the API, the CLI and the presets alike. All that is wrong is told at once."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from rules import fields
from rules.errors import Fault, RuleError, RuleTextError
from rules.model import DROPPED, Rule, Span
from rules.naming import closest
from rules.readback import read_back

__all__ = ["KEYS", "RuleError", "expand", "read_back", "rule", "sets", "stock_rules", "to_document"]

T = TypeVar("T")

#: Every key of a rule document.
KEYS = (
    *("id", "says", "try"),
    *("warning", "for", "critical", "critical_for", "clear", "clear_for"),
    *("no_data", "no_data_for", "runbook_url"),
)

#: What of the built-in rule can be changed.
BUILT_IN_KEYS = ("id", "says", "try", "runbook_url")

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def rule(doc: Mapping[str, Any], *, id: str, revision: int = 1) -> Rule:
    """The rule that a document describes. Raises RuleError with everything that is wrong with it."""
    read = _Reader(doc)
    read.identity(id)
    window = read.one("for", fields.span, Span(3, 5))
    known = Rule(
        id=id,
        revision=revision,
        says=read.one("says", fields.says, ""),
        hint=read.one("try", fields.line, ""),
        warning=read.one("warning", fields.level, None),
        critical=read.one("critical", fields.level, None),
        clear=read.one("clear", fields.level, None),
        warning_for=window,
        critical_for=read.one("critical_for", fields.span, window),
        clear_for=read.one("clear_for", fields.span, Span(2, 2)),
        no_data=read.one("no_data", fields.no_data, "keep"),
        no_data_for_s=read.one("no_data_for", fields.duration, 300),
        runbook_url=read.one("runbook_url", fields.https, None),
    )
    read.completeness(id)
    if read.faults:
        raise RuleError(read.faults)
    return known


def to_document(rule: Rule) -> dict[str, Any]:
    """The JSON of a rule: what `rule()` reads, with its defaults written out."""
    minutes, seconds = divmod(rule.no_data_for_s, 60)
    shown = {
        "id": rule.id,
        "says": rule.says,
        "try": rule.hint or None,
        "warning": rule.warning,
        "for": str(rule.warning_for),
        "critical": rule.critical,
        "critical_for": str(rule.critical_for) if rule.critical else None,
        "clear": rule.clear,
        "clear_for": str(rule.clear_for),
        "no_data": rule.no_data,
        "no_data_for": f"{rule.no_data_for_s}s" if seconds else f"{minutes}m",
        "runbook_url": rule.runbook_url,
    }
    keys = BUILT_IN_KEYS if rule.id == DROPPED else KEYS
    return {key: given for key, given in shown.items() if given is not None and key in keys}


def stock_rules() -> Mapping[str, Rule]:
    """The rules that come with qoswatch."""
    return _STOCK


def sets() -> Mapping[str, tuple[str, ...]]:
    """The stock sets, each with the ids of its rules."""
    return _SETS


def expand(names: Iterable[str], known: Mapping[str, Rule]) -> tuple[str, ...]:
    """The ids of the rules that names of rules and of stock sets stand for, in order, each once.

    A stock rule that somebody deleted is missing from its sets and nobody's error.
    Raises RuleError for a name that is neither, with a pointer into the watch's `rules`.
    """
    found: dict[str, None] = {}
    faults = []
    for place, name in enumerate(names):
        if name in _SETS:
            found |= dict.fromkeys(one for one in _SETS[name] if one in known)
        elif name in known:
            found[name] = None
        else:
            near = closest(name[:40], [*known, *_SETS])
            faults.append(Fault(f"/rules/{place}", f"no rule or set '{name[:40]}'{near}"))
    if faults:
        raise RuleError(faults)
    return tuple(found)


@dataclass(slots=True)
class _Reader:
    """Reads a document key by key and remembers all that was wrong."""

    doc: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def identity(self, id: str) -> None:
        """The id is well formed, free, and the document's own; every key is one that we know."""
        if not _ID.fullmatch(id):
            self.fault("id", "an id is 1 to 40 small letters, digits and '-', and does not begin with '-'")
        elif id in _SETS:
            self.fault("id", f"'{id}' is kept for a stock set: choose another id")
        elif self.doc.get("id", id) != id:
            self.fault("id", f"this is put under '{id}': leave the id out, or write the same one")
        for key in self.doc:
            if key not in KEYS:
                self.fault(key, f"unknown key '{key[:40]}'{closest(key[:40], KEYS)}")
            elif id == DROPPED and key not in BUILT_IN_KEYS and self.doc[key] is not None:
                self.fault(key, f"{DROPPED} is built in: only its says and try (and runbook_url) can be changed")

    def one(self, key: str, read: Callable[[str], T], missing: T) -> T:
        """What the key holds; `missing` when it is not there (or null), and when it is wrong."""
        given = self.doc.get(key)
        if given is None:
            return missing
        if not isinstance(given, str):
            self.fault(key, "write it as text, in quotes")
            return missing
        try:
            return read(given)
        except RuleTextError as wrong:
            self.faults.append(Fault(f"/{key}", str(wrong), wrong.position))
        except fields.FieldError as wrong:
            self.fault(key, str(wrong))
        return missing

    def completeness(self, id: str) -> None:
        """A rule says what it means and has at least one level, unless it is the built-in one."""
        if self.doc.get("says") is None:
            self.fault("says", 'say what people notice: "others hear {who} breaking up"')
        if id == DROPPED:
            return
        if self.doc.get("warning") is None and self.doc.get("critical") is None:
            self.fault("warning", "a rule needs at least one level: warning or critical")
        if self.doc.get("critical_for") is not None and self.doc.get("critical") is None:
            self.fault("critical_for", "there is no critical level that this could be for")

    def fault(self, key: str, sentence: str) -> None:
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        self.faults.append(Fault(pointer, sentence))


def _unfolded(name: str, named: Mapping[str, list[str]]) -> list[str]:
    """The rules of a set whose members may be sets."""
    return [one for member in named[name] for one in (_unfolded(member, named) if member in named else [member])]


_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # no names are taken while the stock rules are read
_PRESETS = tomllib.loads(files("rules").joinpath("presets.toml").read_text("utf-8"))
_STOCK: Mapping[str, Rule] = MappingProxyType(
    {id: replace(rule(doc, id=id), stock=True) for id, doc in _PRESETS["rules"].items()}
)
_SETS = MappingProxyType({name: tuple(dict.fromkeys(_unfolded(name, _PRESETS["sets"]))) for name in _PRESETS["sets"]})
