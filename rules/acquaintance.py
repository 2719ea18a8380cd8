"""Whether a new session is somebody whom we know: by user, address or uuid; by name where nothing else can be meant.

Everybody is looked up and not searched for: when a thousand come at once, each is held against all the others.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from rules.model import Listed, Sight

SAME_NAME_WITHIN = timedelta(minutes=10)

_Key = tuple[str, str]


class Acquaintances:
    """The people of a meeting by what they are known by. `people` may grow and change; tell of each by `met`."""

    def __init__(self, people: Mapping[str, Listed]) -> None:
        self._people = people
        self._places: dict[str, int] = {}
        self._known: dict[_Key, dict[str, None]] = {}
        self._seats: dict[str, dict[str, None]] = {}
        for session in people:
            self.met(session)

    def met(self, session: str) -> None:
        """Somebody has come, or something else is known of them."""
        listed = self._people[session]
        self._places.setdefault(session, len(self._places))
        self._seats.setdefault(listed.seat, {})[session] = None
        for key in (*_keys(listed), ("name", _plain(listed.name))):
            self._known.setdefault(key, {})[session] = None

    def seat_of(self, sight: Sight, now: datetime) -> str | None:
        """The seat that a new session joins, if it is somebody's whom we know; of several, who was here first."""
        found = [
            session
            for key in _keys(sight)
            for session in self._known.get(key, ())
            if key in _keys(self._people[session])  # it may be known by something else by now
        ]
        if found:
            return self._people[min(found, key=self._places.__getitem__)].seat
        return self._by_name(sight, now)

    def _by_name(self, sight: Sight, now: datetime) -> str | None:
        """The one seat of that name, if everybody in it left a short while ago."""
        seat = self._only_one_called(_plain(sight.name))
        if seat is None:
            return None
        same = [self._people[session] for session in self._seats[seat]]
        ended = [listed.left_at for listed in same if listed.left_at is not None]
        if any(_contradict(sight, listed) for listed in same) or len(ended) < len(same):
            return None
        return seat if timedelta(0) <= (sight.joined_at or now) - max(ended) < SAME_NAME_WITHIN else None

    def _only_one_called(self, name: str) -> str | None:
        seats: set[str] = set()
        for session in self._known.get(("name", name), ()) if name else ():
            if _plain(self._people[session].name) == name:
                seats.add(self._people[session].seat)
            if len(seats) > 1:
                return None
        return next(iter(seats), None)


def _keys(who: Sight | Listed) -> Iterator[_Key]:
    """What tells one person from all others."""
    told = (("user", who.zoom_user), ("uuid", who.uuid), ("email", who.email.casefold()))
    return (key for key in told if key[1])


def _plain(name: str) -> str:
    return name.strip().casefold()


def _contradict(sight: Sight, listed: Listed) -> bool:
    """Two people of one name: signed in with different addresses or accounts."""
    addresses = sight.email and listed.email and sight.email.casefold() != listed.email.casefold()
    return bool(addresses or (sight.zoom_user and listed.zoom_user and sight.zoom_user != listed.zoom_user))
