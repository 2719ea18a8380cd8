"""The simulator's strings, over HTTP under /sim/: its clock, world, faults, knobs, calls, inbox and plays.

    GET    /sim/                everything there is, as JSON
    POST   /sim/clock           {"set": 1764000000} | {"step": 60} | {"speed": 12}
    POST   /sim/meetings        {"number", "topic"?, "kind"?, "uuid"?, "awkward"?, "at"?, "ends_at"?}: a new run, live
    POST   /sim/meetings/end    {"meeting", "at"?}
    POST   /sim/people          {"meeting", "name", "user_id"?, "email"?, "traits"?, "at"?, "role"?, "waiting"?, …}
    POST   /sim/people/rejoin   {"meeting", "user_id", "at"?, "device"?, "both"?}: a new session id
    POST   /sim/people/drop-out {"meeting", "user_id", "at"?, "reason"?}
    POST   /sim/people/wait     {"meeting", "user_id", "at"?}   …/admit: the same
    POST   /sim/people/breakout {"meeting", "user_id", "room"?, "at"?}   …/main-room: back again
    POST   /sim/people/leave    {"meeting", "user_id", "at"?, "reason"?}
    POST   /sim/people/figures  {"meeting", "user_id", "stream", "values", "start"?, "minutes"?}
    POST   /sim/people/mute     {"meeting", "user_id", "streams"?, "start"?, "minutes"?}
    POST   /sim/people/fine     {"meeting", "user_id", "start"?}
    POST   /sim/faults          {"kind", "path"?, "count"?, "for_s"?, "in_s"?, …}   DELETE: none
    POST   /sim/knobs           {"retention", "row_delay_s", "shuffle", "page_token_s", …}: any of runs.Knobs
    POST   /sim/limits          {"plan", "per_second", "per_minute", "per_day", "headers", "retry_after", "spend", …}
    POST   /sim/tokens          {"lifetime_s", "single", "scopes", "accept", "revoke": true}
    GET    /sim/calls           ?path=&label=&status=&token=   DELETE: forget them
    POST   /sim/inbox           {"destination", "kind", "count"?, "retry_after"?, "seconds"?}
    POST   /sim/inbox/recover   {"destination"?}
    DELETE /sim/inbox           throw the posts away
    POST   /sim/push            {"url", "secret"?, "since"?, "auto"?, "ids"?, "qss"?, "silent"?, …}: webhooks
    POST   /sim/push/flush      {}   …/validate {}   …/alert {"meeting", "issues"?}   …/send {"event", "object"}
    POST   /sim/push/behave     {"kind", "event"?, "count"?, "seconds"?, "copies"?, "role"?}   …/recover {}
    POST   /sim/push/storm      {"count"?, "threads"?}   GET /sim/push: the attempts   DELETE: no webhooks
    POST   /sim/plays           {"name": "storm"}

A meeting is named by its number (the latest run) or a run's UUID. Moments are unix seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request

from simulator.people import Person
from simulator.pulls import Pulls
from simulator.runs import Instance

if TYPE_CHECKING:
    from simulator.server import Simulator

Json = dict[str, Any]
Action = Callable[..., Json]


def blueprint(simulator: "Simulator") -> Blueprint:
    """Every /sim/… route of one simulator; few rules, since each costs every test a millisecond."""
    routes = Blueprint("control", __name__, url_prefix="/sim")
    strings = Strings(simulator)
    posts, gets, deletes = strings.posts(), strings.gets(), strings.deletes()
    routes.add_url_rule("/", "state", lambda: jsonify(strings.state()))
    routes.add_url_rule("/<path:name>", "pull", lambda name: _pull(posts, name), methods=["POST"])
    routes.add_url_rule("/<path:name>", "look", lambda name: jsonify(_known(gets, name)()))
    routes.add_url_rule("/<path:name>", "forget", lambda name: _forget(deletes, name), methods=["DELETE"])
    return routes


def _known(strings: Mapping[str, Any], name: str) -> Any:
    if name not in strings:
        abort(404)
    return strings[name]


def _forget(strings: Mapping[str, Callable[[], None]], name: str) -> tuple[str, int]:
    _known(strings, name)()
    return "", 204


def _pull(strings: Mapping[str, Action], name: str) -> tuple[Response, int]:
    action, body = _known(strings, name), request.get_json(silent=True)
    if not isinstance(body, dict):
        return jsonify({"error": "a JSON object is needed"}), 400
    try:
        return jsonify(action(**body)), 200
    except KeyError as error:
        return jsonify({"error": f"not here: {error.args[0]}"}), 404
    except (TypeError, ValueError) as error:
        return jsonify({"error": str(error)}), 400


class Strings:
    """What can be pulled, each with its keywords as JSON."""

    def __init__(self, simulator: "Simulator") -> None:
        self._sim, self._push = simulator, Pulls(simulator.push)

    def posts(self) -> Mapping[str, Action]:
        """Path to action."""
        return {
            "clock": self.move,
            "meetings": self.start,
            "meetings/end": self.end,
            **self._people(),
            "faults": lambda **wish: asdict(self._sim.faults.add(**wish)),
            "knobs": lambda **wish: _turn(self._sim.world.knobs, wish, asdict(self._sim.world.knobs)),
            "limits": self.limits,
            "tokens": self.tokens,
            "inbox": self._done(self._sim.inbox.behave),
            "inbox/recover": self._done(self._sim.inbox.recover),
            "plays": lambda name: self._sim.play(name).as_json(),
            **self._push.posts(),
        }

    def _people(self) -> Mapping[str, Action]:
        world = self._sim.world
        return {
            "people": lambda **wish: _somebody(world.join(**wish)),
            "people/rejoin": lambda **wish: _somebody(world.rejoin(**wish)),
            "people/breakout": lambda **wish: _somebody(world.breakout(**wish)),
            "people/main-room": lambda **wish: _somebody(world.main_room(**wish)),
            "people/leave": self._done(world.leave),
            "people/drop-out": self._done(world.drop_out),
            "people/wait": self._done(world.wait),
            "people/admit": self._done(world.admit),
            "people/figures": self._done(world.figures),
            "people/mute": self._done(world.mute),
            "people/fine": self._done(world.fine),
        }

    def gets(self) -> Mapping[str, Callable[[], Json]]:
        """Path to what can be looked at."""
        return {"clock": self.clock, "calls": self.calls, "push": self._push.log}

    def deletes(self) -> Mapping[str, Callable[[], None]]:
        """Path to what is forgotten."""
        sim = self._sim
        forget = {"faults": sim.faults.clear, "calls": sim.calls.clear, "inbox": sim.inbox.clear}
        return {**forget, "push": sim.push.off}

    def _done(self, action: Callable[..., None]) -> Action:
        def act(**wish: Any) -> Json:
            action(**wish)
            return self.clock()

        return act

    def clock(self) -> Json:
        """What time it is here."""
        return {"now": self._sim.clock.now(), "speed": self._sim.clock.speed}

    def move(self, set: float | None = None, step: float = 0.0, speed: float | None = None) -> Json:
        """Set, step or speed the clock."""
        if speed is not None:
            self._sim.clock.run_at(float(speed))
        if set is not None:
            self._sim.clock.set(float(set))
        if step:
            self._sim.clock.step(float(step))
        return self.clock()

    def start(self, number: str | int, topic: str = "Weekly call", awkward: bool = False, **more: Any) -> Json:
        """A new run of a meeting."""
        if awkward:
            more.setdefault("uuid", self._sim.world.uuid(awkward=True))
        return _run(self._sim.world.start(number, topic, **more))

    def end(self, meeting: str | int, at: float | None = None) -> Json:
        """The run is over."""
        return _run(self._sim.world.end(meeting, at))

    def limits(self, plan: str | None = None, spend: int = 0, **wish: Any) -> Json:
        """Change what the account may do."""
        limits = self._sim.limits
        if plan is not None:
            limits.plan(plan)
        limits.spend(spend)
        names = ("per_second", "per_minute", "per_day", "headers", "retry_after", "daily_code", "second_code")
        _turn(limits, wish, names)
        return {**{name: getattr(limits, name) for name in names}, "spent": limits.spent}

    def tokens(self, accept: str | None = None, revoke: bool = False, **wish: Any) -> Json:
        """Change how bearers live."""
        tokens = self._sim.tokens
        if "scopes" in wish:
            wish["scopes"] = frozenset(wish["scopes"])
        names = ("lifetime_s", "single", "scopes", "account_id", "client_id", "client_secret")
        _turn(tokens, wish, names)
        if revoke:
            tokens.revoke()
        if accept is not None:
            tokens.accept(accept)
        return {"issued": tokens.issued, "lifetime_s": tokens.lifetime_s, "single": tokens.single}

    def calls(self) -> Json:
        """The log of calls and its counts."""
        which: Json = {name: request.args.get(name, "") for name in ("path", "label", "token")}
        status = request.args.get("status", type=int)
        calls = self._sim.calls
        return {**calls.summary(), "calls": calls.as_json(**which, status=status)}

    def state(self) -> Json:
        """Everything there is."""
        sim = self._sim
        with sim.world.lock:
            runs = [_run(run) for run in sim.world.instances]
            knobs = asdict(sim.world.knobs)
        return {
            "clock": self.clock(),
            "meetings": runs,
            "knobs": knobs,
            "faults": [asdict(fault) for fault in sim.faults.list()],
            "calls": sim.calls.summary()["by_status"],
            "posts": len(sim.inbox.posts()),
            "push": self._push.state(),
            "plays": [cast.as_json() for cast in sim.casts],
        }


def _turn(thing: object, wish: Mapping[str, Any], names: Any) -> Json:
    """Set the named attributes; a name that is none of them is a ValueError."""
    odd = sorted(wish.keys() - set(names))
    if odd:
        raise ValueError(f"unknown {', '.join(odd)}: there are {', '.join(names)}")
    for name, value in wish.items():
        setattr(thing, name, value)
    return {name: getattr(thing, name) for name in wish}


def _somebody(person: Person) -> Json:
    return {"user_id": person.user_id, "name": person.name, "joined_at": person.joined_at}


def _run(run: Instance) -> Json:
    people = [{**_somebody(p), "role": p.role, "left_at": p.left_at} for p in run.people.values()]
    names = ("uuid", "number", "kind", "topic", "started_at", "ended_at")
    return {**{name: getattr(run, name) for name in names}, "people": people}
