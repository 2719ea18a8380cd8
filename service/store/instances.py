"""Instances: one run of a meeting each, kept until a day after its end."""

from datetime import datetime

from rules.model import Instance, MeetingKind
from service.store import keys
from service.store.clock import moment, ms
from service.store.link import Command, Link

KEEP_AFTER_END_S = 24 * 3600
_KINDS: dict[str, MeetingKind] = {"auto": "auto", "meeting": "meeting", "webinar": "webinar"}


class Instances:
    """The runs of meetings that we know."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def put(self, instance: Instance) -> None:
        """Keep what is known of a run; what is left blank stays as it was. A run that has no end is kept."""
        known = {name: value for name, value in as_fields(instance).items() if value != ""}
        commands: list[Command] = [
            ("HSET", keys.instance(instance.id), *(part for pair in known.items() for part in pair))
        ]
        if instance.ended_at is None:
            commands.append(("HDEL", keys.instance(instance.id), "ended_at"))
            commands += [("PERSIST", key) for key in _dying(instance.id)]
            commands.append(("SADD", keys.instances_live(), instance.id))
        self._link.together(commands)

    def live(self) -> frozenset[str]:
        """The runs that are on, as far as we know, and that somebody watches."""
        return frozenset(member.decode() for member in self._link.do("SMEMBERS", keys.instances_live()))

    def wake(self, id: str) -> None:
        """This run is being looked at."""
        self._link.do("SADD", keys.instances_live(), id)

    def rest(self, id: str) -> None:
        """Nobody watches this run any more; whoever does again puts it anew."""
        self._link.do("SREM", keys.instances_live(), id)

    def get(self, id: str) -> Instance | None:
        """A run, if we know it."""
        held = {name: value.decode() for name, value in self._link.hash(keys.instance(id)).items()}
        if "uuid" not in held:
            return None
        return Instance(
            id=id,
            uuid=held["uuid"],
            number=held.get("number", ""),
            topic=held.get("topic", ""),
            kind=_KINDS.get(held.get("kind", ""), "meeting"),
            started_at=_moment(held.get("started_at")),
            ended_at=_moment(held.get("ended_at")),
        )

    def end(self, id: str, at: datetime) -> None:
        """The run is over: what is kept of it goes in a day. Call it after its last commit."""
        commands: list[Command] = [("HSET", keys.instance(id), "ended_at", ms(at))]
        commands += [("EXPIRE", key, KEEP_AFTER_END_S) for key in _dying(id)]
        commands.append(("SREM", keys.instances_live(), id))
        self._link.together(commands)


def as_fields(instance: Instance) -> dict[str, str]:
    """An instance as the fields of its hash; "" for what is not known."""
    return {
        "uuid": instance.uuid,
        "number": instance.number,
        "topic": instance.topic,
        "kind": instance.kind,
        "started_at": str(ms(instance.started_at)) if instance.started_at else "",
        "ended_at": str(ms(instance.ended_at)) if instance.ended_at else "",
    }


def _dying(id: str) -> tuple[str, ...]:
    return keys.instance(id), keys.seats(id), keys.round_of(id)


def _moment(text: str | None) -> datetime | None:
    return moment(int(text)) if text else None
