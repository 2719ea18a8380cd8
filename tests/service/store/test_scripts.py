"""The scripts as a family: each says what it is given, has a test of its own, and asks no clock."""

import re
from pathlib import Path

import pytest

import service.store
from service.store import Store
from service.store.link import script_text

FOLDER = Path(service.store.__file__).parent
SCRIPTS = sorted(path for path in (FOLDER / "lua").glob("*.lua") if not path.stem.startswith("part_"))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SCRIPTS])
def test_a_script_opens_with_keys_argv_and_returns_and_has_its_test(path: Path) -> None:
    head = "\n".join(line for line in path.read_text().splitlines() if line.startswith("--"))

    assert path.read_text().startswith("--")
    assert all(re.search(rf"^-- {word} ", head, re.MULTILINE) for word in ("KEYS", "ARGV", "RETURNS"))
    assert (Path(__file__).parent / f"test_{path.stem}.py").exists()


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in (FOLDER / "lua").glob("*.lua")])
def test_no_script_asks_what_time_it_is_or_spells_a_key(path: Path) -> None:
    assert not re.search(r"call\('TIME'|qos:", path.read_text(), re.IGNORECASE)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SCRIPTS])
def test_a_script_loads_with_its_parts(path: Path, store: Store) -> None:
    assert store.redis.script_load(script_text(path.stem))


def test_the_prefix_is_spelt_where_keys_are_built() -> None:
    rooms = (FOLDER.parent.parent / room for room in ("rules", "service", "workers", "simulator"))
    spelt = {path.name for room in rooms for path in room.rglob("*.py") if re.search(r"[\"']qos:", path.read_text())}
    assert spelt == {"keys.py", "keys_own.py"}
