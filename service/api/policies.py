"""/v1/policies: who is told when nobody takes an alert, step by step."""

from collections.abc import Callable

from rules.duty import Duty
from rules.model import Policy
from service.api.errors import Conflict, NotFound
from service.api.layer import Reply, op
from service.api.pages import Page, PageQuery
from service.api.policy_body import PolicyAnswer, PolicyBody, answer_of
from service.api.registry import counted, everything, refuse
from service.store import Store

PATH = "/v1/policies"


class Policies:
    """Policies, one resource. `ops`: what service alerts go to, "policy:<id>" or a channel."""

    tag = "policies"

    def __init__(self, store: Store, *, default_zone: str, ops: str | None, new_id: Callable[[str], str]) -> None:
        self._store, self._zone, self._ops, self._new_id = store, default_zone, ops, new_id
        self._shelf = store.documents.policies

    @op("GET", PATH, scope="read", answers={200: Page[PolicyAnswer]})
    def list(self, query: PageQuery) -> Page[PolicyAnswer]:
        """List policies, newest first"""
        items, cursor = self._shelf.page(query.limit, query.cursor)
        known = self._store.duty()
        return Page(items=[self._answer(policy, known) for policy in items], next_cursor=cursor)

    @op("POST", PATH, scope="admin", answers={201: PolicyAnswer}, problems=(507,))
    def create(self, body: PolicyBody) -> Reply:
        """Make a policy under an id of our making"""
        return self._put(self._new_id("po_"), body, None)

    @op("PUT", f"{PATH}/{{id}}", scope="admin", answers={200: PolicyAnswer, 201: PolicyAnswer}, problems=(507,))
    def put(self, id: str, body: PolicyBody) -> Reply:
        """Make a policy under an id of yours, or replace it

        A run that has begun goes on by the policy as it was then.
        """
        return self._put(id, body, self._shelf.get(id))

    @op("GET", f"{PATH}/{{id}}", scope="read", answers={200: PolicyAnswer})
    def get(self, id: str) -> PolicyAnswer:
        """Read a policy, and what it does in words"""
        return self._answer(self._known(id), self._store.duty())

    @op("DELETE", f"{PATH}/{{id}}", scope="admin", answers={204: None}, problems=(409,))
    def delete(self, id: str) -> None:
        """Delete a policy that no watch names"""
        self._known(id)
        users = [watch.id for watch in everything(self._store.documents.watches) if watch.policy == id]
        if users:
            raise Conflict(f"policy {id} is used by {counted(users)}; name another policy there first")
        if self._ops == f"policy:{id}":
            raise Conflict(f"policy {id} is told of service alerts: change QOSWATCH_OPS_CHANNEL first")
        self._shelf.delete(id)

    def _put(self, id: str, body: PolicyBody, before: Policy | None) -> Reply:
        known = self._store.duty()
        refuse([*body.faults(known)])
        created_at = before.created_at if before else self._store.clock.now()
        kept = self._shelf.put(body.policy(id, known, zone=self._zone, created_at=created_at))
        status = 200 if before else 201
        return Reply(self._answer(kept, known), status, {} if before else {"Location": f"{PATH}/{id}"})

    def _known(self, id: str) -> Policy:
        policy = self._shelf.get(id)
        if policy is None:
            raise NotFound("policy", id, self._shelf.ids())
        return policy

    def _answer(self, policy: Policy, known: Duty) -> PolicyAnswer:
        return answer_of(policy, known, self._store.clock.now())
