"""Turns the two chat tools' own markup into safe HTML, as far as the inbox page needs it."""

import html
import re
from collections.abc import Callable

from markupsafe import Markup

_EMOJI = {
    "red_circle": "🔴",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "large_green_circle": "🟢",
    "white_circle": "⚪",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "rotating_light": "🚨",
    "bell": "🔔",
    "speech_balloon": "💬",
    "pause_button": "⏸️",
    "test_tube": "🧪",
}


class _Kept:
    """Finished pieces of HTML, out of the way until the rest is done."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def keep(self, piece: str) -> str:
        self._pieces.append(piece)
        return f"\0{len(self._pieces) - 1}\0"

    def restore(self, text: str) -> Markup:
        while "\0" in text:
            text = re.sub(r"\0(\d+)\0", lambda match: self._pieces[int(match[1])], text)
        return Markup(text)


def _safe(text: str) -> str:
    return html.escape(text.replace("\0", ""))


def _link(url: str, label: str) -> str:
    if not url.startswith(("https://", "http://", "mailto:", "tel:")):
        return _safe(label)
    return f'<a href="{_safe(url)}" target="_blank" rel="noopener noreferrer">{_safe(label)}</a>'


def _slack_control(inner: str) -> str:
    """What stands between < and >: a mention, a date or a link."""
    target, _, label = (part.strip() for part in inner.partition("|"))
    plain = html.unescape(label)
    if target.startswith("!date^"):
        return _safe(plain)
    if target.startswith(("!", "@", "#")):
        name = plain or target.removeprefix("!").removeprefix("subteam^")
        return f'<span class="ping">@{_safe(name.lstrip("@"))}</span>'
    return _link(html.unescape(target), plain or html.unescape(target))


def slack(text: object) -> Markup:
    """mrkdwn: *bold* _italic_ ~struck~ `code` <url|label> <!channel> :emoji:"""
    kept = _Kept()
    rest = str(text).replace("\0", "")
    rest = re.sub(r"<([^<>\n]+)>", lambda m: kept.keep(_slack_control(m[1])), rest)
    rest = re.sub(r"```\n?(.+?)```", lambda m: kept.keep(f"<pre>{_unescaped(m[1])}</pre>"), rest, flags=re.S)
    rest = re.sub(r"`([^`\n]+)`", lambda m: kept.keep(f"<code>{_unescaped(m[1])}</code>"), rest)
    rest = _unescaped(rest)
    for mark, tag in (("*", "strong"), ("_", "em"), ("~", "s")):
        sign = re.escape(mark)
        pattern = rf"(?<![\w{sign}]){sign}(?=\S)([^{sign}\n]+?)(?<=\S){sign}(?![\w{sign}])"
        rest = re.sub(pattern, rf"<{tag}>\1</{tag}>", rest)
    return kept.restore(emoji(rest).replace("\n", "<br>"))


def _unescaped(text: str) -> str:
    """Slack's three entities read, and everything escaped again for HTML; kept pieces pass."""
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return html.escape(text)


def emoji(text: str) -> str:
    """:red_circle: and the like, those we know."""
    return re.sub(r":([a-z_]+):", lambda match: _EMOJI.get(match[1], match[0]), text)


def plain(text: object) -> Markup:
    """A plain_text object: only emoji and line breaks mean anything."""
    return Markup(emoji(html.escape(str(text))).replace("\n", "<br>"))


def teams(text: object) -> Markup:
    r"""The subset a card knows: **bold** *italic* _italic_ [label](url) lists, \ before a sign, blank lines."""
    kept = _Kept()
    rest = str(text).replace("\0", "")
    rest = re.sub(r"\\([\\`*_{}\[\]()#+\-.!<>~|])", lambda m: kept.keep(_safe(m[1])), rest)
    rest = re.sub(r"<at>(.+?)</at>", lambda m: kept.keep(f'<span class="ping">{_safe(m[1])}</span>'), rest)
    # A label may hold kept pieces (escaped signs), which is why it is escaped but not cleaned.
    link: Callable[[re.Match[str]], str] = lambda m: kept.keep(_card_link(m[2], m[1]))  # noqa: E731 - typed
    rest = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", link, rest)
    rest = html.escape(rest)
    rest = re.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"<strong>\1</strong>", rest)
    rest = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"<em>\1</em>", rest)
    rest = re.sub(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])", r"<em>\1</em>", rest)
    rest = re.sub(r"(?m)^[-*] +(.*)$", r'<span class="item">\1</span>', rest)
    return kept.restore(re.sub(r"\r?\n\s*\n", "<br>", rest).replace("\n", " "))


def _card_link(url: str, label: str) -> str:
    if not url.startswith(("https://", "http://")):
        return html.escape(label)
    return f'<a href="{_safe(url)}" target="_blank" rel="noopener noreferrer">{html.escape(label)}</a>'
