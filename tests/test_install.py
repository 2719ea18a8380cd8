"""Run from anywhere: the command and its data files are found from a folder that hides our names.

That all of it travels in the wheel is told by test_wheel.py; here it is the checkout that was installed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("qoswatch")
WAYS = {
    "the command": [str(SCRIPT)],
    "as our own processes are started": [sys.executable, "-P", "-m", "workers.cli"],
}
#: What the code reads beside itself, asked of the code that reads it.
LOOK = """
import json
from importlib.resources import files
from rules import documents, expression
from service import app, store
from simulator import server
expression.compile_rule_text("audio_input.avg_loss > 5%")
print(json.dumps({
    "rules": len(documents.stock_rules()),
    "scripts": [each.name for each in (files("service.store") / "lua").iterdir() if each.name.endswith(".lua")],
    "pages": [(files("service") / "static" / "docs.html").is_file(),
              (files("simulator") / "templates" / "inbox.html").is_file()],
}))
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with packages of our names that must never be taken for ours."""
    for room in ("rules", "service", "workers", "simulator"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("raise SystemExit('this is somebody else')")
    return tmp_path


def ran(argv: list[str], cwd: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def env(child_env: dict[str, str]) -> dict[str, str]:
    """Nothing but the installation may lead to our packages: the path names the tests' own children only."""
    first, _, _ = child_env["PYTHONPATH"].partition(os.pathsep)
    return {**child_env, "PYTHONPATH": first}


@pytest.mark.parametrize("way", WAYS)
def test_it_starts_from_any_folder(way: str, elsewhere: Path, env: dict[str, str]) -> None:
    if way == "the command" and not SCRIPT.exists():
        pytest.skip("qoswatch is not installed here: `make test` does it")
    assert "everything in one terminal" in ran([*WAYS[way], "--help"], elsewhere, env)


def test_a_command_that_needs_redis_brings_its_scripts(elsewhere: Path, env: dict[str, str]) -> None:
    words = [*WAYS["as our own processes are started"], "keys", "create", "--scope", "read"]
    assert ran(words, elsewhere, {**env, "QOSWATCH_DATA_DIR": str(elsewhere / "data")}).startswith("qw_")


def test_data_files_are_found_from_any_folder(elsewhere: Path, env: dict[str, str]) -> None:
    found = json.loads(ran([sys.executable, "-P", "-c", LOOK], elsewhere, env))
    assert found["rules"] >= 12
    assert {"seat_commit.lua", "lane_claim.lua"} <= set(found["scripts"])
    assert all(found["pages"])
