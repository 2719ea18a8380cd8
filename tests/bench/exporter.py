"""What Prometheus scrapes: the same people with the same bad minutes as the pretend Zoom, a page for each meeting.

`python -m tests.bench.exporter '<plan as JSON>'` prints its port.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.fastzoom import Plan, person_of

METRIC = "zoom_audio_input_avg_loss"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def running(plan: Plan) -> Iterator[int]:
    """Start one, answer its port, end it."""
    command = [sys.executable, "-P", "-m", "tests.bench.exporter", json.dumps(asdict(plan))]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def page(plan: Plan, meeting: int) -> bytes:
    """The newest minute of everybody in a meeting, as Prometheus reads it."""
    newest = int(plan.now() // 60) - 1
    lines = [f"# TYPE {METRIC} gauge"]
    for place in range(plan.people):
        is_bad = plan.bad_minute(meeting * plan.people + place) == newest
        lines.append(f'{METRIC}{{person="{person_of(meeting, place)}"}} {31 if is_bad else 0.4}')
    return ("\n".join(lines) + "\n").encode()


class Line(asyncio.Protocol):
    """One connection; a scrape has no body."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connects."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A scrape."""
        body = page(self._plan, int(data.split(b" ", 2)[1].rpartition(b"/")[2]))
        self._transport.write(_HEAD % len(body) + body)


async def _serve(plan: Plan) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Line(plan), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Plan(**json.loads(sys.argv[1]))))
