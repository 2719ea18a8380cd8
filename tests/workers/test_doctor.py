"""`qoswatch doctor`: each thing that can be wrong has its line, with what to do, and no secret in it."""

import argparse
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from rules import documents, lifecycle, planning
from rules.gate import Gate
from rules.lifecycle import Seen, Wish
from rules.model import Channel, Instance, Listed, MeetingRecord, Rule, Watch, Who
from service.settings import Settings
from service.store import Store, keys
from service.store.codec import encode
from simulator import Simulator
from workers.commands import doctor
from workers.doctor import certificates, rounds, state, ways
from workers.doctor.findings import Check, Finding, Patient, ok
from workers.doctor.rounds import CHECKS, look_over, patient
from workers.zoom import payloads

BASE = 1_772_445_600  # Monday 2 March 2026, 10:00 UTC
NOW = datetime.fromtimestamp(BASE, UTC)
SECRET = "a-secret-of-a-test-that-is-long-enough"
HOOK = "T0SECRET/B0SECRET/abcdefghijklmnop"
RULE = "audio-sent"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(base=BASE, speed=0) as running:
        yield running


@pytest.fixture
def settings(simulator: Simulator, redis_socket: Path, redis_client: Any, tmp_path: Path) -> Settings:
    environ = {name.lower(): value for name, value in simulator.environ().items()}
    return Settings(
        **environ,
        redis_url=f"unix://{redis_socket}",
        qoswatch_secret_key=SECRET,
        qoswatch_data_dir=tmp_path,
        qoswatch_test_clock="hash",
        qoswatch_allow_private_targets=True,
        qoswatch_heartbeat_url="https://example.org/ping",
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    kept = Store.connect(settings)
    kept.clock.put(NOW)
    yield kept
    kept.close()


@pytest.fixture
def look(settings: Settings) -> Callable[..., list[Finding]]:
    """One check by its name, on these settings."""

    def run(name: str, **changes: Any) -> list[Finding]:
        (check,) = (check for check in CHECKS if check.name == name)
        with patient(settings.model_copy(update=changes)) as whom:
            return [finding for _, finding in look_over(whom, checks=[check])]

    return run


def levels(found: list[Finding]) -> list[str]:
    return [finding.level for finding in found]


def said(found: list[Finding], level: str = "fault") -> str:
    return " | ".join(f"{each.says} -> {each.todo}" for each in found if each.level == level)


def a_watch(id: str = "w_1", **changes: Any) -> Watch:
    who = (Who("participant_id", "16778240"),)
    return replace(Watch(id, 0, "97763643886", who, (RULE,), ("slack-av",), NOW), **changes)


def a_channel(simulator: Simulator, id: str = "slack-av", **changes: Any) -> Channel:
    return replace(Channel(id, 0, "slack", simulator.slack_url(HOOK), NOW), **changes)


def gated(store: Store, channel: str, gate: Gate) -> None:
    store.redis.hset(keys.gate(channel), "gate", encode(gate))


def a_call(simulator: Simulator, store: Store) -> str:
    """Somebody watched in a live meeting, looked at once; answers the instance."""
    run = simulator.world.start("97763643886", topic="Spring Town Hall")
    person = simulator.world.join(run.uuid, "Dr Rao", user_id="16778240")
    simulator.clock.step(minutes=4)
    store.clock.advance(minutes=4)
    instance = Instance(keys.instance_id(run.uuid), run.uuid, run.number, started_at=NOW)
    store.instances.put(instance)
    raw = {"user_id": person.user_id, "user_qos": [{"date_time": "2026-03-02T10:02:00Z"}]}
    seat = lifecycle.empty_seat(instance.id, person.user_id)
    now = store.clock.now()
    decision = lifecycle.decide(seat, Seen((payloads.sight(raw),)), [Wish("w_1", (), ())], now)
    plan = planning.plan("", seat, decision, instance, now)
    assert not store.seats.commit(instance.id, [plan], record=("", MeetingRecord(rounds=9)))
    return instance.id


# The state of Redis, and who works on it


def test_a_redis_that_answers_is_named_and_what_it_loses_is_said(look: Any) -> None:
    found = look("redis")
    assert "keeps nothing on disk" in said(found, "warning")
    assert found[-1].level == "ok"
    assert " answers, " in found[-1].says


def test_a_redis_that_does_not_answer_is_a_fault_and_tells_no_password(settings: Settings, capsys: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"redis://user:hunter2hunter2@127.0.0.1:{port}/0"
    assert command(settings.model_copy(update={"redis_url": url})) == 1
    shown = capsys.readouterr().out
    assert "✗ redis      Redis can not be reached" in shown
    assert "hunter2" not in shown
    assert "processes" not in shown, "what needs the store is not asked without one"


def test_without_any_server_that_is_said_and_zoom_is_asked_all_the_same(settings: Settings, capsys: Any) -> None:
    assert command(settings.model_copy(update={"redis_url": None, "qoswatch_secret_key": None})) == 0
    shown = capsys.readouterr().out
    assert "! redis      no qoswatch runs here" in shown
    assert "✓ zoom       Zoom takes our token" in shown


@pytest.mark.parametrize(
    ("told", "level", "words"),
    [
        pytest.param({"aof_last_write_status": "err"}, "fault", "can not write to its disk", id="disk-full"),
        pytest.param({"rdb_last_bgsave_status": "err"}, "fault", "can not write to its disk", id="no-snapshot"),
        pytest.param({"maxmemory": 100, "used_memory": 95}, "fault", "uses 95 %", id="memory-full"),
        pytest.param({"maxmemory": 100, "used_memory": 85}, "warning", "uses 85 %", id="memory-nearly-full"),
        pytest.param(
            {"maxmemory": 100, "used_memory": 90, "mem_not_counted_for_evict": 10},
            "fault",
            "",
            id="buffers-do-not-count",
        ),
        pytest.param({"maxmemory": 100, "used_memory": 50}, "fault", "", id="room-enough"),
    ],
)
def test_a_redis_in_distress_is_told(told: Any, level: str, words: str, store: Store, settings: Settings) -> None:
    info = {"redis_version": "7.0.15", **told}
    store.redis.info = lambda section: info
    with patient(settings) as whom:
        found = [*state.server(Patient(settings, store, whom.zoom))]
    assert words in said(found, level)
    assert bool(said(found, level)) == bool(words)


@pytest.mark.parametrize(
    ("url", "worries"),
    [
        pytest.param("redis://10.0.0.5:6379/0", 2, id="open-and-in-the-clear"),
        pytest.param("redis://:pw@10.0.0.5:6379/0", 1, id="in-the-clear"),
        pytest.param("rediss://:pw@redis.example.org/0", 0, id="as-it-should-be"),
        pytest.param("redis://127.0.0.1:6379", 0, id="this-machine"),
        pytest.param("unix:///run/redis.sock", 0, id="a-socket"),
        pytest.param("redis+sentinel://10.0.0.5,127.0.0.1/qos", 2, id="sentinels-in-the-clear"),
        pytest.param("rediss+sentinel://:pw@10.0.0.5/qos", 0, id="sentinels-as-they-should-be"),
        pytest.param("redis+sentinel://127.0.0.1/qos", 0, id="sentinels-of-this-machine"),
        pytest.param(None, 0, id="our-own"),
    ],
)
def test_a_redis_elsewhere_has_a_password_and_is_encrypted(url: Any, worries: int) -> None:
    assert levels([*ways.openness(url)]) == ["warning"] * worries


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param({}, [], id="no-sentinels"),
        pytest.param({"s1:1": "a:1", "s2:1": "a:1"}, [], id="they-agree"),
        pytest.param({"s1:1": "a:1", "s2:1": None}, ["warning"], id="one-is-away"),
        pytest.param({"s1:1": "a:1", "s2:1": "b:1"}, ["fault"], id="they-differ"),
    ],
)
def test_sentinels_that_would_fail_us_are_named(
    named: Any, expected: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "watchers", lambda _: named)
    assert levels([*ways.sentinels(store)]) == expected


@pytest.mark.parametrize(("free_mb", "level"), [(2000, []), (500, ["warning"]), (50, ["fault"])])
def test_room_on_the_disk_of_our_own_redis(
    free_mb: int, level: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = (0, 0, free_mb << 20)
    monkeypatch.setattr(state.shutil, "disk_usage", lambda _: type("Usage", (), {"free": usage[2]}))
    with patient(settings.model_copy(update={"redis_url": None})) as whom:
        assert levels([*state._disk(whom)]) == level


def test_processes_that_do_not_work_are_named_one_by_one(look: Any, store: Store) -> None:
    told = said(look("processes"))
    assert "no scheduler has ever ticked: nothing is watched -> start `qoswatch scheduler`" in told
    assert "no worker lives on the queue poll -> start `qoswatch worker`" in told
    assert "no worker lives on the queue deliver" in told

    store.health.tick()
    for queue in ("poll", "deliver"):
        store.health.beat(queue, os.getpid(), "here")
    assert levels(look("processes")) == ["ok"]

    store.due.arm("i1", NOW - timedelta(minutes=10))
    store.clock.advance(minutes=1)
    told = said(look("processes"))
    assert "no scheduler has ticked for 60 s" in told
    assert "meetings not looked at for two periods: 1" in told


# Settings


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        pytest.param({}, "ok", "QOSWATCH_SECRET_KEY is set", id="set"),
        pytest.param({"qoswatch_secret_key": "x" * 40}, "warning", "easy to guess", id="guessable"),
        pytest.param({"qoswatch_secret_key": None}, "ok", "the first start makes one", id="not-yet-made"),
    ],
)
def test_the_secret_key(changes: Any, level: str, words: str, look: Any) -> None:
    if isinstance(changes.get("qoswatch_secret_key"), str):
        changes = {"qoswatch_secret_key": SecretStr(changes["qoswatch_secret_key"])}
    if changes.get("qoswatch_secret_key", "") is None:
        changes = {**changes, "redis_url": None}
    (found,) = look("key", **changes)
    assert found.level == level
    assert words in found.says


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o644, "fault")])
def test_a_key_of_our_own_is_for_us_alone(mode: int, level: str, look: Any, tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text(SECRET)
    path.chmod(mode)
    (found,) = look("key", qoswatch_secret_key=None, redis_url=None)
    assert found.level == level


def test_without_a_heartbeat_nobody_hears_of_our_death(look: Any) -> None:
    assert levels(look("heartbeat")) == ["ok"]
    assert "nobody will hear when Redis or the workers are down" in said(
        look("heartbeat", qoswatch_heartbeat_url=None), "warning"
    )


def test_settings_for_trials_are_told(look: Any) -> None:
    told = said(look("trials"), "warning")
    assert "QOSWATCH_TEST_CLOCK is set" in told
    assert "QOSWATCH_ALLOW_PRIVATE_TARGETS is set" in told
    none = {"qoswatch_test_clock": None, "qoswatch_allow_private_targets": False}
    assert levels(look("trials", **none)) == ["ok"]


# Zoom


def test_a_zoom_that_lets_us_ask_is_asked_once_a_check(look: Any, simulator: Simulator, store: Store) -> None:
    assert levels(look("zoom")) == ["ok"]
    assert levels(look("figures")) == ["ok"]
    assert simulator.calls.count(path="/metrics/") == 2
    assert store.budget.spent().today == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"zoom_client_id": "other"}, "invalid_client", id="wrong-client"),
        pytest.param({"zoom_account_id": "other"}, "ZOOM_ACCOUNT_ID is probably wrong", id="wrong-account"),
        pytest.param(
            dict.fromkeys(("zoom_account_id", "zoom_client_id", "zoom_client_secret")),
            "No Zoom credentials are set",
            id="no-credentials",
        ),
    ],
)
def test_wrong_credentials_are_a_fault_that_says_which(changes: Any, words: str, look: Any) -> None:
    found = look("zoom", **changes)
    assert levels(found) == ["fault"]
    assert words in found[0].says


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("4711", "lacks the scope", id="scope"),
        pytest.param("200", "Business or higher", id="plan"),
        pytest.param("200 No permission.", "lacks Dashboard: View", id="dashboard-off-or-role"),
        pytest.param("unsupported_grant_type", "not of a Server-to-Server OAuth app", id="another-app"),
    ],
)
def test_what_an_administrator_must_mend_is_a_fault(kind: str, words: str, look: Any, simulator: Simulator) -> None:
    path = "/oauth/token" if kind.startswith("unsupported") else "/metrics/"
    code, _, message = kind.partition(" ")
    simulator.faults.add(code, path, detail="dashboard:read:meeting:admin", message=message)
    found = look("zoom")
    assert levels(found) == ["fault"]
    assert words in found[0].says


def test_each_scope_is_told_by_itself(settings: Settings, simulator: Simulator) -> None:
    simulator.faults.add("4711", r"/qos", detail="dashboard:read:meeting_participant_qos:admin")
    checks = [check for check in CHECKS if check.name in ("zoom", "figures")]
    with patient(settings) as whom:
        found = dict(look_over(whom, checks=checks))
    assert found["zoom"].level == "ok"
    assert "dashboard:read:meeting_participant_qos:admin" in found["figures"].says


def test_other_apps_that_spend_our_calls_are_suspected(look: Any, simulator: Simulator) -> None:
    simulator.faults.add("429-second", "/metrics/")
    found = look("zoom")
    assert levels(found) == ["warning"]
    assert "which other apps of the account ask Zoom" in found[0].todo


def test_the_age_of_figures_is_measured_on_a_live_call(look: Any, simulator: Simulator, store: Store) -> None:
    a_call(simulator, store)
    (found,) = look("figures")
    assert found.level == "ok"
    age_s = int(found.says.split(" them ")[1].split(" s")[0])
    assert 0 <= age_s <= 180

    store.clock.advance(minutes=10)
    (found,) = look("figures")
    assert found.level == "warning"
    assert f"shows figures {age_s + 600} s late" in found.says


def test_hidden_names_are_told(look: Any, simulator: Simulator, store: Store) -> None:
    a_call(simulator, store)
    simulator.world.person("97763643886", "16778240").name = ""
    assert "Zoom hides names" in said(look("figures"), "warning")


def test_a_live_person_without_figures_is_told(look: Any, simulator: Simulator, store: Store) -> None:
    a_call(simulator, store)
    simulator.clock.step(minutes=-4)
    assert "shows no figures of somebody" in said(look("figures"), "warning")


def test_where_zoom_can_not_be_reached_it_is_told_once(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    changes = {"zoom_api_url": f"http://127.0.0.1:{port}/v2"}
    checks = [check for check in CHECKS if check.name in ("network", "zoom", "figures")]
    with patient(settings.model_copy(update=changes)) as whom:
        found = [*look_over(whom, checks=checks)]
    assert [name for name, _ in found] == ["network"]
    assert "can not be reached" in found[0][1].says


def test_missing_credentials_are_told_though_zoom_can_not_be_reached(settings: Settings) -> None:
    none = dict.fromkeys(("zoom_account_id", "zoom_client_id", "zoom_client_secret"))
    checks = [check for check in CHECKS if check.name in ("network", "zoom", "figures")]
    with patient(settings.model_copy(update={"zoom_api_url": "http://127.0.0.1:1/v2", **none})) as whom:
        found = [*look_over(whom, checks=checks)]
    assert [(name, finding.level) for name, finding in found] == [("network", "fault"), ("zoom", "fault")]
    assert "No Zoom credentials are set" in found[1][1].says


@pytest.mark.parametrize(("spent", "level"), [(0, "ok"), (40_000, "ok"), (50_000, "warning"), (60_000, "fault")])
def test_the_budget_of_the_day(spent: int, level: str, look: Any, store: Store) -> None:
    _, day = store.budget._keys("heavy")
    store.redis.set(day, spent)
    (found,) = look("budget")
    assert found.level == level
    assert f"{spent:,} of 60,000" in found.says


# The wire


@contextmanager
def a_server(date: datetime, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answers every connection alike."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                with plain, suppress(OSError):  # whoever does not trust us turns away in the middle of the handshake
                    answer(plain)

        def answer(plain: socket.socket) -> None:
            if context is None:
                say(plain)
                return
            with context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as link:
                link.settimeout(5)
                link.do_handshake()
                say(link)

        def say(link: socket.socket) -> None:
            link.settimeout(5)
            if link.recv(4096):
                head = f"HTTP/1.1 401 No\r\nDate: {format_datetime(date, usegmt=True)}\r\n"
                link.sendall(f"{head}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http{'s' if context else ''}://127.0.0.1:{listening.getsockname()[1]}/v2"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def test_webhooks_are_looked_for(look: Any, store: Store) -> None:
    [unset] = look("webhooks")
    assert (unset.level, "people are found by asking" in unset.says) == ("ok", True)

    [silent] = look("webhooks", zoom_webhook_secret=SecretStr("a-token-of-zoom"))
    assert (silent.level, silent.says) == ("warning", "no webhook has come yet")

    store.intake.add(b"{}")
    [heard] = look("webhooks", zoom_webhook_secret=SecretStr("a-token-of-zoom"))
    assert (heard.level, heard.says) == ("ok", "the last webhook came 0 min ago")

    store.intake.miss(store.clock.now() + timedelta(minutes=1))
    [missed] = look("webhooks", zoom_webhook_secret=SecretStr("a-token-of-zoom"))
    assert missed.level == "warning"
    assert missed.says.startswith("webhooks are silent since")


@pytest.mark.parametrize(
    ("ahead_s", "level", "words"),
    [
        pytest.param(0, "ok", "agree", id="same"),
        pytest.param(12, "warning", "12 s ahead of Zoom's", id="a-little"),
        pytest.param(-95, "fault", "95 s behind Zoom's", id="much"),
    ],
)
def test_clocks_that_differ_are_told(ahead_s: int, level: str, words: str, look: Any) -> None:
    with a_server(datetime.now(UTC) - timedelta(seconds=ahead_s)) as url:
        found = look("network", zoom_api_url=url)
    assert found[-1].level == level
    assert words.split(" s ")[-1] in found[-1].says


@pytest.fixture
def inspected(tmp_path: Path) -> ssl.SSLContext:
    """A certificate of a firm's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Hospital Inspection")])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
    pem = serialization.Encoding.PEM
    shape, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, shape, none))
    (tmp_path / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


def test_who_inspects_tls_is_named(look: Any, inspected: ssl.SSLContext) -> None:
    with a_server(datetime.now(UTC), inspected) as url:
        assert certificates.issuer(url) == "Example Hospital Inspection"
        found = look("network", zoom_api_url=url)
    assert levels(found) == ["fault"]
    assert "QOSWATCH_CA_FILE" in found[0].says
    assert "Example Hospital Inspection" in found[0].todo


def test_a_trusted_certificate_is_named_too(look: Any, inspected: ssl.SSLContext, tmp_path: Path) -> None:
    with a_server(datetime.now(UTC), inspected) as url:
        url = url.replace("127.0.0.1", "localhost")
        found = look("network", zoom_api_url=url, qoswatch_ca_file=tmp_path / "cert.pem")
    assert levels(found) == ["ok", "ok"]
    assert "signed by Example Hospital Inspection" in found[0].says


def test_a_signer_that_can_not_be_had_is_left_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert certificates.issuer(f"https://127.0.0.1:{port}") == ""
    assert certificates.issuer("http://127.0.0.1") == ""


# What people registered


@pytest.mark.parametrize(
    ("gate", "level", "words"),
    [
        pytest.param(Gate(proved_at=NOW), "ok", "accepted last at 10:00", id="proved"),
        pytest.param(Gate(), "warning", "has accepted nothing yet", id="never-tried"),
        pytest.param(Gate(fails=2, first_fail_at=NOW), "warning", "refused 2 in a row since 10:00", id="refusing"),
        pytest.param(Gate(fails=1, broken="no_service", proved_at=NOW), "fault", "broken: no_service", id="broken"),
    ],
)
def test_each_channel_has_its_line(
    gate: Gate, level: str, words: str, look: Any, store: Store, simulator: Simulator
) -> None:
    store.documents.channels.put(a_channel(simulator))
    gated(store, "slack-av", gate)
    found = look("channels")
    assert found[0].level == level
    assert words in found[0].says
    assert found[0].says.startswith("slack-av (slack, 127.0.0.1)")
    assert "SECRET" not in str(found)


def test_an_operations_channel_that_is_not_there_is_a_fault(look: Any, store: Store, simulator: Simulator) -> None:
    store.documents.channels.put(a_channel(simulator))
    found = look("channels", qoswatch_ops_channel="nope")
    assert "there is no such channel" in said(found, "fault")


def test_one_channel_alone_has_nobody_beside_it(look: Any, store: Store, simulator: Simulator) -> None:
    assert "no channel is registered" in said(look("channels"), "warning")
    store.documents.channels.put(a_channel(simulator))
    assert "slack-av is the only channel" in said(look("channels"), "warning")
    store.documents.channels.put(a_channel(simulator, "teams-av", kind="teams", url=simulator.teams_url()))
    gated(store, "teams-av", Gate(proved_at=NOW))
    found = look("channels")
    assert "only channel" not in said(found, "warning")
    assert "co-owner" in said(found, "ok")


def test_an_address_that_may_not_be_posted_to_is_a_fault(look: Any, store: Store, simulator: Simulator) -> None:
    store.documents.channels.put(a_channel(simulator))
    found = look("channels", qoswatch_allow_private_targets=False)
    assert "slack-av (slack, 127.0.0.1) can not be posted to" in said(found)
    assert "abcdefgh" not in str(found)


def test_an_address_sealed_with_another_key_is_a_fault(look: Any, store: Store, simulator: Simulator) -> None:
    store.documents.channels.put(a_channel(simulator))
    store.documents.put_watch(a_watch())
    other = {"qoswatch_secret_key": SecretStr("another-secret-that-is-also-long-enough")}
    assert "sealed with another QOSWATCH_SECRET_KEY" in said(look("channels", **other))
    assert "channels are gone" not in said(look("watches", **other))


@pytest.mark.parametrize(
    ("watch", "level", "words"),
    [
        pytest.param(a_watch(), "ok", "1 watch, each with rules and a channel", id="well"),
        pytest.param(a_watch(paused=True), "ok", "1 paused", id="paused"),
        pytest.param(a_watch(notify=("gone",)), "fault", "so that nobody hears: w_1", id="tells-nobody"),
        pytest.param(a_watch(notify=("slack-av", "gone")), "warning", "channels that are gone: gone", id="tells-few"),
        pytest.param(a_watch(rules=("gone",)), "fault", "so that nothing is judged: w_1", id="no-rule"),
        pytest.param(a_watch(rules=(RULE, "gone")), "warning", "rules that are gone: gone", id="a-rule-less"),
        pytest.param(
            a_watch(ends_at=NOW - timedelta(hours=1)), "warning", "ended without having seen anybody", id="never-seen"
        ),
    ],
)
def test_watches_that_can_not_do_their_work(
    watch: Watch, level: str, words: str, look: Any, store: Store, simulator: Simulator
) -> None:
    store.documents.rules.seed(documents.stock_rules().values())
    store.documents.channels.put(a_channel(simulator))
    store.documents.put_watch(watch)
    found = look("watches")
    assert levels(found) == [level]
    assert words in found[0].says


def test_a_watch_that_finds_nobody_in_a_live_meeting_is_told(look: Any, store: Store, simulator: Simulator) -> None:
    store.documents.rules.seed(documents.stock_rules().values())
    store.documents.channels.put(a_channel(simulator))
    instance = a_call(simulator, store)
    store.documents.put_watch(a_watch(bound=instance))
    store.documents.put_watch(a_watch("w_2", who=(Who("participant_id", "1"),)))
    assert "find nobody in a meeting that is on: w_2" in said(look("watches"), "warning")


def test_people_who_are_not_found_by_name_are_told_apart(look: Any, store: Store, simulator: Simulator) -> None:
    store.documents.rules.seed(documents.stock_rules().values())
    store.documents.channels.put(a_channel(simulator))
    instance = a_call(simulator, store)
    there = {"16778240": Listed(f"{instance}.16778240", "Dr Rao")}
    store.seats.change_roster(instance, lambda roster: replace(roster, people=there))
    for id, name in (("w_1", "Dr *"), ("w_2", "*Kline*")):
        store.documents.put_watch(a_watch(id, who=(Who("name", name),)))
    store.documents.put_watch(a_watch("w_3", meeting="any", who=(Who("name", "*Kline*"),)))
    store.documents.put_watch(a_watch("w_4", who=(Who("name", "Ann"),), ends_at=NOW))
    told = said(look("watches"), "warning")
    assert "people are not found in a meeting that is on: w_2 -> GET" in told
    assert "bind claims somebody" in told
    assert "without having seen anybody" not in told  # of w_4 nobody knows: names are not tied to a run


def test_an_empty_house_says_what_comes_first(look: Any) -> None:
    assert "nothing is watched" in said(look("watches"), "warning")
    assert "no rules are registered" in said(look("rules"), "warning")


def test_rules_that_stay_silent_or_can_not_be_read_are_told(look: Any, store: Store) -> None:
    store.documents.rules.seed(documents.stock_rules().values())
    assert levels(look("rules")) == ["ok"]
    silent = "audio_input.avg_loss > 5% and not wifi_rssi.avg_rssi < -75 dBm"
    store.documents.rules.put(Rule("mine", 1, "x", warning=silent))
    store.documents.rules.put(Rule("old", 1, "x", warning="audio_input.lost > 5%"))
    found = look("rules")
    assert "rule mine: " in said(found, "warning")
    assert "rule old can not be read: unknown metric 'lost'" in said(found)


# The round, and the command


def command(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser()
    doctor.add(parser.add_subparsers())
    args = parser.parse_args(["doctor", *words])
    return int(args.func(args, settings))


def test_a_check_that_fails_or_hangs_is_a_finding_and_the_others_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "CHECK_S", 0.05)
    forever = threading.Event()

    def failing(_: Patient) -> Iterator[Finding]:
        yield ok("so far")
        raise KeyError("oh")

    def hanging(_: Patient) -> Iterator[Finding]:
        forever.wait(10)
        yield ok("late")

    checks = [Check("failing", failing), Check("hanging", hanging), Check("last", lambda _: iter([ok("well")]))]
    with patient(settings) as whom:
        found = [(name, finding.level) for name, finding in look_over(whom, checks=checks)]
        monkeypatch.setattr(rounds, "WHOLE_S", -1.0)
        (late,) = (finding for _, finding in look_over(whom, checks=checks[2:]))
    forever.set()
    assert found == [("failing", "ok"), ("failing", "fault"), ("hanging", "fault"), ("last", "ok")]
    assert "no time left" in late.says


def test_each_finding_is_one_line_with_its_mark(settings: Settings, store: Store, capsys: Any) -> None:
    assert command(settings) == 1

    lines = capsys.readouterr().out.splitlines()
    assert all(line[:2] in ("✓ ", "! ", "✗ ") for line in lines[:-1])
    assert lines[-1].startswith("3 faults and ")
    names = list(dict.fromkeys(line.split()[1] for line in lines[:-1]))
    assert names == [check.name for check in CHECKS]
    begins = "✗ processes  no scheduler has ever ticked: nothing is watched → start"
    assert any(line.startswith(begins) for line in lines)


def test_the_findings_as_json(settings: Settings, store: Store, capsys: Any) -> None:
    assert command(settings, "--json") == 1

    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert {each["check"] for each in told["findings"]} == {check.name for check in CHECKS}
    assert set(told["findings"][0]) == {"check", "level", "says", "todo"}


def test_no_secret_is_ever_shown(settings: Settings, store: Store, simulator: Simulator, capsys: Any) -> None:
    store.documents.channels.put(a_channel(simulator))
    gated(store, "slack-av", Gate(fails=1, broken=f"refused {simulator.slack_url(HOOK)}"))
    command(settings)
    command(settings, "--json")
    shown = capsys.readouterr().out
    for secret in (SECRET, simulator.tokens.client_secret, HOOK, "abcdefgh", "example.org/ping"):
        assert secret not in shown


def test_slow_looks_are_told_to_a_person_at_a_terminal(
    settings: Settings, store: Store, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.sys.stderr, "isatty", lambda: True, raising=False)
    command(settings)
    captured = capsys.readouterr()
    assert "asking Zoom for a meeting …" in captured.err
    assert captured.err.endswith("\r\x1b[K")
    assert "asking Zoom" not in captured.out
