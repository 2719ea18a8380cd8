"""Names that strangers choose: what a chat could take for a mention, a link, a style, or choke on."""

from hypothesis import strategies as st

_PIECES = (
    "<!channel>", "<!here|x>", "<@U02ANA>", "<at>everyone</at>", "&lt;at&gt;all&lt;/at&gt;", "<https://evil.example|x>",
    "[click](https://evil.example)", "![x](https://evil.example/i.png)", "*bold*", "_it_", "~no~", "`code`", "```",
    "**", "__", "1. ", "- ", "# ", "\\", "\\[", ">", "&", "&amp;", "&#60;", "\n", "\r\n",
    "\x00", "\x1b[31m", "\u202e", "\u2066",
    "\u200b", "\u2028", "\ue000", "\ue001", "\ufeff", "👩‍🔧", "𝕽𝖆𝖔", "\ud800", "Rao", "راو", "Ж",
    "{who}", "{topic}", "%s", ":skull:",
    "a" * 400, "👩" * 300,
)  # fmt: skip

#: Any text at all, and the worst that we know of.
NAMES = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=12).map("".join),
)
