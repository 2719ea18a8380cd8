"""What people register: watches, rules, channels, and who is called when, each on its shelf."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from rules.duty import MADE_OF, could_be_made, made_channel
from rules.model import Channel, Cover, Instance, Person, Policy, Rule, Schedule, Silence, Watch
from rules.watching import ANY, is_bound
from service.store import keys
from service.store.clock import Clock, ms
from service.store.instances import as_fields
from service.store.link import Link, word
from service.store.room import Room
from service.store.sealing import SealedShelf
from service.store.shelf import Places, Shelf
from service.store.vault import Vault


class Watches(Shelf[Watch]):
    """Watches, also by meeting; writing one makes its meeting due."""

    def of(self, number: str, uuid: str) -> list[Watch]:
        """The watches on a meeting's number, on this run's UUID, or on any meeting, oldest first."""
        indexes = [keys.watches_of(meeting) for meeting in (number, uuid, ANY) if meeting]
        ids = sorted(word(id) for id in self._link.do("SUNION", *indexes))
        return sorted(self.get_many(ids).values(), key=lambda watch: (watch.created_at, watch.id))

    def bind(self, id: str, instance: str) -> Watch | None:
        """Tie a watch to the instance in which its person was first seen; the first tie stays."""
        return self.change(id, lambda watch: watch if watch.bound else replace(watch, bound=instance))

    def _next(self, doc: Watch, old: Watch | None) -> Watch:
        if old is None:
            return super()._next(doc, old)
        # participant ids belong to one run: the same people in the same meeting stay bound to theirs
        same_people = (doc.meeting, doc.who) == (old.meeting, old.who)
        bound = doc.bound or (old.bound if same_people else None)
        return super()._next(replace(doc, created_at=old.created_at, bound=bound), old)

    def _places(self, old: Watch | None, new: Watch | None) -> Places:
        leaves = keys.watches_of(old.meeting) if old else ""
        if new is None:
            return Places(leaves=leaves)
        places = Places(leaves=leaves, enters=keys.watches_of(new.meeting))
        only_bound = old is not None and replace(old, bound=new.bound) == new  # whoever binds is looking already
        return places if new.paused or only_bound else self._armed(places, new)

    def _armed(self, places: Places, watch: Watch) -> Places:
        at_ms = max(self._clock.now_ms(), ms(watch.starts_at) if watch.starts_at else 0)
        if is_bound(watch) and watch.bound:  # its run may still be on, and the number says nothing of it
            return replace(places, member=watch.bound, at_ms=at_ms)
        if watch.meeting == ANY:
            return replace(places, member=ANY, at_ms=at_ms)
        if watch.meeting.isdigit():
            return replace(places, member=keys.number_member(watch.meeting), at_ms=at_ms)
        instance = Instance(keys.instance_id(watch.meeting), watch.meeting, "", kind=watch.kind)
        fields = tuple(part for pair in as_fields(instance).items() for part in pair)
        return replace(places, member=instance.id, at_ms=at_ms, instance=keys.instance(instance.id), fields=fields)

    def _created_ms(self, doc: Watch, now_ms: int) -> int:
        return ms(doc.created_at)


class Channels(SealedShelf[Channel]):
    """Channels; a channel's address is sealed before it is written."""

    def __init__(self, link: Link, clock: Clock, vault: Vault, room: Room) -> None:
        super().__init__(link, clock, "channel", Channel, room)
        self._vault = vault

    def delete(self, id: str) -> bool:
        """Take a channel away, and what its answers taught us."""
        self._link.do("DEL", keys.gate(id))
        return super().delete(id)

    def _next(self, doc: Channel, old: Channel | None) -> Channel:
        return super()._next(replace(doc, created_at=old.created_at) if old else doc, old)

    def _created_ms(self, doc: Channel, now_ms: int) -> int:
        return ms(doc.created_at)

    def _each_secret(self, doc: Channel, turn: Callable[[str], str]) -> Channel:
        """The address is always sealed; the others where there are any."""
        secret = turn(doc.secret) if doc.secret else ""
        headers = {name: turn(value) for name, value in doc.headers.items()}
        return replace(doc, url=turn(doc.url), secret=secret, headers=headers)


class People(SealedShelf[Person]):
    """People who can be called; a key of theirs is sealed before it is written."""

    def __init__(self, link: Link, clock: Clock, vault: Vault, room: Room) -> None:
        super().__init__(link, clock, "person", Person, room)
        self._vault = vault

    def delete(self, id: str) -> bool:
        """Take a person away, and what the answers of their own ways taught us."""
        self._link.do("DEL", *map(keys.gate, could_be_made(id)))
        return super().delete(id)

    def _each_secret(self, doc: Person, turn: Callable[[str], str]) -> Person:
        return replace(doc, pagerduty_key=turn(doc.pagerduty_key)) if doc.pagerduty_key else doc


class Rules(Shelf[Rule]):
    """Rules, our own stock among them; the revisions of one that is gone are not used again: rings are kept by them."""

    def _places(self, old: Rule | None, new: Rule | None) -> Places:
        return Places(revisions=keys.revisions() if new is None else "")

    def _next(self, doc: Rule, old: Rule | None) -> Rule:
        if old is not None:
            return super()._next(doc, old)
        return replace(doc, revision=int(self._link.field(keys.revisions(), doc.id) or 0) + 1)

    def seed(self, stock: Iterable[Rule]) -> None:
        """Bring the stock rules up to what this release says; one that a person changed is left alone."""
        for rule in stock:
            self._settled(rule.id, partial(self._seeded, replace(rule, stock=True)))

    def _seeded(self, rule: Rule, old: Rule | None) -> Rule | None:
        return None if old is not None and not old.stock else self._next(rule, old)


class Documents:
    """The shelves together. Covers and silences steer alerts and run out: they are taken on a full Redis too."""

    def __init__(self, link: Link, clock: Clock, vault: Vault, room: Room) -> None:
        self.watches = Watches(link, clock, "watch", Watch, room)
        self.rules = Rules(link, clock, "rule", Rule, room)
        self.channels = Channels(link, clock, vault, room)
        self.policies = Shelf(link, clock, "policy", Policy, room)
        self.people = People(link, clock, vault, room)
        self.schedules = Shelf(link, clock, "schedule", Schedule, room)
        self.covers = Shelf(link, clock, "cover", Cover)
        self.silences = Shelf(link, clock, "silence", Silence)

    def channel(self, id: str) -> Channel | None:
        """A channel, also one that is made of a person's own key or address: "ana~pagerduty", "ana~email"."""
        who, mark, kind = id.partition(MADE_OF)
        if not mark:
            return self.channels.get(id)
        person = self.people.get(who)
        return None if person is None else made_channel(person, kind)

    def put_watch(self, watch: Watch) -> Watch:
        """Register a watch and make its meeting due, in one write."""
        return self.watches.put(watch)

    def watches_of(self, number: str, uuid: str) -> list[Watch]:
        """The watches on a meeting's number, on this run's UUID, or on any meeting, oldest first."""
        return self.watches.of(number, uuid)

    def bind(self, watch_id: str, instance: str) -> Watch | None:
        """Tie a watch to the instance in which its person was first seen; the first tie stays."""
        return self.watches.bind(watch_id, instance)
