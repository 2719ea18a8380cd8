"""Imports point inwards: one table says which room may use what, and this test holds every file to it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STANDARD = set(sys.stdlib_module_names) | {"_typeshed"}
PYDANTIC = {"pydantic", "pydantic_core"}

#: room or file → the packages it may import beside the standard library; the longest name that fits decides.
MAY: dict[str, set[str]] = {
    "rules": {"rules", "lark"},
    "service": {"rules", "service", "flask", "werkzeug", "structlog", "prometheus_client"} | PYDANTIC,
    "service/settings.py": {"rules", "service.values", "pydantic_settings", "dotenv"} | PYDANTIC,
    "service/queues.py": {"rules", "service.store", "redis", "rq", "structlog"},
    "service/store": {"rules", "service.settings", "service.store", "redis", "cryptography", "structlog"} | PYDANTIC,
    "workers": {
        "rules", "workers", "service.settings", "service.store", "service.queues", "service.log",
        "rq", "apscheduler", "requests", "urllib3", "slack_sdk", "structlog",
    },
    "workers/web.py": {"service.settings", "service.store", "service.queues", "workers", "gunicorn", "structlog"},
    "simulator": {"simulator", "flask", "werkzeug", "jinja2", "markupsafe"},
}  # fmt: skip

#: What deciding must not touch, although it is in the standard library.
IMPURE = {"time", "random", "secrets", "os", "socket", "threading", "subprocess", "logging", "urllib.request", "http"}


def room_of(path: Path) -> str:
    inside = path.relative_to(ROOT).as_posix()
    return max((room for room in MAY if inside == room or inside.startswith(room + "/")), key=len)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide the room"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def allowed(name: str, room: str) -> bool:
    top = name.partition(".")[0]
    if top in STANDARD:
        return room != "rules" or not ({name, top, name.rpartition(".")[0]} & IMPURE)
    return any(name == each or name.startswith(each + ".") for each in MAY[room])


FILES = sorted(path for room in ("rules", "service", "workers", "simulator") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in FILES])
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    strangers = [name for name in imported(path) if not allowed(name, room_of(path))]
    assert not strangers, f"{path.relative_to(ROOT)} may not import {', '.join(strangers)}"


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in FILES])
def test_a_file_reads_in_one_go(path: Path) -> None:
    lines = path.read_text().splitlines()
    longest = 250
    assert len(lines) <= longest, f"{path.relative_to(ROOT)} has {len(lines)} lines: it tells two stories"


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in FILES])
def test_a_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path.relative_to(ROOT)} opens without a word"


def test_only_key_builders_spell_the_prefix() -> None:
    spelt = {path.relative_to(ROOT).as_posix() for path in FILES if '"qos:' in path.read_text()}
    assert spelt <= {"service/store/keys.py", "service/store/keys_own.py"}


def test_only_the_web_process_names_the_api() -> None:
    """Workers must not know the service beyond its store: the one door is a name, in one file."""
    named = {path.name for path in (ROOT / "workers").rglob("*.py") if "service.app" in path.read_text()}
    assert named <= {"web.py"}
