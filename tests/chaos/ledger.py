"""What the pretend chats and programs were told, read from their posts alone, beside what they had to be told."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulator.inbox import Post
from tests.chaos.crowd import Trouble, hour
from tests.chaos.yard import Held

_NAME, _HOUR = re.compile(r"P\d{4}"), re.compile(r"\d\d:\d\d")
_OPENS = ("alert.fired", "alert.recovered")  #: the second: over before it could be told
_PLACE = {"alert.fired": 0, "alert.taken": 1, "alert.resolved": 2, "alert.recovered": 2}


HEAD = ("breaches", "lost", "posts", "in flight", "repeats", "beyond those", "another id", "invented")


@dataclass
class Ledger:
    """The findings. Whatever is in one of the lists must not be."""

    posts: int = 0
    repeats: int = 0
    held: int = 0
    lost: Sequence[Trouble] = ()
    untold: Sequence[Trouble] = ()  #: that is, in chats
    invented: Sequence[Trouble] = ()
    unheld: list[str] = field(default_factory=list)  #: repeated, although nobody died over it
    renamed: list[str] = field(default_factory=list)  #: the same news under another id
    disordered: list[str] = field(default_factory=list)
    refused: int = 0

    def row(self, expected: int) -> Sequence[object]:
        """As `HEAD` has it."""
        lists = (self.unheld, self.renamed, self.invented)
        return expected, len(self.lost), self.posts, self.held, self.repeats, *map(len, lists)

    def faults(self) -> Sequence[str]:
        """What was not promised, in words."""
        found = {
            "lost": self.lost,
            "never named in a chat": self.untold,
            "invented": self.invented,
            "repeated beyond the posts in flight": self.unheld,
            "repeated under another id": self.renamed,
            "out of order": self.disordered,
        }
        told = [f"{words}: {len(which)}: {list(which)[:5]}" for words, which in found.items() if which]
        return [*told, *([f"posts that were not accepted: {self.refused}"] if self.refused else [])]


def judged(
    posts: Sequence[Post], lanes: Mapping[str, str], expected: Collection[Trouble], held: Collection[Held]
) -> Ledger:
    """`lanes`: delivery → lane."""
    taken = [post for post in posts if post.accepted]
    events = [post for post in taken if post.kind == "webhook" and (post.body["data"]["alert"])]
    told = {trouble for post in events if (trouble := told_by(post))}
    ledger = Ledger(len(taken), held=len(held), refused=len(posts) - len(taken))
    ledger.lost = sorted(set(expected) - told)
    ledger.invented = sorted(told - set(expected)) + _strangers(taken, expected)
    ledger.untold = _untold([post for post in taken if post.kind == "slack"], expected)
    _repeats(ledger, taken, held)
    _orders(ledger, taken, lanes)
    _twice(ledger, events)
    return ledger


def told_by(post: Post) -> Trouble | None:
    """The trouble that a webhook tells first of; None: it tells how one went on."""
    if post.body["type"] not in _OPENS:
        return None
    data = post.body["data"]
    name, when = _NAME.search(data["says"]), _HOUR.search(_after(" ".join(data["details"]) or data["says"], "since"))
    if post.body["type"] == "alert.recovered":
        when = _HOUR.search(data["says"])
    return Trouble(name.group(), when.group()) if name and when else Trouble("unreadable", data["says"])


def _after(text: str, word: str) -> str:
    return text.partition(word)[2] or text


def _strangers(posts: Iterable[Post], expected: Collection[Trouble]) -> list[Trouble]:
    """Who was named as bad in a chat without ever having been."""
    bad = {trouble.name for trouble in expected}
    named = {name for post in posts if "Watching" not in post.raw for name in _NAME.findall(post.raw)}
    return [Trouble(name, "?") for name in sorted(named - bad)]


def _untold(chats: Sequence[Post], expected: Collection[Trouble]) -> list[Trouble]:
    """Whom no chat named between the start of the trouble and that of their next one."""
    begins: dict[str, list[str]] = defaultdict(list)
    for trouble in sorted(expected):
        begins[trouble.name].append(trouble.since)
    named: dict[str, set[str]] = defaultdict(set)
    for post in chats:
        for name in set(_NAME.findall(post.raw)) & begins.keys():
            before = [since for since in begins[name] if since <= _hour(post)]
            named[name].update(before[-1:])
    return [trouble for trouble in sorted(expected) if trouble.since not in named[trouble.name]]


def _hour(post: Post) -> str:
    return hour(post.at)


def _repeats(ledger: Ledger, posts: Iterable[Post], held: Collection[Held]) -> None:
    """A delivery may come once more for each time that somebody died over it."""
    died = Counter(each.delivery for each in held)
    for delivery, times in Counter(post.delivery for post in posts).items():
        ledger.repeats += times - 1
        if times - 1 > died[delivery]:
            ledger.unheld.append(f"{delivery}: {times} times, {died[delivery]} in flight")


def _orders(ledger: Ledger, posts: Iterable[Post], lanes: Mapping[str, str]) -> None:
    """In a lane nothing comes again after something newer, and an alert ends after it began."""
    told: dict[str, list[str]] = defaultdict(list)
    stands: dict[str, int] = {}
    for post in posts:
        lane = told[lanes.get(post.delivery, post.delivery)]
        if post.delivery in lane[:-1]:
            ledger.disordered.append(f"{post.delivery} again after {lane[-1]}")
        if post.delivery not in lane:
            lane.append(post.delivery)
        place = _PLACE.get(post.body.get("type", "")) if post.kind == "webhook" else None
        if place is not None:
            alert = post.body["data"]["alert"]
            if place < stands.get(alert, place):
                ledger.disordered.append(f"{post.body['type']} of {alert} after its end")
            stands[alert] = max(place, stands.get(alert, place))


def _twice(ledger: Ledger, events: Iterable[Post]) -> None:
    """Each alert here fires once, is taken once, ends once: the same under a second id is a repeat in disguise."""
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for post in events:
        ids[post.body["data"]["alert"], post.body["type"]].add(post.delivery)
    ledger.renamed += [f"{alert} {kind}: {sorted(found)}" for (alert, kind), found in ids.items() if len(found) > 1]
