"""How people come and go: join, wait, drop out, come back under a new session id, move to a room."""

import base64
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from simulator.people import BREAKOUT, TRAITS, Person, Wait, account_of, digest
from simulator.runs import Instance, Runs

# Session ids start over in every run of a meeting, as a trap for whoever keeps them longer.
_FIRST_USER_ID, _USER_ID_STEP = 16778240, 1024
ROLES = {"meeting": ("host", "attendee"), "webinar": ("host", "panelist", "attendee")}


class Comings(Runs):
    """The runs, and who is in each."""

    def join(
        self,
        meeting: str | int,
        name: str = "Somebody",
        *,
        user_id: str | int | None = None,
        email: str = "",
        traits: Collection[str] = (),
        at: float | None = None,
        role: str = "",
        waiting: bool = False,
        **more: Any,
    ) -> Person:
        """Somebody joins, now or at `at`, under a new session id. With an e-mail address they are signed in.

        `role` is host, attendee or (in webinars) panelist; unset, the host is known by host_email.
        `waiting`: they come into the waiting room, until `admit`. `more` is as Person has it: device,
        registrant_id, customer_key.
        """
        odd = set(traits) - TRAITS
        if odd:
            raise ValueError(f"unknown traits {sorted(odd)}: there are {sorted(TRAITS)}")
        with self.lock:
            run, joined = self.get(meeting), self.clock.now() if at is None else at
            session = str(user_id or _FIRST_USER_ID + _USER_ID_STEP * len(run.people))
            known = {"seed": f"{self.seed}|{run.uuid}", "account_id": account_of(self.seed, email), **more}
            new = Person(session, name, joined, email, frozenset(traits), role=_role(run, role, email), **known)
            new.waits = [Wait(joined)] if waiting else []
            run.people[session] = new
            return new

    def person(self, meeting: str | int, user_id: str | int) -> Person:
        """One session of a run. Raises KeyError."""
        return self.get(meeting).people[str(user_id)]

    def leave(self, meeting: str | int, user_id: str | int, *, at: float | None = None, reason: str = "") -> None:
        """They leave, now or at `at`; the reason is one of people.REASONS, or any other text."""
        with self.lock:
            person = self.person(meeting, user_id)
            moment = self.clock.now() if at is None else at
            usual = "Leave waiting room." if person.waiting(moment) else "left the meeting"
            person.left_at, person.leave_reason = moment, reason or usual

    def drop_out(
        self,
        meeting: str | int,
        user_id: str | int,
        *,
        at: float | None = None,
        reason: str = "Network connection error.",
    ) -> None:
        """Their line breaks."""
        self.leave(meeting, user_id, at=at, reason=reason)

    def rejoin(
        self,
        meeting: str | int,
        user_id: str | int,
        *,
        at: float | None = None,
        device: str | None = None,
        name: str | None = None,
        both: bool = False,
    ) -> Person:
        """The same person under a new session id, on another device if one is named.

        If the session goes on still it ends now, as when somebody changes their device; with `both` it
        stays, as with a laptop and a phone. Asked-for figures stay with the old session.
        """
        changes = {} if device is None else {"device": device}
        changes |= {} if name is None else {"name": name}
        return self._again(meeting, user_id, at, "" if not both else None, **changes)

    def wait(self, meeting: str | int, user_id: str | int, *, at: float | None = None) -> None:
        """They are put back into the waiting room."""
        with self.lock:
            person = self.person(meeting, user_id)
            person.waits.append(Wait(self.clock.now() if at is None else at))

    def admit(self, meeting: str | int, user_id: str | int, *, at: float | None = None) -> None:
        """They come in from the waiting room. Raises ValueError when they are not in it."""
        with self.lock:
            person = self.person(meeting, user_id)
            moment = self.clock.now() if at is None else at
            if not person.waits or person.waits[-1].end is not None:
                raise ValueError(f"{person.name} is not in the waiting room")
            person.waits[-1] = replace(person.waits[-1], end=moment)
            if person.joined_at == person.waits[-1].start:
                person.joined_at = moment

    def breakout(
        self, meeting: str | int, user_id: str | int, room: str = "Room 1", *, at: float | None = None
    ) -> Person:
        """They go to a breakout room: a new session id there, the participant_uuid stays."""
        run = self.get(meeting)
        room_id = base64.b64encode(digest(run.uuid, room)[:16]).decode()
        return self._again(run.uuid, user_id, at, BREAKOUT, room_id=room_id)

    def main_room(self, meeting: str | int, user_id: str | int, *, at: float | None = None) -> Person:
        """They come back from a breakout room, under a new session id again."""
        return self._again(meeting, user_id, at, BREAKOUT, room_id="")

    def _again(
        self, meeting: str | int, user_id: str | int, at: float | None, reason: str | None, **changes: Any
    ) -> Person:
        """The same person anew; `reason` None leaves the old session as it is."""
        with self.lock:
            run, moment = self.get(meeting), self.clock.now() if at is None else at
            old = self.person(run.uuid, user_id)
            if reason is not None and not old.gone(moment):
                self.leave(run.uuid, user_id, at=moment, reason=reason)
            kept = {name: getattr(old, name) for name in ("device", "registrant_id", "customer_key", "account_id")}
            if "room_id" in changes:
                kept |= {"uuid": old.participant_uuid, "parent_id": old.user_id}
            known = {"name": old.name, **kept, **changes}
            return self.join(run.uuid, email=old.email, traits=old.traits, at=moment, role=old.role, **known)


def _role(run: Instance, role: str, email: str) -> str:
    role = role or ("host" if email and email == run.host_email else "attendee")
    if role not in ROLES[run.kind]:
        raise ValueError(f"a {run.kind} has no {role!r}: there are {', '.join(ROLES[run.kind])}")
    return role
