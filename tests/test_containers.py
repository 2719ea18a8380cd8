"""The Dockerfile and compose.yaml, read by rules of our own: nobody here can run them, so their faults must show."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import VARIABLES
from workers.cli import parser

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
IGNORED = (ROOT / ".dockerignore").read_text()
PARTS = {"web", "worker", "scheduler"}
#: name:tag, the tag a version and never `latest`
_PINNED = re.compile(r"[a-z0-9][a-z0-9/._-]*:(?=[^:@]*\d)[A-Za-z0-9._-]+")
_SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|API_KEY|SIGNING|(SMTP|SLACK|HEARTBEAT)_URL")
_ADD_TO_RIGHTS = ("privileged", "cap_add", "user", "network_mode", "pid", "devices")


def steps(text: str) -> list[tuple[str, str]]:
    """A Dockerfile as (INSTRUCTION, rest), comments gone and broken lines joined."""
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\s*\n\s*", " ", bare).splitlines()
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line)]


def all_of(text: str, word: str) -> list[str]:
    return [rest for found, rest in steps(text) if found == word]


def faults_of_image(text: str) -> Iterator[str]:
    """What is wrong with a Dockerfile, in sentences."""
    for base in all_of(text, "FROM"):
        if not _PINNED.fullmatch(base.split()[0]):
            yield f"{base} is not pinned by a version"
    if not all_of(text, "USER") or all_of(text, "USER")[-1].split(":")[0] in ("root", "0"):
        yield "it runs as root"
    if not any("/readyz" in check for check in all_of(text, "HEALTHCHECK")):
        yield "no HEALTHCHECK asks /readyz"
    for install in (rest for rest in all_of(text, "RUN") if "pip install" in rest):
        if "--require-hashes" not in install:
            yield f"{install} takes what the lock does not name"
    for word in ("ENV", "ARG"):
        yield from (f"{word} {rest} tells a secret" for rest in all_of(text, word) if _SECRET.search(rest))
    for word in ("ENTRYPOINT", "CMD"):
        yield from (f"{word} runs in a shell" for rest in all_of(text, word) if not rest.startswith("["))
    for copied in all_of(text, "COPY"):
        if "." in copied.split()[:-1]:
            yield "COPY . takes everything"
    if all_of(text, "ADD"):
        yield "ADD fetches and unpacks: use COPY"


def faults_of_compose(text: str) -> Iterator[str]:
    """What is wrong with a compose file, in sentences."""
    whole = yaml.safe_load(text)
    for name, service in whole["services"].items():
        if "build" in service:
            yield from _faults_of_part(name, service)
        elif not _PINNED.fullmatch(service["image"]):
            yield f"{name}: {service['image']} is not pinned by a version"
        yield from (f"{name}: {word} gives it more rights" for word in _ADD_TO_RIGHTS if word in service)
        yield from (f"{name}: {word} is told here" for word in _told(service) if _SECRET.search(word))
        yield from (f"{name}: {port} is open to every one" for port in service.get("ports", ()) if not _near(port))
        yield from (f"{name}: needs {other}, which is not there" for other in _missing(service, whole))


def _faults_of_part(name: str, service: Mapping[str, Any]) -> Iterator[str]:
    try:
        asked = parser().parse_args(service["command"])
    except SystemExit:
        yield f"{name}: there is no command {' '.join(service['command'])}"
    else:
        if asked.command != "web" and not service.get("healthcheck", {}).get("disable"):
            yield f"{name}: serves no /readyz, so the check of the image fails there"
    yield from (f"{name}: {word} is no setting of ours" for word in _told(service) if word not in VARIABLES)


def _told(service: Mapping[str, Any]) -> Iterable[str]:
    told = service.get("environment", {})
    return told if isinstance(told, Mapping) else [each.partition("=")[0] for each in told]


def _near(port: object) -> bool:
    return str(port).startswith("127.0.0.1:")


def _missing(service: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    volumes = [mount.partition(":")[0] for mount in service.get("volumes", ())]
    yield from (each for each in volumes if each not in whole.get("volumes", {}))
    yield from (each for each in service.get("depends_on", ()) if each not in whole["services"])


def is_left_out(path: str) -> bool:
    """Whether .dockerignore keeps a path out of the image; the last line that matches it decides."""
    out = False
    for line in (line for line in IGNORED.splitlines() if line and not line.startswith("#")):
        names = path.split("/") if "**/" in line else path.split("/")[:1]
        pattern = line.removeprefix("!").removeprefix("**/")
        if any(fnmatch(name, pattern) for name in names):
            out = not line.startswith("!")
    return out


def test_the_image_is_as_it_should_be() -> None:
    assert list(faults_of_image(DOCKERFILE)) == []


def test_compose_is_as_it_should_be() -> None:
    assert list(faults_of_compose(COMPOSE)) == []


def test_compose_starts_what_the_procfile_starts() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    services = yaml.safe_load(COMPOSE)["services"]
    ours = {name: " ".join(["qoswatch", *each["command"]]) for name, each in services.items() if "build" in each}
    assert ours == procfile
    assert set(ours) == PARTS


def test_the_commands_of_the_image_are_ours() -> None:
    assert json.loads(all_of(DOCKERFILE, "ENTRYPOINT")[0])[-1] == "workers.cli"
    assert parser().parse_args(json.loads(all_of(DOCKERFILE, "CMD")[0])).command == "web"
    check = all_of(DOCKERFILE, "HEALTHCHECK")[0].partition("CMD ")[2]
    compile(json.loads(check)[-1], "HEALTHCHECK", "exec")


def test_what_is_copied_exists_and_is_let_through() -> None:
    copied = [path for rest in all_of(DOCKERFILE, "COPY") for path in rest.split()[:-1]]
    assert {"requirements.txt", "rules", "service", "workers", "simulator"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists() or is_left_out(path)] == []


@pytest.mark.parametrize("path", [".env", ".git/config", "tests/conftest.py", "service/__pycache__/app.pyc"])
def test_what_has_no_business_in_the_image_is_left_out(path: str) -> None:
    assert is_left_out(path)


def test_both_say_that_nobody_has_run_them() -> None:
    for text in (DOCKERFILE, COMPOSE):
        assert re.search(r"^# .*not yet (built or )?run by anybody", text, re.M)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param("python:3.13-slim-bookworm", "python", "pinned", id="no tag means latest"),
        pytest.param("python:3.13-slim-bookworm", "python:latest", "pinned", id="latest moves"),
        pytest.param("USER 10001", "USER root", "root", id="root by name"),
        pytest.param("USER 10001", "", "root", id="root by default"),
        pytest.param("/readyz", "/", "/readyz", id="the front page answers even when nothing is watched"),
        pytest.param("--require-hashes ", "", "lock", id="a file of another's making"),
        pytest.param("ENV PY", "ENV ZOOM_CLIENT_SECRET=x PY", "secret", id="a layer keeps it for ever"),
        pytest.param('CMD ["web", "--host", "0.0.0.0"]', "CMD qoswatch web", "shell", id="a shell swallows SIGTERM"),
        pytest.param("COPY rules rules/", "COPY . .", "everything", id="whatever lies around"),
    ],
)
def test_a_fault_of_the_image_is_found(old: str, new: str, fault: str) -> None:
    assert old in DOCKERFILE
    assert any(fault in each for each in faults_of_image(DOCKERFILE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param("redis:7.2-bookworm", "redis:latest", "pinned", id="latest moves"),
        pytest.param('command: ["worker"]', 'command: ["wroker"]', "no command", id="a word of no command"),
        pytest.param('command: ["worker"]', 'command: ["worker", "--fast"]', "no command", id="an option of none"),
        pytest.param("healthcheck: {disable: true}", "tty: false", "/readyz", id="a worker serves no web"),
        pytest.param('PORT: "8000"', "PROT: 1", "no setting", id="a setting of none"),
        pytest.param('PORT: "8000"', "ZOOM_CLIENT_SECRET: x", "told here", id="a secret in the file"),
        pytest.param("127.0.0.1:8000:8000", "8000:8000", "every one", id="docker opens the firewall for it"),
        pytest.param("read_only: true", "privileged: true", "rights", id="more than it needs"),
        pytest.param("volumes:\n  redis:", "", "not there", id="a volume that nobody made"),
    ],
)
def test_a_fault_of_compose_is_found(old: str, new: str, fault: str) -> None:
    assert old in COMPOSE
    assert any(fault in each for each in faults_of_compose(COMPOSE.replace(old, new)))
