"""Settings: every wrong variable is named at once, in words, and no secret is ever shown."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from service.settings import Settings, SettingsError, environment, load

SECRET = "a-secret-of-at-least-thirty-two-characters"


def faults(**environ: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return refused.value.faults


@pytest.mark.parametrize(
    ("environ", "field", "value"),
    [
        pytest.param({}, "port", 8000, id="defaults"),
        pytest.param({"PORT": " 9000 "}, "port", 9000, id="spaces-around"),
        pytest.param({"PORT": ""}, "port", 8000, id="empty-is-unset"),
        pytest.param({"QOSWATCH_POLL_SECONDS": "2m"}, "qoswatch_poll_seconds", 120, id="minutes"),
        pytest.param({"QOSWATCH_KEEP_SAMPLES": "12h"}, "qoswatch_keep_samples_s", 43_200, id="hours"),
        pytest.param({"QOSWATCH_KEEP_ALERTS": "90"}, "qoswatch_keep_alerts_s", 90, id="bare-seconds"),
        pytest.param({"QOSWATCH_ALLOW_PRIVATE_TARGETS": "yes"}, "qoswatch_allow_private_targets", True, id="yes"),
        pytest.param({"ZOOM_API_URL": "http://127.0.0.1:8026/"}, "zoom_api_url", "http://127.0.0.1:8026", id="url"),
        pytest.param({"QOSWATCH_CA_FILE": __file__}, "qoswatch_ca_file", Path(__file__), id="a-file-by-nature"),
        pytest.param({"XDG_DATA_HOME": "/data"}, "qoswatch_data_dir", Path("/data/qoswatch"), id="xdg"),
        pytest.param({"QOSWATCH_TEST_CLOCK": "12@1764000000"}, "qoswatch_test_clock", "12@1764000000", id="clock"),
        pytest.param({"PATH": "/bin", "ZOOMED": "1"}, "port", 8000, id="other-peoples-variables"),
    ],
)  # fmt: skip
def test_what_the_environment_says(environ: dict[str, str], field: str, value: object) -> None:
    assert getattr(load(environ), field) == value


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("PORT", "web", "whole number", id="not-a-number"),
        pytest.param("PORT", "70000", "too large", id="no-such-port"),
        pytest.param("QOSWATCH_KEEP_SAMPLES", "7w", "90s, 5m, 12h or 7d", id="unknown-unit"),
        pytest.param("QOSWATCH_POLL_SECONDS", "0", "not a duration", id="never-zero"),
        pytest.param("QOSWATCH_TZ", "Mars/Olympus", "Europe/Berlin", id="no-such-zone"),
        pytest.param("QOSWATCH_TZ", "../etc/passwd", "Europe/Berlin", id="a-path-is-no-zone"),
        pytest.param("ZOOM_API_URL", "http://api.zoom.us/v2", "https://", id="token-in-the-clear"),
        pytest.param("ZOOM_PLAN", "gold", "'business' or 'pro'", id="no-such-plan"),
        pytest.param("QOSWATCH_ALLOW_PRIVATE_TARGETS", "maybe", "use 1 or 0", id="neither-on-nor-off"),
        pytest.param("QOSWATCH_TEST_CLOCK", "fast", "SPEED@BASE", id="clock"),
        pytest.param("QOSWATCH_DIE_AT", "postd:3", "leased, posted, recorded", id="no-such-crash-point"),
        pytest.param("QOSWATCH_DIE_AT", "posted:0", "posted:17", id="never-passed"),
        pytest.param("QOSWATCH_CA_FILE", "/nowhere/ca.pem", "names no file", id="missing-file"),
        pytest.param("QOSWATCH_CA_FILE", "a" * 5000, "names no file", id="longer-than-names-are"),
        pytest.param("QOSWATCH_DATA_DIR", "~nobody-here/x", "write the whole path", id="nobodys-home"),
        pytest.param("QOSWATCH_REQUESTS_PER_MINUTE", "59", "too small", id="a-pace-below-one-a-second"),
        pytest.param("QOSWATCH_OPS_CHANNEL", "\udcff", "is not UTF-8", id="bytes-that-are-no-text"),
        pytest.param("SMTP_URL", "mail.example.org", "smtp://user:password@mail.example.org:587", id="no-mail-server"),
        pytest.param("SMTP_URL", "smtp://av@mail.example.org", "or neither", id="half-a-login"),
        pytest.param("QOSWATCH_SECRET_KEY", "short", "32 characters", id="short-key"),
        pytest.param("REDIS_URL", "localhost:6379", "redis://", id="not-a-url"),
        pytest.param("REDIS_URL", "redis+sentinel://s1:26379", "/service", id="sentinels-of-nothing"),
        pytest.param("QOSWATCH_POL_SECONDS", "60", "did you mean QOSWATCH_POLL_SECONDS?", id="misspelt"),
        pytest.param("ZOOM_ACCOUNT_FILE", "/x", "did you mean ZOOM_ACCOUNT_ID?", id="misspelt-file"),
        pytest.param("ZOOM_CLIENT_ID", "abc", "ZOOM_ACCOUNT_ID, ZOOM_CLIENT_SECRET", id="one-of-three"),
    ],
)
def test_a_wrong_variable_is_named_and_told_what_works(name: str, value: str, says: str) -> None:
    assert says in faults(**{name: value})[name]


def test_all_faults_are_told_at_once() -> None:
    found = faults(PORT="web", QOSWATCH_TZ="Mars", QOSWATCH_NOISE="1", REDIS_URL="redis://here")
    assert set(found) == {"PORT", "QOSWATCH_TZ", "QOSWATCH_NOISE", "QOSWATCH_SECRET_KEY"}


def test_two_ways_into_zoom_are_one_too_many() -> None:
    three = {"ZOOM_ACCOUNT_ID": "a", "ZOOM_CLIENT_ID": "b", "ZOOM_CLIENT_SECRET": "c"}
    assert load(three).has_zoom
    assert "stands alone" in faults(**three, ZOOM_ACCESS_TOKEN="t")["ZOOM_ACCESS_TOKEN"]


def test_a_setting_may_come_from_a_file_and_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    settings = load({"ZOOM_ACCESS_TOKEN_FILE": str(file)})
    file.write_text("second\n")
    again = settings.again("zoom_access_token")
    assert settings.zoom_access_token
    assert again
    assert (settings.zoom_access_token.get_secret_value(), again.get_secret_value()) == ("first", "second")


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert "No such file" in faults(ZOOM_ACCESS_TOKEN_FILE=str(tmp_path / "no"))["ZOOM_ACCESS_TOKEN_FILE"]
    (tmp_path / "empty").touch()
    assert "empty" in faults(ZOOM_ACCESS_TOKEN_FILE=str(tmp_path / "empty"))["ZOOM_ACCESS_TOKEN_FILE"]
    assert "twice" in faults(PORT="1", PORT_FILE="/x")["PORT"]


def test_no_secret_shows_in_the_settings_nor_in_a_fault() -> None:
    hidden = {
        "REDIS_URL": "redis://:hunter2@h:6379",
        "QOSWATCH_SECRET_KEY": "hunter2" * 6,
        "ZOOM_ACCESS_TOKEN": "hunter2",
        "QOSWATCH_API_KEY": "hunter2" * 4,
        "SLACK_URL": "https://hooks.slack.com/services/T0/B0/hunter2",
        "SMTP_URL": "smtp://u:hunter2@h",
        "QOSWATCH_HEARTBEAT_URL": "https://hc.example/hunter2",
        "QOSWATCH_HTTPS_PROXY": "http://u:hunter2@p:3128",
    }
    assert "hunter2" not in repr(load(hidden)) + str(load(hidden))
    wrong = {name: "hunter2 " + value for name, value in hidden.items() if name.endswith("URL")}
    assert "hunter2" not in str(faults(**wrong))


def test_what_can_not_work_is_refused_at_the_start() -> None:
    told = faults(
        QOSWATCH_API_KEY="short",
        SLACK_URL="https://hooks.slack.com/triggers/T0/1/x",
    )
    assert "shorter than 24" in told["QOSWATCH_API_KEY"]
    assert "/services/" in told["SLACK_URL"]


def test_the_key_at_rest_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    settings = load({"QOSWATCH_DATA_DIR": str(tmp_path / "data")})
    keys = settings.secret_keys
    assert settings.secret_keys == keys
    assert (tmp_path / "data/secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert Fernet(keys[0])


def test_keys_can_be_rotated() -> None:
    old = load({"QOSWATCH_SECRET_KEY": SECRET})
    both = load({"QOSWATCH_SECRET_KEY": f"{SECRET[::-1]}, {SECRET}"})
    assert both.secret_keys[1:] == old.secret_keys


def test_a_dotenv_file_stands_behind_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nZOOM_PLAN=pro\nREDIS_URL=\n")
    assert environment({"PORT": "9001"}, tmp_path) == {"PORT": "9001", "ZOOM_PLAN": "pro"}


def test_settings_made_by_name_never_hear_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1234")
    assert Settings().port == 8000
