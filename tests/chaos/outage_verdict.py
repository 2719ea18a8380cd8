"""What was told while Redis went away and came back, held against who broke up and what was answered."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.outage import Span, Work

_EDGE_S = 0.3  #: what is asked just when it goes or comes may be answered either way
SOON_S = 5.0  #: three for Redis, and a busy machine


@dataclass
class Verdict:
    """What came of it, in figures; `faults` are promises that were not kept."""

    faults: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def says(self, line: str) -> None:
        """A figure."""
        self.lines.append(f"  {line}")

    def holds(self, what: str, *, true: bool) -> None:
        """A promise."""
        if not true:
            self.faults.append(what)
            self.lines.append(f"  NOT KEPT: {what}")


def judge(work: Work, verdict: Verdict, *, other_ids: int = 0) -> None:
    """Hold what was told against who broke up. `other_ids`: news that may have come twice under different ids."""
    alerts = work.alerts()
    whose = Counter(alert["who"] for alert in alerts if alert["meeting"])
    ours = [alert["says"] for alert in alerts if not alert["meeting"]]
    hooks, names = work.hooks(), set(work.crowd.breaks)
    told = {post.body["data"]["alert"] for post in hooks}
    ids, news = Counter(post.delivery for post in hooks), defaultdict(set)
    for post in hooks:
        if post.body["data"]["alert"]:
            news[post.body["data"]["alert"], post.body["type"]].add(post.delivery)
    twice = sorted(name for (_, name), each in news.items() if len(each) > 1)
    late = sum(post.body["type"] == "alert.recovered" for post in hooks)
    repeats = sum(n - 1 for n in ids.values())
    verdict.says(
        f"{len(names)} people broke up: {len(whose)} alerts of people, {len(hooks)} posts to programs, "
        f"{len(work.chat())} to the chat; {late} told as over when first told, {repeats} repeats, each under its id; "
        f"{len(twice)} told again under another id"
    )
    verdict.holds(
        "whoever broke up has one alert", true={name: whose[name] for name in names} == dict.fromkeys(names, 1)
    )
    verdict.holds("nobody who was fine has an alert", true=not set(whose) - names)
    verdict.holds(f"no alert of our own ({ours})", true=not ours)
    verdict.holds("every alert was told to its program", true={each["id"] for each in alerts} <= told)
    verdict.holds(f"nothing is told twice under another id ({twice})", true=len(twice) <= other_ids)
    verdict.holds("at most four posts an alert and chat or program", true=len(hooks) <= 4 * len(names))
    verdict.holds("a chat hears no more than each alert's beginning and end", true=len(work.chat()) <= 2 * len(names))
    quits = work.plant.log.read_text(errors="replace").count("starting it again in")
    verdict.says(f"workers quit {quits} times and were started again by their supervisor")
    ended = [name for name, process in work.processes.items() if process.poll() is not None]
    verdict.holds(f"no process had to be started again by hand ({ended})", true=not ended)


def judge_answers(work: Work, verdict: Verdict, downs: Sequence[Span]) -> None:
    """What the API said while Redis was away."""
    during = [each for each in work.answers if _within(each.asked, downs)]
    surely = [(begun + _EDGE_S, over - _EDGE_S) for begun, over in downs]
    probes = [each for each in work.ready if _within(each.asked, surely) and _within(each.asked + each.took_s, surely)]
    if not during:
        return
    kinds, slowest = Counter(each.status for each in during), max(each.took_s for each in during)
    refused = [each for each in during if each.status == 503]
    verdict.says(f"asked {len(during)} times while it was away: {dict(kinds)}, the slowest after {slowest:.1f} s")
    verdict.holds("an answer within five seconds, as bad as it may be", true=slowest < SOON_S)
    verdict.holds("not ready while it is away", true=all(each.status == 503 for each in probes))
    verdict.holds("503 and Retry-After while it is away", true=all("Retry-After" in each.headers for each in refused))
    verdict.holds("no other error than 503, and 507 when it is full", true=set(kinds) <= {200, 201, 503, 507})


def judge_registered(work: Work, verdict: Verdict, cuts: Sequence[Span] = ()) -> None:
    """Whether everything that was answered is there, but for what the `cuts`, (from, until), may have cost."""
    there = work.registered()
    sure = [each for each in work.answers if each.status in (200, 201)]
    lost = [each for each in sure if each.id not in there]
    beyond = [each for each in lost if not _within(each.asked + each.took_s, cuts)]
    spans = f", {len(lost) - len(beyond)} of these answered in the last moment before a cut" if cuts else ""
    verdict.says(f"{len(sure)} registrations were answered with yes; {len(lost)} of them are gone{spans}")
    verdict.holds(f"what was answered is there ({len(beyond)} are not)", true=not beyond)


def _within(moment: float, spans: Sequence[Span]) -> bool:
    return any(begun <= moment <= over for begun, over in spans)
