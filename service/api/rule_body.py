"""A rule as it comes in and as it is read; what it means is for rules/documents to say."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from rules import documents, expression
from rules.errors import RuleError
from rules.model import Rule
from service.api.bodies import READ_ONLY, Answer, Body
from service.api.errors import Refused
from service.api.fields import RULE_ID_PATTERN
from service.api.registry import faults_of

RuleId = Annotated[str, Field(pattern=RULE_ID_PATTERN)]
Level = Annotated[str, Field(max_length=500, json_schema_extra={"format": "rule-text"})]
Line = Annotated[str, Field(max_length=200, json_schema_extra={"format": "rule-line"})]
SpanText = Annotated[str, Field(max_length=20, json_schema_extra={"format": "rule-span"})]
Duration = Annotated[str, Field(max_length=20, json_schema_extra={"format": "rule-duration"})]
RunbookUrl = Annotated[str, Field(max_length=2000, json_schema_extra={"format": "https-url"})]
NoData = Literal["keep", "alert", "close"]
_SPANS = "`N of M` minutes, M at most 60; `2m` means `2 of 2`."
_TEXT: JsonDict = {"type": "string", "format": "rule-text"}
_MORE: JsonDict = {
    "anyOf": [
        {"required": ["warning"], "properties": {"warning": _TEXT}},
        {"required": ["critical"], "properties": {"critical": _TEXT}},
    ],
    "if": {"required": ["critical_for"], "properties": {"critical_for": {"type": "string"}}},
    "then": {"required": ["critical"], "properties": {"critical": _TEXT}},
}


class RuleBody(Body):
    """A threshold rule: at least one of the levels `warning` and `critical`. A null is as good as nothing."""

    model_config = ConfigDict(json_schema_extra=_MORE)
    refusals: ClassVar = READ_ONLY | {"false_alarms": "'false_alarms' is ours to count: leave it out"}

    id: RuleId | None = Field(None, description="May be left out; else it is the id in the path.")
    says: Line = Field(min_length=1, examples=["others hear {who} breaking up"])
    hint: Line | None = Field(None, alias="try", examples=["Camera off, then cable or phone-in"])
    warning: Level | None = Field(None, examples=["audio_input.avg_loss > 5%"])
    for_: SpanText | None = Field(None, alias="for", description=_SPANS, examples=["3 of 5"])
    critical: Level | None = Field(None, examples=["audio_input.avg_loss > 10%"])
    critical_for: SpanText | None = Field(None, description=_SPANS, examples=["2 of 3"])
    clear: Level | None = Field(None, examples=["audio_input.avg_loss < 2%"])
    clear_for: SpanText | None = Field(None, description=_SPANS, examples=["2 of 2"])
    no_data: NoData | None = None
    no_data_for: Duration | None = Field(None, examples=["5m"])
    runbook_url: RunbookUrl | None = None

    def rule(self, id: str) -> Rule:
        """The rule that is meant. Raises Refused with every fault, carets included."""
        try:
            return documents.rule(self.model_dump(by_alias=True, exclude_none=True), id=id)
        except RuleError as error:
            raise Refused(*faults_of(error)) from None


class RuleAnswer(Answer):
    """A rule, whole, with what it means in words. The built-in `dropped` has neither levels nor minutes: nulls."""

    id: str
    revision: int
    says: str
    hint: str | None = Field(alias="try")
    warning: str | None
    for_: str | None = Field(alias="for")
    critical: str | None
    critical_for: str | None
    clear: str | None
    clear_for: str | None
    no_data: NoData | None
    no_data_for: str | None
    runbook_url: str | None
    stock: bool = Field(description="It comes with qoswatch.")
    changed: bool = Field(description="A stock rule that was changed; deleting it restores it.")
    false_alarms: int = Field(description="How often people closed an alert of it as a false alarm.")
    read_back: str
    warnings: tuple[str, ...]


def answer_of(rule: Rule, stock: Mapping[str, Rule], period_s: int, false_alarms: int = 0) -> RuleAnswer:
    """The rule as it is read: its document, and what is known beside it."""
    known = documents.to_document(rule)
    beside: dict[str, Any] = {
        "revision": rule.revision,
        "stock": rule.id in stock,
        "changed": rule.id in stock and differs(rule, stock[rule.id]),
        "false_alarms": false_alarms,
        "read_back": documents.read_back(rule, period_s),
        "warnings": _warnings(rule),
    }
    return RuleAnswer.model_validate({key: known.get(key) for key in documents.KEYS} | beside)


def differs(one: Rule, other: Rule) -> bool:
    """Whether two rules of one id say different things."""
    return documents.to_document(one) != documents.to_document(other)


def _warnings(rule: Rule) -> tuple[str, ...]:
    texts = [text for text in (rule.warning, rule.critical, rule.clear) if text]
    found = (warning for text in texts for warning in expression.compile_rule_text(text).warnings)
    return tuple(dict.fromkeys(found))
