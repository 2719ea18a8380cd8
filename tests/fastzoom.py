"""A pretend Zoom with ready answers, as a process of its own: fast enough not to be what is measured.

Its people are the simulator's, drawn once; only ids, names and minutes are filled in. Everybody is in their meeting for
long, and bad in one minute: see `Plan.bad_minute`.

    with running(Plan(meetings=8, people=125, base=time.time())) as zoom:
        … a client with zoom.environ() …
        zoom.control(delay_s=0.05)
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from simulator import Simulator, reports
from simulator.clock import stamp

TEMPLATES = 24  #: people who are drawn; the others are like one of them
ROWS = 5  #: minutes in a live answer, as the simulator keeps them
PAGE = 10
LISTED = 300
FIRST = 84_000_000_000  #: the number of the first meeting
_SESSIONS_FROM = 16_000_000
_LATELY_MIN = 30  #: everybody came so long ago
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many meetings of how many people; what time it is; when people are bad."""

    meetings: int
    people: int
    delay_s: float = 0.0
    speed: float = 1.0
    base: float = 0.0
    bad_from: int = 0  #: unix minute of the first bad one; 0: nobody is ever bad
    spread: int = 1  #: over so many minutes the bad ones are spread
    sent: str = ""  #: a file of lines "person monotonic": when each bad minute was first told

    def now(self) -> float:
        """The moment, in unix seconds of this Zoom."""
        return self.base + self.speed * (time.time() - self.base)

    def bad_minute(self, place: int) -> int:
        """The one minute in which somebody is bad, by their place among all; 0: never."""
        return self.bad_from + place % self.spread if self.bad_from else 0


def number_of(meeting: int) -> str:
    """The number of a meeting."""
    return str(FIRST + meeting)


def uuid_of(meeting: int) -> str:
    """The UUID of a meeting's only run."""
    return f"run{meeting:05}AAAAAAAAAAAA=="


def person_of(meeting: int, place: int) -> str:
    """The session of somebody, which is their name too."""
    return f"{_SESSIONS_FROM + meeting * 10_000 + place}"


@dataclass(frozen=True, slots=True)
class FastZoom:
    """A running one."""

    plan: Plan
    port: int

    def environ(self) -> dict[str, str]:
        """The settings that lead a client here, at the greatest pace that they allow."""
        here = f"http://127.0.0.1:{self.port}"
        return {
            "ZOOM_API_URL": f"{here}/v2",
            "ZOOM_TOKEN_URL": f"{here}/oauth/token",
            "ZOOM_ACCOUNT_ID": "fast-account",
            "ZOOM_CLIENT_ID": "fast-client",
            "ZOOM_CLIENT_SECRET": "fast-secret",
            "ZOOM_HEAVY_PER_SECOND": "10000",
            "ZOOM_INTENSIVE_PER_MINUTE": "10000",
            "ZOOM_CALLS_PER_DAY": "100000000",
        }

    def control(self, **to: float) -> None:
        """Change `delay_s` of every answer, hold the newest `minute` told (of the unix clock; 0: let it go), or put
        off bad minutes that are still to come, by `bad_from`."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control?{urlencode(to)}", timeout=10) as answer:
            answer.read()


@contextmanager
def running(plan: Plan) -> Iterator[FastZoom]:
    """Start one, wait until it listens, end it."""
    command = [sys.executable, "-m", "tests.fastzoom", json.dumps(asdict(plan))]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield FastZoom(plan, int(process.stdout.readline()))
        finally:
            process.terminate()


@dataclass
class Answers:
    """What it says."""

    plan: Plan
    delay_s: float
    people: dict[bool, list[list[bytes]]]
    pinned: int = 0  #: the newest minute that is told; 0: the last one that is over
    told: set[str] = field(default_factory=set)
    news: list[str] = field(default_factory=list)  #: whose bad minute the last answer was the first to tell
    _written: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def answer(self, path: str) -> bytes:
        """The body for a path. Raises LookupError or ValueError when there is none."""
        where = urlsplit(path)
        parts = unquote(where.path).strip("/").split("/")
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        if parts[0] == "control":
            self.delay_s = float(query.get("delay_s", self.delay_s))
            self.pinned = int(float(query.get("minute", self.pinned)))
            self.plan = replace(self.plan, bad_from=int(float(query.get("bad_from", self.plan.bad_from))))
            return b"{}"
        if parts[0] == "oauth":
            return b'{"access_token": "fast", "token_type": "bearer", "expires_in": 86400, "scope": ""}'
        if len(parts) == 3:
            return self._page(self.plan.meetings, LISTED, query, "meetings", self._meeting)
        run = int(parts[3][3:8]) if parts[3].startswith("run") else int(parts[3]) - FIRST
        if not 0 <= run < self.plan.meetings:
            raise LookupError(path)
        if len(parts) == 4:
            return self._meeting(run)
        if len(parts) == 7:
            return self._person(run, int(parts[5]) - _SESSIONS_FROM - run * 10_000)
        size, tell = (PAGE, self._person) if len(parts) == 6 else (LISTED, self._listed)
        return self._page(self.plan.people, size, query, "participants", lambda place: tell(run, place))

    @property
    def _newest(self) -> int:
        return self.pinned or int(self.plan.now() // 60) - 1

    @property
    def _begun(self) -> str:
        return stamp(self.plan.base - 60 * _LATELY_MIN)

    def _meeting(self, run: int) -> bytes:
        report = {"uuid": uuid_of(run), "id": FIRST + run, "topic": f"Meeting {run}", "start_time": self._begun}
        return json.dumps({**report, "host": "Sam", "participants": self.plan.people}).encode()

    def _page(self, total: int, size: int, query: dict[str, str], name: str, tell: Callable[[int], bytes]) -> bytes:
        start = int(query.get("next_page_token") or 0)
        end = min(start + size, total)
        head = {"page_size": size, "total_records": total, "next_page_token": str(end) if end < total else ""}
        rows = b",".join(tell(place) for place in range(start, end))
        return json.dumps(head).encode()[:-1] + f', "{name}": ['.encode() + rows + b"]}"

    def _listed(self, run: int, place: int) -> bytes:
        session = person_of(run, place)
        return json.dumps({"user_id": session, "user_name": session, "join_time": self._begun}).encode()

    def _person(self, run: int, place: int) -> bytes:
        if not 0 <= place < self.plan.people:
            raise LookupError(place)
        session, newest = person_of(run, place), self._newest
        bad = self.plan.bad_minute(run * self.plan.people + place)
        if bad and bad <= newest and session not in self.told:
            self.told.add(session)
            self.news.append(session)
        held = self._written.get(session)
        if held is None or held[0] != newest:
            held = self._written[session] = (newest, self._figures(session, newest, bad))
        return held[1]

    def _figures(self, session: str, newest: int, bad: int) -> bytes:
        kind = int(session) % TEMPLATES
        rows = [
            self.people[minute == bad][kind][1 + minute % ROWS].replace(b"@AT@", stamp(minute * 60).encode())
            for minute in range(newest - ROWS + 1, newest + 1)
        ]
        head = self.people[False][kind][0].replace(b"@ID@", session.encode())
        return head + b'"user_qos": [' + b",".join(rows) + b"]}"


def drawn(plan: Plan) -> dict[bool, list[list[bytes]]]:
    """People as the simulator's Zoom tells of them, fine and bad: a head each, and rows."""
    simulator = Simulator(base=plan.base, speed=0, seed=7)
    begun = plan.base - 60 * _LATELY_MIN
    run = simulator.world.start(str(FIRST), at=begun)
    people: dict[bool, list[list[bytes]]] = {False: [], True: []}
    for place in range(TEMPLATES):
        traits = ["wifi"] if place % 3 == 0 else ["sharing"] if place == 1 else []
        person = simulator.world.join(run.uuid, "@ID@", at=begun, traits=traits)
        people[False].append(_parts(reports.participant(person, run, plan.base, simulator.world.knobs)))
        simulator.world.figures(run.uuid, person.user_id, "audio_input", {"avg_loss": 31}, start=begun)
        people[True].append(_parts(reports.participant(person, run, plan.base, simulator.world.knobs)))
    return people


def _parts(report: dict[str, Any]) -> list[bytes]:
    rows = [json.dumps({**row, "date_time": "@AT@"}).encode() for row in report.pop("user_qos")]
    assert len(rows) == ROWS
    return [json.dumps({**report, "user_id": "@ID@"}).encode()[:-1] + b", ", *rows]


class Line(asyncio.Protocol):
    """One connection; whoever asks waits for the answer before the next question."""

    def __init__(self, answers: Answers, note: Callable[[list[str]], None]) -> None:
        self._answers, self._note, self._read = answers, note, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connects."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A question, or a part of one."""
        self._read += data
        head, end, rest = self._read.partition(b"\r\n\r\n")
        if not end or len(rest) < _length(head):
            return
        self._read = rest[_length(head) :]
        self._answers.news = []
        try:
            status, body = b"200 OK", self._answers.answer(head.split(b" ", 2)[1].decode())
        except (LookupError, ValueError):
            status, body = b"404 Not Found", b'{"code": 3001, "message": "Meeting does not exist."}'
        if self._answers.delay_s:
            loop = asyncio.get_running_loop()
            loop.call_later(self._answers.delay_s, self._say, status, body, self._answers.news)
        else:
            self._say(status, body, self._answers.news)

    def _say(self, status: bytes, body: bytes, news: list[str]) -> None:
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (status, len(body)) + body)
        if news:
            self._note(news)


def _length(head: bytes) -> int:
    """Of the body that follows."""
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def _serve(plan: Plan) -> None:
    answers = Answers(plan, plan.delay_s, drawn(plan))
    with Path(plan.sent or "/dev/null").open("a", buffering=1) as sent:

        def note(people: list[str]) -> None:
            at = time.monotonic()
            sent.write("".join(f"{person} {at:.6f}\n" for person in people))

        server = await asyncio.get_running_loop().create_server(lambda: Line(answers, note), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Plan(**json.loads(sys.argv[1]))))
