"""The fields of a rule document: each reader takes the text and answers the value, or says what would work."""

import re
from urllib.parse import urlsplit

from rules.errors import RulesError
from rules.expression import compile_rule_text
from rules.model import NoData, Span

MAX_MINUTES = 60  # a ring's minutes are bits
MAX_TEXT = 200
MAX_URL = 2000
_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_JOINERS = re.compile("[\u200c\u200d]")  # Persian words and emoji families need them
_DAY_S = 86_400


class FieldError(RulesError):
    """The text of a field can not be used; the message says what could."""


def level(text: str) -> str:
    """A rule text that compiles. Raises RuleTextError."""
    compile_rule_text(text)
    return text


def span(text: str) -> Span:
    """`N of M` minutes, or `Nm` for N of N."""
    found = re.fullmatch(r"\s*([0-9]{1,4})\s+of\s+([0-9]{1,4})\s*|\s*([0-9]{1,4})\s*m\s*", text)
    if not found:
        raise FieldError('write how many of how many minutes: "3 of 5"; or "2m" for 2 of 2')
    need = int(found[1] or found[3])
    of = int(found[2] or found[3])
    if of > MAX_MINUTES:
        raise FieldError(f"{of} minutes are too many: at most {MAX_MINUTES}")
    if not 1 <= need <= of:
        raise FieldError(f"{need} of {of} minutes can not be: at least 1, at most {of}")
    return Span(need, of)


def line(text: str) -> str:
    """One line of at most 200 characters."""
    if len(text) > MAX_TEXT:
        raise FieldError(f"{len(text)} characters are too many: at most {MAX_TEXT}")
    if not _JOINERS.sub("", text).isprintable():
        raise FieldError("only one line of plain text")
    return text.strip()


def says(text: str) -> str:
    """What it means to listeners, in words; `{who}` stands for the person."""
    text = line(text)
    if not text:
        raise FieldError('say what people notice: "others hear {who} breaking up"')
    if re.search(r"[{}]", text.replace("{who}", "")):
        raise FieldError("{who} is the only placeholder")
    return text


def no_data(text: str) -> NoData:
    """What becomes of a breach while no rows come."""
    if text == "keep":
        return "keep"
    if text == "alert":
        return "alert"
    if text == "close":
        return "close"
    raise FieldError('"keep", "alert" or "close"')


def duration(text: str) -> int:
    """Seconds: "5m", "90s", "300", "1h"; from one minute to one day."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*([smh]?)\s*", text)
    if not found:
        raise FieldError('write a duration: "5m", "90s" or "300"')
    seconds = int(found[1]) * _UNITS_S[found[2]]
    if not 60 <= seconds <= _DAY_S:
        raise FieldError("rows come once a minute: from 1m to 24h")
    return seconds


def https(text: str) -> str:
    """An https address that people can follow."""
    if len(text) > MAX_URL:
        raise FieldError(f"{len(text)} characters are too many: at most {MAX_URL}")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme != "https" or re.search(r"[\s\"'<>\\|^`{}]", text) or not text.isprintable():
        raise FieldError("an https:// address without spaces")
    return text
