"""How the text of one variable becomes a value, and in what words it is refused."""

import base64
import contextlib
import hashlib
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from rules.sentinels import SentinelUrlError, is_sentinels, sentinels

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def refuse(sentence: str) -> PydanticCustomError:
    """The error that says it in our words."""
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})


def _seconds(given: object) -> int:
    """`60`, `90s`, `5m`, `12h`, `90d`."""
    found = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", str(given).strip())
    if not found or int(found[1]) == 0:
        raise refuse("is not a duration: write it as 60, 90s, 5m, 12h or 7d")
    return int(found[1]) * _SECONDS[found[2]]


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        whole = False
    if not whole:
        raise refuse("is not a web address: it begins with https:// and names a host")
    return text.rstrip("/")


def _guarded_url(text: str) -> str:
    """Credentials travel there: https, or this machine."""
    url = _url(text)
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in _LOOPBACK:
        raise refuse("must begin with https:// since credentials go there (plain http: 127.0.0.1 only)")
    return url


def _redis_url(text: str) -> str:
    if is_sentinels(text):
        try:
            sentinels(text)
        except SentinelUrlError as error:
            raise refuse(str(error)) from None
    elif not re.match(r"(redis|rediss|unix)://", text):
        raise refuse(
            "is not a Redis address: use redis://host:6379/0, rediss://…, unix:///path/redis.sock "
            "or redis+sentinel://host:26379,host:26379/service"
        )
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder an OSError
        raise refuse("is not a time zone: use a name such as Europe/Berlin or America/New_York") from None
    return name


def _matching(pattern: str, sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise refuse(sentence)
        return text

    return AfterValidator(check)


def _existing(path: Path) -> Path:
    with contextlib.suppress(OSError):  # too long for a name: it names nothing either
        if path.is_file():
            return path
    raise refuse(f"names no file: {str(path)[:200]}")


def _folder(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise refuse("begins with the home of somebody who is not known here: write the whole path") from None


Seconds = Annotated[int, BeforeValidator(_seconds)]
Url = Annotated[str, AfterValidator(_url)]
GuardedUrl = Annotated[str, AfterValidator(_guarded_url)]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
Zone = Annotated[str, AfterValidator(_zone)]
ExistingFile = Annotated[Path, AfterValidator(_existing)]
Folder = Annotated[Path, AfterValidator(_folder)]
Clock = Annotated[str, _matching(r"hash|\d+(\.\d+)?@\d+(\.\d+)?", "is neither SPEED@BASE (12@1764000000) nor hash")]

#: Where a process may be told to kill itself. Poll worker: `claimed` to `committed`; deliver worker: `leased` to
#: `recorded`; scheduler: `taken` (claimed, not handed on), `handed`, `chore`; web: `kept` (nobody woken yet), `woken`.
Point = Literal[
    "claimed",
    "polled",
    "decided",
    "committed",
    "leased",
    "posted",
    "recorded",
    "taken",
    "handed",
    "chore",
    "kept",
    "woken",
]
_POINTS = get_args(Point)
DieAt = Annotated[
    str,
    _matching(
        rf"({'|'.join(_POINTS)}):[1-9]\d*", f"is no crash point and a count, such as posted:17: {', '.join(_POINTS)}"
    ),
]


def fernet_key(secret: str) -> str:
    """The Fernet key of a secret of any shape."""
    digest = hashlib.sha256(b"qoswatch at rest\0" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()


def made_secret(path: Path) -> str:
    """The secret kept at `path`, made 0600 at first use; whoever comes second takes the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as file:  # 0600 by itself
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was first: its secret is the one
                os.link(file.name, path)
    return path.read_text().strip()
