"""Longer plays: people who come, go and come back, and meetings of many."""

from typing import TYPE_CHECKING

from simulator.clock import MINUTE, minute_of
from simulator.stage import BEFORE_S, STAR, Cast, opened

if TYPE_CHECKING:
    from simulator.server import Simulator

_MANY = ("wifi",), ("viewing",), (), ("browser",), ("external",)


def rejoin(sim: "Simulator") -> Cast:
    """The star's line drops in the second minute and they are back 40 seconds later under a new session id."""
    cast = opened("rejoin", sim)
    gone = minute_of(sim.clock.now()) + MINUTE
    sim.world.drop_out(cast.uuid, cast.star_id, at=gone)
    again = sim.world.rejoin(cast.uuid, cast.star_id, at=gone + 40)
    return cast.with_people({f"{STAR} again": again.user_id})


def drop_out(sim: "Simulator") -> Cast:
    """The star's sound breaks from the second minute; after five more they are gone, and back six minutes later."""
    cast = opened("drop-out", sim)
    start = minute_of(sim.clock.now()) + MINUTE
    sim.world.figures(
        cast.uuid, cast.star_id, "audio_input", {"avg_loss": [6, 12, 14], "jitter": [25, 40]}, start=start
    )
    sim.world.drop_out(cast.uuid, cast.star_id, at=start + 5 * MINUTE)
    again = sim.world.rejoin(cast.uuid, cast.star_id, at=start + 11 * MINUTE)
    return cast.with_people({f"{STAR} again": again.user_id})


def waiting_room(sim: "Simulator") -> Cast:
    """A late guest waits two minutes and is let in; another waits and gives up; the star is put back for one."""
    cast = opened("waiting-room", sim)
    now = minute_of(sim.clock.now())
    late = sim.world.join(cast.uuid, "Ida Berg", email="ida@example.com", waiting=True, at=now)
    sim.world.admit(cast.uuid, late.user_id, at=now + 2 * MINUTE)
    other = sim.world.join(cast.uuid, "Unknown", traits=["external"], waiting=True, at=now)
    sim.world.leave(cast.uuid, other.user_id, at=now + 3 * MINUTE)
    sim.world.wait(cast.uuid, cast.star_id, at=now + 4 * MINUTE)
    sim.world.admit(cast.uuid, cast.star_id, at=now + 5 * MINUTE)
    return cast.with_people({"Ida Berg": late.user_id, "Unknown": other.user_id})


def lecture(sim: "Simulator") -> Cast:
    """A webinar of three hundred: a host, four panelists (the star is one), the rest attendees."""
    begun = minute_of(sim.clock.now()) - BEFORE_S
    run = sim.world.start("84012345678", "Opening lecture", at=begun, kind="webinar", host_email="dean@example.com")
    people = {"Dean Okafor": sim.world.join(run.uuid, "Dean Okafor", email="dean@example.com", at=begun).user_id}
    for who, email in ((STAR, "rao@example.com"), ("Ana Lima", "ana@example.com"), ("Jo Park", ""), ("Eva Stein", "")):
        traits = ("wifi",) if email else ("external",)
        joined = sim.world.join(run.uuid, who, email=email, traits=traits, at=begun, role="panelist")
        people[who] = joined.user_id
    return Cast(
        "lecture", run.number, run.uuid, run.topic, people | _crowd(sim, run.uuid, begun, 295, "Listener"), STAR
    )


def six_meetings(sim: "Simulator") -> Cast:
    """Six meetings of fifty each, with hosts of their own; nobody comes or goes. The first has the star."""
    first, *others = [_one_of_six(sim, nth) for nth in range(6)]
    return Cast("six-meetings", first.number, first.uuid, first.topic, first.people, STAR, tuple(others))


def _one_of_six(sim: "Simulator", nth: int) -> Cast:
    begun = minute_of(sim.clock.now()) - BEFORE_S
    host = f"host{nth + 1}@example.com"
    run = sim.world.start(str(85000000001 + nth), f"Board {nth + 1}", at=begun, host_email=host)
    people = {f"Host {nth + 1}": sim.world.join(run.uuid, f"Host {nth + 1}", email=host, at=begun).user_id}
    star = STAR if nth == 0 else f"Guest {nth + 1}.1"
    people[star] = sim.world.join(run.uuid, star, email=f"star{nth + 1}@example.com", at=begun).user_id
    more = _crowd(sim, run.uuid, begun, 48, f"Member {nth + 1}")
    return Cast("six-meetings", run.number, run.uuid, run.topic, people | more, star)


def _crowd(sim: "Simulator", uuid: str, begun: float, many: int, name: str) -> dict[str, str]:
    people = {}
    for nth in range(1, many + 1):
        who, traits = f"{name} {nth}", _MANY[nth % len(_MANY)]
        email = "" if "external" in traits else f"{who.lower().replace(' ', '.')}@example.com"
        people[who] = sim.world.join(uuid, who, email=email, traits=traits, at=begun).user_id
    return people
