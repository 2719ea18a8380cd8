"""How every process logs: flat past-tense events, JSON when nobody sits at the terminal, secrets never.

A secret is starred wherever it stands in a line: the path and query of a web address (a webhook's address is
its password), a bearer or basic credential, the name and password of a Redis or mail address, and what an old Redis
quotes of how we logged in.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAME = re.compile(r"secret|password|authorization|api_key|(^|_)token$|(^|_)url$", re.I)
_STARRED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(https?://)[^\s/\"']*@", re.I), r"\1***@"),  # to the last @: a password may hold others
    (re.compile(r"\b(https?://(?!api\.zoom\.us|zoom\.us)[^\s/?#\"'<>]+)/[^\s\"'<>]+", re.I), r"\1/***"),
    (re.compile(r"\b((?:rediss?(?:\+sentinel)?|unix|smtps?)://)[^\s\"']*@", re.I), r"\1***@"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.I), r"\1 ***"),
    (re.compile(r"(, with args beginning with:) .*"), r"\1 ***"),
    (re.compile(r"/services/[A-Z0-9]+/[A-Z0-9]+/[\w-]+", re.I), "/services/***"),
    (re.compile(r"\bqw_([a-z0-9]+)_[\w-]{8,}", re.I), r"qw_\1_***"),
    (re.compile(r"(/a/)[\w-]{20,}"), r"\1***"),
    (
        re.compile(r"((?:secret|password|access_token|token|sig)[\"']?\s*[=:]\s*[\"']?)[^\s\"',&}]{6,}", re.I),
        r"\1***",
    ),
)


def redacted(text: str) -> str:
    """A line without its secrets."""
    for pattern, stars in _STARRED:
        text = pattern.sub(stars, text)
    return text


def _clean(value: Any) -> Any:
    match value:
        case str():
            return redacted(value)
        case Mapping():
            return {key: _named(str(key), each) for key, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
        case None | bool() | int() | float():
            return value
        case _:
            return redacted(str(value))


def _named(name: str, value: Any) -> Any:
    """A value under a telling name: an address keeps its host, any other secret nothing."""
    if not _SECRET_NAME.search(name) or value is None:
        return _clean(value)
    return redacted(value) if isinstance(value, str) and "://" in value else "***"


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The processor that stands last before the renderer; nothing is written around it."""
    return {key: value if key.startswith("_") else _named(key, value) for key, value in event.items()}


def configure(role: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Every line of this process, ours and the libraries', goes one way. Call it before anything logs."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        lambda _, __, event: {"role": role, **event},  # threads have no context of their own: said here
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, _renderer(out)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    _hush()


def _renderer(out: TextIO) -> Processor:
    if out.isatty() or os.environ.get("FORCE_COLOR"):  # `up` at a terminal asks it of its children
        return structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _hush() -> None:
    """Libraries that say four lines a job, or repeat that a slow tick is slow each second."""
    logging.getLogger("rq").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
