"""Who "I am …" offers on the page of a link: those whom the policies of its alerts may call, else everybody."""

from collections.abc import Iterable, Iterator

from rules.model import AlertView, Person, Policy, Target
from service.store.documents import Documents


def askable(documents: Documents, alerts: Iterable[AlertView]) -> tuple[Person, ...]:
    """People by name; no secret of theirs is opened."""
    people = {person.id: person for person in documents.people.unopened()}
    named = {view.policy for alert in alerts for view in alert.watches if view.policy}
    called = {id for policy in documents.policies.get_many(named).values() for id in _called(documents, policy)}
    chosen = [people[id] for id in called if id in people]
    return tuple(sorted(chosen or people.values(), key=lambda person: (person.name.casefold(), person.id)))


def _called(documents: Documents, policy: Policy) -> Iterator[str]:
    """The ids of everybody whom a policy may call, on call now or not."""
    for step in policy.steps:
        for target in step.tell:
            yield from _behind(documents, target)


def _behind(documents: Documents, target: Target) -> Iterator[str]:
    if target.kind == "person":
        yield target.id
    if target.kind == "schedule" and (schedule := documents.schedules.get(target.id)):
        yield from schedule.rotation
        yield from (cover.person for cover in documents.covers.all() if cover.schedule == schedule.id)
