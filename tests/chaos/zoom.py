"""Every error that the pretend Zoom knows, in turn for a minute each, under real processes: only the truth is told.

Its minutes are three seconds long here, so that asking again after a moment may outlast an error that passes.
"""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import Popen
from typing import Any

from simulator import Simulator
from simulator.answers import TOKEN_KINDS
from simulator.faults import KINDS, Fault
from tests.plant import Plant, plant, wait

SPEED = 20
MINUTE = 60
DAY = "429-day"  #: the last one: nothing is asked any more until midnight
REST_MIN = 6  #: a token that was refused is not asked for again for five real seconds, almost two minutes here
SLOW_S = 1.0
NUMBER = "97763643886"
BAD, WELL = "Dr Bad", ("Mr Well", "Ms Fine")
SHORT = 5  #: so many of them in the short form
UNTOLD = {"3001", "slow"}  #: what says that the meeting is over is asked twice; who is slow answers
AGAIN = {"429-second", "500", "502", "503", "504", "empty", "not-json", "reset", "truncated"}  #: may be outlasted


@dataclass(frozen=True)
class Minute:
    """One error, how many calls met it, and what the status said meanwhile and afterwards."""

    kind: str
    hits: int
    during: str
    after: str

    @property
    def faults(self) -> list[str]:
        """What is not as it should be."""
        told = self.during.startswith("Not seen since ") and ": " in self.during
        checks = {
            "nobody met it": self.hits > 0,
            f"status said {self.during!r}": told or self.kind in UNTOLD | AGAIN,
            f"afterwards {self.after!r}": "3 of 3" in self.after or self.kind == DAY,
        }
        return [f"{self.kind}: {what}" for what, holds in checks.items() if not holds]


class Evening(Plant):
    """Everything in processes of its own, and a meeting of three."""

    processes: dict[str, "Popen[bytes]"]

    def furnish(self) -> None:
        """Processes, a channel, a watch; one of three breaks up and is told."""
        self.simulator.limits.per_second = {}
        words = (("scheduler",), ("worker", "--queue", "poll"), ("worker", "--queue", "deliver"))
        self.processes = {each[-1]: self.start(*each) for each in words} | {"web": self.serve()}
        world = self.simulator.world
        world.start(NUMBER, topic="Spring Town Hall")
        people = [str(world.join(NUMBER, name).user_id) for name in (BAD, *WELL)]
        self.api("PUT", "/v1/channels/av", {"kind": "slack", "url": self.simulator.slack_url()})
        who = [{"participant_id": id} for id in people]
        self.api("PUT", "/v1/watches/hall", {"meeting": NUMBER, "who": who, "notify": ["av"]})
        wait(lambda: any("Watching " in text for text in self.texts()), 60, "the roll-call")
        world.figures(NUMBER, people[0], "audio_input", {"avg_loss": 14})
        wait(lambda: any(BAD in text and "CRITICAL" in text for text in self.texts()), 60, "the alarm")

    def fail(self, kind: str) -> Minute:
        """A minute of one error, and some of rest."""
        faults, tokens = self.simulator.faults, self.simulator.tokens
        faults.clear()
        if kind in TOKEN_KINDS:
            tokens.revoke()
        more: dict[str, Any] = {"seconds": SLOW_S} if kind == "slow" else {}
        fault = faults.add(kind, "/oauth/" if kind in TOKEN_KINDS else "/metrics/", **more)
        during = self._meanwhile(kind, fault)
        faults.clear()
        after = self._until(lambda says: "3 of 3" in says, 0 if kind == DAY else REST_MIN)
        return Minute(kind, fault.hits, during, after)

    def _meanwhile(self, kind: str, fault: Fault) -> str:
        """What is said while it lasts: for a minute, and on a busy machine until somebody met it and said so."""
        begun, says = time.monotonic(), ""
        while (past_min := (time.monotonic() - begun) * SPEED / MINUTE) < 3:
            now = self._until(lambda _: True, 1)
            says = now if now.startswith("Not seen") or not says else says
            if past_min >= 1 and fault.hits and (says.startswith("Not seen") or kind in UNTOLD | AGAIN):
                break
            time.sleep(0.1)
        return says

    def _until(self, holds: Any, most_min: float) -> str:
        """What the meeting says once that holds, or at last."""
        end = time.monotonic() + most_min * MINUTE / SPEED
        says = ""
        while time.monotonic() < end:
            items = self.api("GET", "/v1/live")["items"]
            says = items[0]["says"] if items else "nothing is on"
            if holds(says):
                break
            time.sleep(0.1)
        return str(says)

    def texts(self) -> list[str]:
        """All that was told."""
        return [str(post.body["text"]) for post in self.simulator.inbox.posts(accepted=True)]

    def errors(self) -> list[str]:
        """Lines of the log that tell of an error, and those that are no lines of ours."""
        found = []
        for line in self.log.read_text().splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                found.append(line)
                continue
            if told.get("level") in ("error", "critical"):
                found.append(f"{told.get('role')}: {told.get('event')} {told.get('error', '')}")
        return found


def run(seed: int, short: bool) -> tuple[list[str], bool]:
    """All of them, in an order of the seed's."""
    kinds = [*sorted(KINDS - {DAY})]
    random.Random(seed).shuffle(kinds)
    kinds = [*kinds[: SHORT if short else None], DAY]
    base = int(time.time())
    simulator = Simulator(base=base, speed=SPEED, seed=seed)
    with plant(Evening, simulator, QOSWATCH_TEST_CLOCK=f"{SPEED}@{base}") as here:
        here.furnish()
        minutes = [here.fail(kind) for kind in kinds]
        time.sleep(REST_MIN * MINUTE / SPEED)
        return _judged(here, minutes)


def _judged(here: Evening, minutes: Sequence[Minute]) -> tuple[list[str], bool]:
    texts = [text for text in here.texts() if "Watching " not in text and not text.startswith("Still bad")]
    alarms = [text for text in texts if text.startswith("CRITICAL") and "BLIND" not in text]
    alerts = here.api("GET", "/v1/alerts?limit=200")["items"]
    dead = [name for name, process in here.processes.items() if process.poll() is not None]
    checks = {
        f"{len(alarms)} alarms {alarms}": len(alarms) == 1,
        f"alerts of {sorted({alert['who'] for alert in alerts})}": {alert["who"] for alert in alerts}
        <= {BAD, "qoswatch"},
        f"told of those who are well: {texts}": not any(name in text for text in texts for name in WELL),
        f"ended: {', '.join(dead)}": not dead,
        f"the log has {here.errors()[:5]}": not here.errors(),
    }
    faults = [fault for each in minutes for fault in each.faults]
    faults += [what for what, holds in checks.items() if not holds]
    lines = [f"Zoom errs in {len(minutes)} ways for a minute each, while one of three people is bad:"]
    lines += [f"  {each.kind:<24}{each.hits:>3} calls   {each.during[:110]}" for each in minutes]
    lines += [
        f"  alarms {len(alarms)}, lines of blindness {len(texts) - len(alarms)}, processes that ended {len(dead)},"
        f" errors logged {len(here.errors())}"
    ]
    return [*lines, *(f"  NOT AS PROMISED {fault}" for fault in faults)], not faults
