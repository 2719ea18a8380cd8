"""A file of rule tests → the tests in it. All that is wrong with it is told at once.

    [rules.my-burst]                      # optional: rules as the API takes them; the stock rules are there already
    says = "others lose whole sentences of {who}"
    critical = "audio_input.avg_loss > 20%"

    [[tests]]
    name  = "bad Wi-Fi"
    rules = ["audio-sent"]                # names of rules and of stock sets
    series."audio_input.avg_loss" = "0x3 6 12 14x2"              # rules/series.py has the notation
    expect = [{ at = 4, expect = "critical", sentence = "…" }]   # none, warning, critical or held
    transitions = ["4 fire warning", "5 worse critical: …"]      # optional: all that happened, nothing else

`at` N is the look that brings the row of minute N: all that the service knows a minute after it began.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, get_args

from rules import documents, series
from rules.errors import Fault, RuleError, RuleTextError
from rules.model import ChangeKind, Rule, Severity
from rules.naming import closest
from rules.series import LONGEST, Told
from rules.testcases import Expectation, RuleTest, State, Step

T = TypeVar("T")

_KINDS: Mapping[str, ChangeKind] = {kind: kind for kind in get_args(ChangeKind)}
_STATES: Mapping[str, State] = {state: state for state in get_args(State)}
_SEVERITIES: Mapping[str, Severity] = {severity: severity for severity in get_args(Severity)}
_STEP = re.compile(r"\s*([0-9]{1,6})\s+(\S+?)(?:\s+(\S+?))?\s*(?::\s*(.*\S))?\s*")
_KEYS = ("name", "rules", "series", "expect", "transitions")


def read(text: str) -> tuple[RuleTest, ...]:
    """The tests of a file. Raises RuleError with everything that is wrong with it."""
    try:
        doc = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise RuleError([_broken(text, str(wrong))]) from None
    reader = _Reader()
    tests = reader.file(doc)
    if reader.faults:
        raise RuleError(reader.faults)
    return tests


def _broken(text: str, sentence: str) -> Fault:
    """What is no TOML, with the line and the place in it."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", sentence)
    if place is None:
        return Fault("", f"this is no TOML: {sentence}")
    line, column = int(place[1]), int(place[2])
    source = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    said = sentence[: place.start()]
    return Fault("", str(RuleTextError(f"line {line} is no TOML: {said}", source, min(column - 1, len(source)))))


@dataclass(slots=True)
class _Reader:
    """Reads a file part by part and remembers all that was wrong."""

    faults: list[Fault] = field(default_factory=list)
    known: dict[str, Rule] = field(default_factory=lambda: dict(documents.stock_rules()))

    def file(self, doc: Mapping[str, Any]) -> tuple[RuleTest, ...]:
        self._strangers("", doc, ("rules", "tests"))
        for id, told in self._of("/rules", doc.get("rules", {}), dict, "a table of rules: [rules.my-rule]").items():
            self._rule(id, told)
        tests = self._of("/tests", doc.get("tests", []), list, "an array of tables: [[tests]]")
        if not tests and not self.faults:
            self._fault("/tests", "there are no tests: begin one with [[tests]]")
        return tuple(self._test(f"/tests/{nth}", told) for nth, told in enumerate(tests))

    def _rule(self, id: str, told: object) -> None:
        pointer = f"/rules/{id}"
        try:
            self.known[id] = documents.rule(self._of(pointer, told, dict, "a table"), id=id)
        except RuleError as wrong:
            self.faults += [replace(fault, pointer=pointer + fault.pointer) for fault in wrong.errors]
            self.known[id] = Rule(id, 1, says="")  # who names it is not at fault

    def _test(self, pointer: str, told: object) -> RuleTest:
        test = self._of(pointer, told, dict, "a table: [[tests]]")
        self._strangers(pointer, test, _KEYS)
        name = self._of(f"{pointer}/name", test.get("name", f"test {pointer[7:]}"), str, "text")
        known = len(self.faults)
        steps = self._steps(f"{pointer}/transitions", test["transitions"]) if "transitions" in test else None
        found = RuleTest(
            pointer,
            name,
            self._rules(pointer, test.get("rules")),
            self._series(f"{pointer}/series", test.get("series")),
            self._expectations(f"{pointer}/expect", test.get("expect", [])),
            steps,
        )
        if not found.expect and found.transitions is None and len(self.faults) == known:
            self._fault(pointer, "this expects nothing: give it expect or transitions")
        return found

    def _rules(self, pointer: str, told: object) -> tuple[Rule, ...]:
        names = self._of(f"{pointer}/rules", told, list, 'a list of names: rules = ["audio-sent"]')
        for nth, name in enumerate(names):
            self._of(f"{pointer}/rules/{nth}", name, str, "a name, in quotes")
        try:
            ids = documents.expand([name for name in names if isinstance(name, str)], self.known)
        except RuleError as wrong:
            self.faults += [replace(fault, pointer=pointer + fault.pointer) for fault in wrong.errors]
            return ()
        if told == []:
            self._fault(f"{pointer}/rules", "name at least one rule or set")
        return tuple(self.known[id] for id in ids)

    def _series(self, pointer: str, told: object) -> dict[str, tuple[Told, ...]]:
        example = 'a table: series."audio_input.avg_loss" = "0x3 6 12"'
        found: dict[str, tuple[Told, ...]] = {}
        for given, text in self._of(pointer, told, dict, example).items():
            place = f"{pointer}/{given}"
            if isinstance(text, dict):
                self._fault(place, f'put the whole name in quotes: series."{given}.{next(iter(text), "avg_loss")}"')
                continue
            if not isinstance(text, str):
                self._fault(place, 'write text: "0x3 6 12"')
                continue
            try:
                name = series.metric(given)
                found[name] = series.read(name, text)
            except RuleTextError as wrong:
                self.faults.append(Fault(place, str(wrong), wrong.position))
        if told == {}:
            self._fault(pointer, f"tell at least one series, as {example}")
        if clash := series.clash(found):
            self._fault(
                f"{pointer}/{clash[0]}",
                f"minute {clash[1]} is idle here, and another series has a figure there",
            )
        return found

    def _expectations(self, pointer: str, told: object) -> tuple[Expectation, ...]:
        listed = self._of(pointer, told, list, 'a list: expect = [{ at = 5, expect = "critical" }]')
        return tuple(self._expectation(f"{pointer}/{nth}", each) for nth, each in enumerate(listed))

    def _expectation(self, pointer: str, told: object) -> Expectation:
        each = self._of(pointer, told, dict, 'a table: { at = 5, expect = "critical" }')
        self._strangers(pointer, each, ("at", "expect", "sentence"))
        at = self._of(f"{pointer}/at", each.get("at"), int, "the minute, a whole number: at = 5")
        state = self._one_of(f"{pointer}/expect", str(each.get("expect", "")), _STATES, "none")
        sentence = each.get("sentence")
        if sentence is not None:
            self._of(f"{pointer}/sentence", sentence, str, "text")
        return Expectation(pointer, self._minute(f"{pointer}/at", at), state, sentence)

    def _steps(self, pointer: str, told: object) -> tuple[Step, ...]:
        listed = self._of(pointer, told, list, 'a list: transitions = ["4 fire critical", "9 closed"]')
        return tuple(self._step(f"{pointer}/{nth}", each) for nth, each in enumerate(listed))

    def _step(self, pointer: str, told: object) -> Step:
        text = self._of(pointer, told, str, 'text: "4 fire critical"')
        found = _STEP.fullmatch(text)
        if found is None:
            self._fault(
                pointer,
                str(RuleTextError('write "MINUTE KIND", "4 fire critical" or "4 fire: sentence"', text, 0)),
            )
            return Step(0, "fire")
        kind = self._one_of(pointer, found[2], _KINDS, "fire")
        severity = self._one_of(pointer, found[3], _SEVERITIES, "warning") if found[3] else None
        return Step(self._minute(pointer, int(found[1])), kind, severity, found[4])

    def _minute(self, pointer: str, at: int) -> int:
        if 0 <= at < LONGEST:
            return at
        self._fault(pointer, f"minute {at} can not be: from 0 to {LONGEST - 1}")
        return 0

    def _one_of(self, pointer: str, given: str, known: Mapping[str, T], missing: str) -> T:
        if given not in known:
            near = closest(given[:40], list(known))
            self._fault(pointer, f"'{given[:40]}' is none of {', '.join(known)}{near}")
        return known.get(given, known[missing])

    def _of(self, pointer: str, told: object, shape: type[T], wanted: str) -> T:
        """What was told, if it has this shape."""
        if isinstance(told, shape) and not (shape is int and isinstance(told, bool)):
            return told
        self._fault(pointer, f"write {wanted}")
        return shape()

    def _strangers(self, pointer: str, told: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in told:
            if key not in known:
                self._fault(f"{pointer}/{key}", f"unknown key '{key[:40]}'{closest(key[:40], list(known))}")

    def _fault(self, pointer: str, sentence: str) -> None:
        self.faults.append(Fault(pointer, sentence))
