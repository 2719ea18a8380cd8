"""What is registered, as the resources ask for it: all of a shelf, and whether names that people gave exist."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from rules import documents
from rules.errors import RuleError
from rules.model import Rule
from service.api.errors import Fault, Refused, did_you_mean, shown

T_co = TypeVar("T_co", covariant=True)
_PAGE = 200


class Listed(Protocol[T_co]):
    """What can be read page by page."""

    def page(self, limit: int, cursor: str | None) -> tuple[Sequence[T_co], str | None]: ...


def everything(shelf: Listed[T_co]) -> Iterator[T_co]:
    """All of a shelf, newest first."""
    cursor: str | None = None
    while True:
        items, cursor = shelf.page(_PAGE, cursor)
        yield from items
        if cursor is None:
            return


def rule_faults(names: Sequence[str], known: Iterable[Rule]) -> list[Fault]:
    """What is wrong with a watch's list of rules and sets."""
    try:
        documents.expand(names, {rule.id: rule for rule in known})
    except RuleError as error:
        return faults_of(error, "/rules")
    return []


def channel_faults(names: Sequence[str], known: Iterable[str]) -> list[Fault]:
    """What is wrong with a watch's list of channels."""
    ids = set(known)
    hint = "" if ids else "; register one: PUT /v1/channels/<id>"
    return [
        Fault(f"there is no channel {shown(name)}{did_you_mean(name, ids) or hint}", f"/notify/{index}")
        for index, name in enumerate(names)
        if name not in ids
    ]


def faults_of(error: RuleError, under: str = "") -> list[Fault]:
    """A rule's faults as the API's, each pointer below `under`."""
    return [Fault(each.sentence, _below(under, each.pointer), position=each.position) for each in error.errors]


def _below(under: str, pointer: str) -> str:
    return pointer if not under or pointer.startswith(f"{under}/") else f"{under}{pointer}"


def refuse(faults: Sequence[Fault]) -> None:
    """Raises Refused when there is any fault."""
    if faults:
        raise Refused(*faults)


def counted(watches: Sequence[str]) -> str:
    """Watches in a sentence: "2 watches (board, court-7)"; of many, the first five."""
    count = "1 watch" if len(watches) == 1 else f"{len(watches)} watches"
    return f"{count} ({', '.join(watches[:5])}{', …' if len(watches) > 5 else ''})"
