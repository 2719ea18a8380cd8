"""Prometheus and Alertmanager, where Debian's packages are installed: each a process of ours, on a free port."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from tests.plant import end, wait
from workers.ports import is_free

ABSENT = (
    "Prometheus and Alertmanager were not measured: they are not installed here "
    "(Debian: `apt-get install prometheus prometheus-alertmanager`)."
)
_PORTS = range(19_100, 19_200)
_READY_S = 30.0


def has_alertmanager() -> bool:
    """Whether it is installed."""
    return _program("alertmanager") is not None


def has_both() -> bool:
    """Whether Prometheus is, too."""
    return has_alertmanager() and _program("prometheus") is not None


def version(name: str) -> str:
    """What a program calls its version."""
    said = subprocess.run(
        [_program(name) or name, "--version"], capture_output=True, text=True, timeout=10, check=False
    )
    words = (said.stdout + said.stderr).split()
    return words[words.index("version") + 1] if "version" in words else "of unknown version"


@dataclass(frozen=True, slots=True)
class Manager:
    """A running Alertmanager."""

    port: int

    def fire(self, alerts: Sequence[Mapping[str, str]]) -> None:
        """Hand it alerts by their labels."""
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/api/v2/alerts", json=[{"labels": each} for each in alerts], timeout=10
        )
        answer.raise_for_status()


@contextmanager
def alertmanager(hook: str) -> Iterator[Manager]:
    """One that tells a webhook of every alert by itself, as soon as it can."""
    config = f"""
route: {{receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}}
receivers: [{{name: hook, webhook_configs: [{{url: '{hook}', send_resolved: false}}]}}]
"""
    with _server("alertmanager", config, "--cluster.listen-address=") as port:
        yield Manager(port)


@contextmanager
def prometheus(
    exporter: int, pages: int, manager: Manager, rule: Callable[[int], str], every_s: float
) -> Iterator[int]:
    """Scrapes each page, judges it by a rule, and tells the manager, all at the same interval. Answers its port.

    A group of rules for each page: when in the interval a group is evaluated is chance, which one alone would let
    decide everything.
    """
    target = f"targets: ['127.0.0.1:{exporter}']"
    each = ", ".join(f"{{{target}, labels: {{__metrics_path__: '/{n}', meeting: '{n}'}}}}" for n in range(pages))
    with TemporaryDirectory(prefix="qw-rules-") as folder:
        rules = Path(folder) / "rules.yml"
        groups = (f"{{name: page{n}, rules: [{{alert: loss, expr: '{rule(n)}'}}]}}" for n in range(pages))
        rules.write_text(f"groups: [{', '.join(groups)}]\n")
        config = f"""
global: {{scrape_interval: {every_s:g}s, scrape_timeout: {every_s:g}s, evaluation_interval: {every_s:g}s}}
rule_files: ['{rules}']
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{manager.port}']}}]}}]}}
scrape_configs: [{{job_name: zoom, static_configs: [{each}]}}]
"""
        with _server("prometheus", config) as port:
            yield port


@contextmanager
def _server(name: str, config: str, *more: str) -> Iterator[int]:
    port = next(port for port in _PORTS if is_free(port))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix=f"qw-{name}-")))
        (folder / "config.yml").write_text(config)
        log = stack.enter_context((folder / "log").open("w"))
        stored = "--storage.path" if name == "alertmanager" else "--storage.tsdb.path"
        words = [
            f"--config.file={folder}/config.yml",
            f"{stored}={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        process = subprocess.Popen([_program(name) or name, *words, *more], stdout=log, stderr=log)
        stack.callback(end, process)
        wait(lambda: _is_ready(port, process), _READY_S, name)
        yield port


def _program(name: str) -> str | None:
    return shutil.which(f"prometheus-{name}") or shutil.which(name)


def _is_ready(port: int, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        raise RuntimeError("it ended at once")
    try:
        return requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).ok
    except requests.RequestException:
        return False
