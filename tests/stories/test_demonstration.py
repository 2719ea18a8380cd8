"""`make run` without anything: within a minute a call breaks, and the alert stands in the terminal and the inbox."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

ALERT = re.compile(r"others hear Dr Rao breaking up")


ROLL = "5 of 5 found"


def posts(url: str) -> list[dict[str, Any]]:
    """The inbox without the roll-call."""
    with urllib.request.urlopen(f"{url}/inbox.json?accepted=true", timeout=5) as answer:
        return [post for post in json.load(answer)["posts"] if ROLL not in json.dumps(post["body"])]


def wait_until(happens: Any, within_s: float, lines: list[str]) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := happens():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen; this was said:\n" + "\n".join(lines))


def test_the_demonstration_shows_an_alert_that_opens_and_closes(child_env: dict[str, str], tmp_path: Path) -> None:
    env, lines = {**child_env, "QOSWATCH_DATA_DIR": str(tmp_path)}, list[str]()
    command = [sys.executable, "-P", "-m", "workers.cli", "up"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as up:
        assert up.stdout
        stdout = up.stdout
        reader = threading.Thread(target=lambda: lines.extend(line.rstrip() for line in stdout), daemon=True)
        reader.start()
        try:
            inbox = wait_until(lambda: re.search(r"look +(\S+)", "\n".join(lines)), 60, lines)[1]
            wait_until(lambda: any("is live. Watching Dr Rao and 4 others" in line for line in lines), 60, lines)
            wait_until(lambda: any("│" in line and ALERT.search(line) for line in lines), 60, lines)
            shown = posts(inbox)
            assert {post["kind"] for post in shown} == {"slack", "teams"}
            assert all(ALERT.search(json.dumps(post["body"])) for post in shown)
            assert not any(post["problems"] for post in shown)
            wait_until(lambda: any("paging Ana Ruiz now" in line for line in lines), 60, lines)
            wait_until(lambda: any("Fine again" in line for line in lines), 60, lines)
            assert len(posts(inbox)) == 6
            assert "/a/" in json.dumps(shown[0]["body"])
        finally:
            up.send_signal(signal.SIGINT)
            code = up.wait(30)
            reader.join(10)
    assert code == 0
    assert lines[-1] == "qoswatch: stopped."
    assert not any("Traceback" in line for line in lines)
