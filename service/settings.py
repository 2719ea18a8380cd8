"""What the environment says, read once: every wrong variable is named at once, secrets stay masked.

Each variable may also come as `<NAME>_FILE`, the path of a file that holds it. An empty variable is unset.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from rules.destinations import ChannelUrlError, check_url
from rules.mailing import MailServerError, mail_server
from service.values import (
    Clock,
    DieAt,
    ExistingFile,
    Folder,
    GuardedUrl,
    RedisUrl,
    Seconds,
    Url,
    Zone,
    fernet_key,
    made_secret,
    refuse,
)
from service.values import Point as Point

_OURS = ("QOSWATCH_", "ZOOM_")
_ZOOM_THREE = ("zoom_account_id", "zoom_client_id", "zoom_client_secret")
_KEY_LENGTH, _API_KEY_LENGTH = 32, 24


class SettingsError(Exception):
    """The environment can not be used. `faults` maps each variable to its sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        lines = [f"  {name}: {sentence}" for name, sentence in self.faults.items()]
        super().__init__("\n".join(["the settings can not be used:", *lines]))


class Settings(BaseSettings):
    """The settings of one process. Build it with `load`; tests may give values by name."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    redis_url: RedisUrl | None = Field(None, repr=False)
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    public_url: Url | None = None
    zoom_account_id: str | None = None
    zoom_client_id: str | None = None
    zoom_client_secret: SecretStr | None = None
    zoom_access_token: SecretStr | None = None
    zoom_api_url: GuardedUrl = "https://api.zoom.us/v2"
    zoom_token_url: GuardedUrl = "https://zoom.us/oauth/token"
    zoom_webhook_secret: SecretStr | None = None
    zoom_plan: Literal["business", "pro"] = "business"
    zoom_heavy_per_second: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None
    zoom_intensive_per_minute: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None
    zoom_calls_per_day: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    slack_signing_secret: SecretStr | None = None
    qoswatch_api_key: SecretStr | None = None
    qoswatch_secret_key: SecretStr | None = None
    qoswatch_requests_per_minute: Annotated[int, Field(ge=60, le=6_000_000)] = 1_200
    qoswatch_ops_channel: str | None = None
    qoswatch_heartbeat_url: Url | None = Field(None, repr=False)
    qoswatch_poll_seconds: Seconds = 60
    qoswatch_keep_samples_s: Seconds = 7 * 86_400
    qoswatch_keep_alerts_s: Seconds = 90 * 86_400
    qoswatch_tz: Zone = "UTC"
    qoswatch_https_proxy: Url | None = Field(None, repr=False)
    qoswatch_ca_file: ExistingFile | None = None
    qoswatch_allow_private_targets: bool = False
    qoswatch_data_dir: Folder = Field(default_factory=lambda: data_dir(os.environ))
    qoswatch_user_header: str | None = None
    smtp_url: str | None = Field(None, repr=False)
    slack_url: Url | None = Field(None, repr=False)
    qoswatch_test_clock: Clock | None = None
    qoswatch_die_at: DieAt | None = None
    files: Mapping[str, Path] = Field(default_factory=dict, repr=False)  #: field → the file that it came from

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load` alone reads the environment, so a test's Settings(…) never hears the machine's."""
        return (init_settings,)

    @field_validator("slack_url")
    @classmethod
    def _slack(cls, given: str | None) -> str | None:
        if given:
            try:
                check_url("slack", given, allow_private=True)
            except ChannelUrlError as error:
                raise refuse(str(error)) from None
        return given

    @field_validator("smtp_url")
    @classmethod
    def _mail(cls, given: str | None) -> str | None:
        if given:
            try:
                mail_server(given)
            except MailServerError as error:
                raise refuse(str(error)) from None
        return given

    @field_validator("qoswatch_api_key")
    @classmethod
    def _long(cls, given: SecretStr | None) -> SecretStr | None:
        if given and len(given.get_secret_value()) < _API_KEY_LENGTH:
            raise refuse(
                f"is shorter than {_API_KEY_LENGTH} characters; make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(24))"'
            )
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [name for name in _ZOOM_THREE if getattr(self, name)]
        if given and len(given) < len(_ZOOM_THREE):
            missing = ", ".join(name.upper() for name in _ZOOM_THREE if name not in given)
            raise refuse(f"{given[0].upper()} needs {missing} beside it")
        if given and self.zoom_access_token:
            raise refuse("ZOOM_ACCESS_TOKEN stands alone: unset it, or unset ZOOM_ACCOUNT_ID and its kin")
        return self

    @property
    def has_zoom(self) -> bool:
        """Whether there are credentials of a real Zoom account."""
        return bool(self.zoom_access_token or self.zoom_account_id)

    @property
    def secret_keys(self) -> list[str]:
        """Fernet keys, newest first: of QOSWATCH_SECRET_KEY (commas between several), else one of our own."""
        given = self.qoswatch_secret_key
        text = given.get_secret_value() if given else made_secret(self.qoswatch_data_dir / "secret.key")
        return [fernet_key(part.strip()) for part in text.split(",")]

    def again(self, name: str) -> SecretStr | None:
        """A secret read anew from its file, when it came from one: people replace files while we run."""
        path = self.files.get(name)
        value: SecretStr | None = getattr(self, name)
        return SecretStr(path.read_text().strip()) if path else value


def data_dir(environ: Mapping[str, str]) -> Path:
    """Where we keep things unless QOSWATCH_DATA_DIR says otherwise."""
    return Path(environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "qoswatch"


def variable(field: str) -> str:
    """qoswatch_keep_samples_s -> QOSWATCH_KEEP_SAMPLES: durations bear their unit in code only."""
    return field.upper().removesuffix("_S")


VARIABLES: Mapping[str, str] = {variable(name): name for name in Settings.model_fields if name != "files"}


def environment(environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> dict[str, str]:
    """The environment over the `.env` file of the current folder, for people at a terminal."""
    found = {name: value for name, value in dotenv_values((folder or Path.cwd()) / ".env").items() if value}
    return {**found, **environ}


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that an environment describes. Raises SettingsError naming every wrong variable."""
    faults = _strangers(environ)
    values: dict[str, Any] = {"qoswatch_data_dir": data_dir(environ)}
    files: dict[str, Path] = {}
    for name, field in VARIABLES.items():
        if path := environ.get(f"{name}_FILE"):
            files[field] = Path(path)
            _take_file(name, environ, faults, values)
        elif value := environ.get(name, "").strip():
            if _is_text(value):
                values[field] = value
            else:
                faults[name] = "is not UTF-8 text"
    faults.update(_key_faults(values))
    try:
        settings = Settings(**values, files=files)
    except ValidationError as error:
        faults.update(dict(_fault(each) for each in error.errors()))
    if faults:
        raise SettingsError(faults)
    return settings


def _is_text(value: str) -> bool:
    """Bytes that are no UTF-8 come out of the environment as lone surrogates."""
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _take_file(name: str, environ: Mapping[str, str], faults: dict[str, str], values: dict[str, Any]) -> None:
    if environ.get(name, "").strip():
        faults[name] = f"is given twice: unset {name} or {name}_FILE"
        return
    try:
        values[VARIABLES[name]] = Path(environ[f"{name}_FILE"]).read_text().strip()
        if not values[VARIABLES[name]]:
            faults[f"{name}_FILE"] = "names an empty file"
    except (OSError, UnicodeError) as error:
        faults[f"{name}_FILE"] = f"can not be read: {getattr(error, 'strerror', None) or 'it is not text'}"


def _strangers(environ: Mapping[str, str]) -> dict[str, str]:
    known = set(VARIABLES) | {f"{name}_FILE" for name in VARIABLES}
    strange = [name for name in environ if name.startswith(_OURS) and name not in known]
    return {name: "is no setting of ours" + _near(name) for name in strange}


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, VARIABLES, 1, 0.6)
    return f": did you mean {near[0]}?" if near else "; .env.example lists them all"


def _key_faults(values: Mapping[str, Any]) -> dict[str, str]:
    key = values.get("qoswatch_secret_key", "")
    make = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
    if "redis_url" in values and not key:
        return {"QOSWATCH_SECRET_KEY": f"is needed with REDIS_URL, the same on every machine; {make}"}
    if key and any(len(part.strip()) < _KEY_LENGTH for part in key.split(",")):
        return {"QOSWATCH_SECRET_KEY": f"is shorter than {_KEY_LENGTH} characters; {make}"}
    return {}


def _fault(error: Any) -> tuple[str, str]:
    """One of pydantic's findings as (variable, sentence), the value never echoed."""
    if not error["loc"]:
        sentence = error["msg"]
        return sentence.split()[0], " ".join(sentence.split()[1:])
    words = {
        "int_parsing": "is not a whole number",
        "float_parsing": "is not a number",
        "finite_number": "is not a number",
        "greater_than": "is too small",
        "bool_parsing": "is neither on nor off: use 1 or 0",
        "greater_than_equal": "is too small",
        "less_than_equal": "is too large",
        "literal_error": "must be " + error.get("ctx", {}).get("expected", ""),
    }
    return variable(str(error["loc"][0])), words.get(error["type"], error["msg"])
