"""What we keep on disk is for us alone, however generous the umask of whoever starts us."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from workers.embedded import EmbeddedRedis


@pytest.fixture
def generous() -> Iterator[None]:
    old = os.umask(0)
    yield
    os.umask(old)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_that_we_make_and_its_folder_are_for_us_alone(generous: None, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert Settings(qoswatch_data_dir=folder).secret_keys
    assert (mode(folder), mode(folder / "secret.key")) == (0o700, 0o600)


def test_the_folders_of_our_own_redis_and_its_door_are_for_us_alone(generous: None, tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "data") as server:
        assert [mode(path) for path in (tmp_path / "data", server.folder, server.socket)] == [0o700] * 3


def test_a_folder_of_redis_that_stood_open_is_shut(generous: None, tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir(mode=0o755)
    with EmbeddedRedis(tmp_path) as server:
        assert mode(server.folder) == 0o700
