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


def test_a_folder_that_stood_open_is_shut_and_so_is_the_door_to_redis(generous: None, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    with EmbeddedRedis(folder) as server:
        assert (mode(folder), mode(server.socket)) == (0o700, 0o700)
