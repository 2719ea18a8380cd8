"""Strangers' text made plain: what a chat would read as a mention, a link or a style becomes a look-alike.

Backslashes are no way out: Slack knows none, and Teams shows them on some phones
(https://github.com/microsoft/AdaptiveCards/issues/5590).
"""

import re

_STYLES = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
_MARKDOWN = str.maketrans({"<": "‹", ">": "›", "[": "［", "]": "］", "\\": "∖"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LIST_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+#])(?=[\s#-]|$)")


def unstyled(text: str) -> str:
    """Text in which nothing turns bold, italic, struck or code; `room_3` keeps its line."""
    return _EDGE_UNDERSCORE.sub("ˍ", text.translate(_STYLES))


def without_markdown(text: str) -> str:
    """Text that Teams' Markdown leaves alone: no link, mention, style, list or hidden character reference."""
    text = _ENTITY.sub("＆", unstyled(text).translate(_MARKDOWN))
    if text.count("_") > 1:  # older readers turn the middle of a_b_c italic; ids have one and stay as they are
        text = text.replace("_", "ˍ")
    return _LIST_START.sub(lambda found: f"{found[1]}․" if found[1] else "‐", text)


def units(text: str) -> int:
    """Length as chats may count it: a character beyond the first plane is two."""
    return len(text) if text.isascii() else len(text) + sum(letter > "\uffff" for letter in text)


def clip(text: str, limit: int) -> str:
    """At most `limit` units, the last one "…" when something is missing."""
    if units(text) <= limit:
        return text
    room, end = limit - 1, 0
    while (room := room - units(text[end])) >= 0:
        end += 1
    return text[:end].rstrip(" \u200c\u200d") + "…"
