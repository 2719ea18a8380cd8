"""The wheel holds what runs, data files too, and nothing else. hatchling obeys .gitignore, so this is not sure."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from service import __version__

ROOT = Path(__file__).parent.parent
ROOMS = ("rules", "service", "workers", "simulator")
#: At least one of each kind has to travel: code finds them beside itself.
KINDS = {
    "rules": {".py", ".lark", ".toml"},
    "service": {".py", ".lua", ".js", ".css", ".html"},
    "workers": {".py"},
    "simulator": {".py", ".html", ".css"},
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.namelist()


def test_every_file_of_every_room_travels(names: list[str]) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and not {"__pycache__", ".mypy_cache"} & set(path.parts)
    }
    assert here == {name for name in names if name.split("/")[0] in ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_data_files_travel_with_the_code(names: list[str], room: str) -> None:
    kinds = {Path(name).suffix for name in names if name.startswith(f"{room}/")}
    assert kinds >= KINDS[room]


def test_tests_stay_at_home_and_the_licence_goes_along(names: list[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_version_is_told_once() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
