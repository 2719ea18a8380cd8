"""/v1/rules: the thresholds that watches name. Stock rules can be changed, and restored by deleting."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from rules import documents
from rules.model import Rule
from service.api.bodies import Answer, Query
from service.api.errors import Conflict, NotFound
from service.api.fields import Flag
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.registry import counted, everything
from service.api.rule_body import RuleAnswer, RuleBody, answer_of, differs
from service.store import Store

PATH = "/v1/rules"
FALSE_ALARMS = "false_alarms"  #: counted for each rule of an alert that a person closed as one


class SetAnswer(Answer):
    """A stock set: several rules under one name."""

    id: str
    rules: tuple[str, ...]
    says: str


class RulesQuery(PageQuery):
    """`sets=1` lists the stock sets instead."""

    sets: Flag = False


class DeleteQuery(Query):
    """`force=true` takes the rule out of the watches that name it."""

    force: Flag = False


class ValidAnswer(Answer):
    """A rule that can be used, as it would be kept."""

    says: str
    rule: RuleAnswer


class Rules:
    """Rules, one resource."""

    tag = "rules"
    ids = "rule_id"

    def __init__(self, store: Store, *, period_s: int, new_id: Callable[[str], str]) -> None:
        self._shelf, self._watches, self._health = store.documents.rules, store.documents.watches, store.health
        self._period_s, self._new_id, self._stock = period_s, new_id, documents.stock_rules()

    @op("GET", PATH, scope="read", answers={200: Page[RuleAnswer | SetAnswer]})
    def list(self, query: RulesQuery) -> Page[RuleAnswer | SetAnswer]:
        """List rules, newest first; or the stock sets"""
        if query.sets:
            return Page(items=[_set(id, rules) for id, rules in documents.sets().items()], next_cursor=None)
        items, cursor = self._shelf.page(query.limit, query.cursor)
        return Page(items=list(self._answers(items)), next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: RuleAnswer}, problems=(409, 507))
    def create(self, body: RuleBody) -> Reply:
        """Make a rule under the id in the body, or one of our making"""
        id = body.id or self._new_id("rule-")
        if self._shelf.get(id):
            raise Conflict(f"there is a rule {id!r} already; PUT {PATH}/{id} changes it")
        kept = self._shelf.put(body.rule(id))
        return Reply(self._answer(kept), 201, {"Location": f"{PATH}/{id}"})

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: RuleAnswer, 201: RuleAnswer}, problems=(507,))
    def put(self, id: str, body: RuleBody) -> Reply:
        """Make a rule under an id of yours, or change it

        Every change makes a new revision: its minutes are counted anew, an open breach is judged by the new text.
        Of the built-in rule `dropped` only `says`, `try` and `runbook_url` can be changed.
        """
        rule, before = body.rule(id), self._shelf.get(id)
        if before and not differs(rule, before):
            return Reply(self._answer(before))  # nothing changed, so no minute is counted anew
        kept = self._shelf.put(replace(rule, stock=self._is_stock(rule)))
        created = {} if before else {"Location": f"{PATH}/{id}"}
        return Reply(self._answer(kept), 200 if before else 201, created)

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: RuleAnswer})
    def get(self, id: str) -> RuleAnswer:
        """Read a rule, and what it means in words"""
        return self._answer(self._known(id))

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None, 200: RuleAnswer}, problems=(409,))
    def delete(self, id: str, query: DeleteQuery) -> Reply:
        """Delete a rule; a stock rule that was changed is restored

        A rule that watches name is deleted only by force: it is then taken out of them.
        """
        rule, stock = self._known(id), self._stock.get(id)
        if stock:
            return Reply(self._answer(self._restored(rule, stock)))
        users = [watch for watch in everything(self._watches) if id in watch.rules]
        if users and not query.force:
            used = f"rule {id} is used by {counted([watch.id for watch in users])}"
            raise Conflict(f"{used}; ?force=true takes it out of them, or name another rule there first")
        for watch in users:
            self._watches.put(replace(watch, rules=tuple(name for name in watch.rules if name != id)))
        self._shelf.delete(id)
        return Reply(None, 204)

    @op("POST", f"{PATH}/validate", scope="read", answers={200: ValidAnswer})
    def validate(self, body: RuleBody) -> ValidAnswer:
        """Check a rule without keeping it: faults with a caret, else the rule read back in words"""
        rule = self._answer(body.rule(body.id or "unnamed"))
        return ValidAnswer(says="This rule can be used.", rule=rule)

    def _restored(self, rule: Rule, stock: Rule) -> Rule:
        if not differs(rule, stock):
            words = f"{rule.id} is a stock rule, and unchanged: leave it out of a watch's 'rules' instead"
            raise Conflict(words)
        return self._shelf.put(stock)

    def _is_stock(self, rule: Rule) -> bool:
        return rule.id in self._stock and not differs(rule, self._stock[rule.id])

    def _known(self, id: str) -> Rule:
        rule = self._shelf.get(id)
        if rule is None:
            raise NotFound("rule", id, (known.id for known in everything(self._shelf)))
        return rule

    def _answer(self, rule: Rule) -> RuleAnswer:
        return next(self._answers([rule]))

    def _answers(self, rules: Iterable[Rule]) -> Iterator[RuleAnswer]:
        counted = self._health.counters()
        for rule in rules:
            yield answer_of(rule, self._stock, self._period_s, counted.get(f"{FALSE_ALARMS}:{rule.id}", 0))


def _set(id: str, rules: tuple[str, ...]) -> SetAnswer:
    return SetAnswer(id=id, rules=rules, says=f"The set {id} holds {', '.join(rules)}.")
