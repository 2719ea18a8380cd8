"""A meeting as people give it (number, UUID, join URL) → a number of digits only, or a UUID.

977 6364 3886 · 977-6364-3886     spaces and dashes drop out
4444AAAiAAAAAiAiAiiAii==          one run, by UUID
https://us02web.zoom.us/j/97763643886?pwd=…     /j/ /w/ /s/ /wc/join/ …; the password is not kept
"""

import re
from urllib.parse import urlsplit

_NUMBER = re.compile(r"\d{9,11}")
_UUID = re.compile(r"[A-Za-z0-9+/]{22}==")
_PATH = re.compile(r"/(?:j|w|s|wc|wc/join)/(\d{9,11})(?:/|$)")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)*(?:zoom\.us|zoom\.com|zoomgov\.com)")
_FORMS = "a meeting is its number (977 6364 3886), its UUID, its join URL, or 'any' in a watch"


def meeting_name(given: str) -> str:
    """The number or UUID that is meant. Raises ValueError with a sentence; never repeats what was given."""
    text = given.strip()
    digits = re.sub(r"[\s-]", "", text)
    if _NUMBER.fullmatch(digits):
        return digits
    if _UUID.fullmatch(text):
        return text
    if "://" in text:
        return _of_url(text)
    if digits.isdecimal() and digits.isascii():
        raise ValueError(f"a meeting number has 9 to 11 digits, not {len(digits)}")
    raise ValueError(_FORMS)


def _of_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:  # half an IPv6 address
        raise ValueError(_FORMS) from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ValueError("this is no Zoom address: a join URL looks like https://zoom.us/j/97763643886")
    if parts.path.startswith("/my/"):
        raise ValueError("a personal link does not say its meeting: give the number that Zoom shows there")
    if not (found := _PATH.match(parts.path)):
        raise ValueError("no meeting number stands in this URL; it looks like https://zoom.us/j/97763643886")
    return found[1]
