"""Who can be reached, and how: channels, people, and whoever is on call. Decisions are told it, none looks it up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules import rota
from rules.model import Channel, ChannelKind, Cover, Mention, Person, Policy, Schedule, Target

MADE_OF = "~"  #: stands between a person and the kind of a channel made of what is known of them
CHATS: frozenset[ChannelKind] = frozenset({"slack", "teams"})


@dataclass(frozen=True, slots=True)
class Duty:
    """Everybody and everything that can be told, as of a moment."""

    kinds: Mapping[str, ChannelKind] = field(default_factory=dict)  #: channel → kind
    broken: frozenset[str] = frozenset()  #: channels that take nothing now, and probably not until a person mends them
    people: Mapping[str, Person] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    covers: tuple[Cover, ...] = ()
    policies: Mapping[str, Policy] = field(default_factory=dict)

    def kind(self, channel: str) -> ChannelKind | None:
        """The kind of a channel, also of one made of a person; None: there is no such channel."""
        who, mark, made = channel.partition(MADE_OF)
        if not mark:
            return self.kinds.get(channel)
        person = self.people.get(who)
        known = made_channel(person, made) if person else None
        return known.kind if known else None

    def is_chat(self, channel: str) -> bool:
        """Whether people talk there. One that is gone counts as a chat: its lane is dropped by the sender."""
        return (self.kind(channel) or "slack") in CHATS


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a step tells: channels that stand, the people called by it, and what could not be reached and why."""

    channels: tuple[str, ...] = ()
    names: tuple[Mention, ...] = ()
    pages: bool = False
    lost: tuple[str, ...] = ()


def made_channel(person: Person, kind: str) -> Channel | None:
    """The channel that is made of a person's own key or address; None: they have none of that kind."""
    id, hours = f"{person.id}{MADE_OF}{kind}", person.quiet_hours
    if kind == "pagerduty" and person.pagerduty_key:
        return Channel(
            id,
            person.revision,
            "pagerduty",
            "",
            person.created_at,
            person.timezone,
            secret=person.pagerduty_key,
            region=person.pagerduty_region,
            quiet_hours=hours,
        )
    if kind == "email" and person.email:
        return Channel(
            id, person.revision, "email", "", person.created_at, person.timezone, to=(person.email,), quiet_hours=hours
        )
    return None


def ways_to(person: Person) -> tuple[str, ...]:
    """Every channel that reaches a person: their own, then those made of their key and address."""
    return (*person.channels, *made_of(person))


def made_of(person: Person) -> tuple[str, ...]:
    """The channels that are made of a person's own key and address."""
    return tuple(way for way in could_be_made(person.id) if made_channel(person, way.rpartition(MADE_OF)[2]))


def could_be_made(person: str) -> tuple[str, ...]:
    """Every channel that may be made of somebody."""
    return tuple(f"{person}{MADE_OF}{kind}" for kind in ("pagerduty", "email"))


def on_call(duty: Duty, schedule: str, at: datetime) -> Person | None:
    """Who is on call by a schedule; None: nobody, or somebody who is not known."""
    known = duty.schedules.get(schedule)
    turn = rota.on_call(known, duty.covers, at) if known else None
    return duty.people.get(turn) if turn else None


def reached(duty: Duty, targets: Iterable[Target], here: tuple[str, ...], at: datetime) -> Reached:
    """Resolve whom a step tells. `here`: the chats that hear the alert already, where a mention calls a person."""
    channels: list[str] = []
    names: list[Mention] = []
    lost: list[str] = []
    pages = False
    for target in targets:
        if target.kind == "channel":
            _sorted_in(duty, (target.id,), channels, lost)
            continue
        pages = True
        person = duty.people.get(target.id) if target.kind == "person" else on_call(duty, target.id, at)
        if person is None:
            lost.append(f"nobody is on call by {target.id}" if target.kind == "schedule" else f"no person {target.id}")
            continue
        names.append(mention(person))
        ways = ways_to(person) or _mentioned_in(person, duty, here)
        if not ways:
            lost.append(f"no way to {person.name}")
        _sorted_in(duty, ways, channels, lost)
    told = tuple(dict.fromkeys(channels))
    return Reached(told, tuple(dict.fromkeys(names)), pages, tuple(lost))


def mention(person: Person) -> Mention:
    """A person as chats call them."""
    return Mention(person.name, person.slack_user, person.teams_upn)


def ahead(duty: Duty, targets: Iterable[Target], at: datetime) -> tuple[Mention, ...]:
    """Whom a step will call, as far as that is known now: people by name, channels by id."""
    names: list[Mention] = []
    for target in targets:
        person = None
        if target.kind != "channel":
            person = duty.people.get(target.id) if target.kind == "person" else on_call(duty, target.id, at)
        names.append(mention(person) if person else Mention(target.id))
    return tuple(dict.fromkeys(names))


def _mentioned_in(person: Person, duty: Duty, here: tuple[str, ...]) -> tuple[str, ...]:
    """The chats in which a person without a way of their own can be called by name."""
    called = {"slack": person.slack_user, "teams": person.teams_upn}
    return tuple(channel for channel in here if called.get(duty.kind(channel) or ""))


def _sorted_in(duty: Duty, ways: Iterable[str], channels: list[str], lost: list[str]) -> None:
    for way in ways:
        if duty.kind(way) is None:
            lost.append(f"there is no channel {way}")
        elif way in duty.broken:
            lost.append(f"{way} is broken")
        else:
            channels.append(way)
