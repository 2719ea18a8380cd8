"""Rule documents: JSON becomes a Rule, all that is wrong is told at once, and a rule reads itself back."""

import pytest

from rules import documents
from rules.errors import RuleError
from rules.model import Rule, Span

MINIMAL = {"says": "others hear {who} breaking up", "warning": "audio_input.avg_loss > 5%"}


def a_document(**changes):
    return MINIMAL | {key.rstrip("_"): given for key, given in changes.items()}


def a_rule(**changes):
    return documents.rule(a_document(**changes), id="mine")


def _faults(doc, id="mine"):
    with pytest.raises(RuleError) as error:
        documents.rule(doc, id=id)
    return [(fault.pointer, fault.sentence) for fault in error.value.errors]


def test_document_with_every_key_becomes_a_rule():
    doc = {
        "id": "mine",
        "says": "others hear {who} breaking up",
        "try": "Camera off, then cable or phone-in",
        "warning": "audio_input.avg_loss > 5%",
        "for": "3 of 5",
        "critical": "audio_input.avg_loss > 10%",
        "critical_for": "2 of 3",
        "clear": "audio_input.avg_loss < 2%",
        "clear_for": "2m",
        "no_data": "alert",
        "no_data_for": "90s",
        "runbook_url": "https://wiki.example/audio",
    }

    assert documents.rule(doc, id="mine", revision=7) == Rule(
        id="mine",
        revision=7,
        says="others hear {who} breaking up",
        hint="Camera off, then cable or phone-in",
        warning="audio_input.avg_loss > 5%",
        critical="audio_input.avg_loss > 10%",
        clear="audio_input.avg_loss < 2%",
        warning_for=Span(3, 5),
        critical_for=Span(2, 3),
        clear_for=Span(2, 2),
        no_data="alert",
        no_data_for_s=90,
        runbook_url="https://wiki.example/audio",
    )


def test_defaults_are_three_of_five_two_of_two_keep_five_minutes():
    rule = a_rule()
    assert (rule.warning_for, rule.clear_for, rule.no_data, rule.no_data_for_s) == (
        Span(3, 5),
        Span(2, 2),
        "keep",
        300,
    )
    assert (rule.critical, rule.clear, rule.hint, rule.runbook_url, rule.stock) == (None, None, "", None, False)


def test_critical_for_is_for_unless_it_is_given():
    assert a_rule(critical="audio_input.avg_loss > 10%", for_="4 of 6").critical_for == Span(4, 6)


def test_null_is_the_same_as_nothing():
    assert a_rule(critical=None, try_=None, no_data=None) == a_rule()


@pytest.mark.parametrize(
    ("written", "span"),
    [
        pytest.param("3 of 5", Span(3, 5), id="n-of-m"),
        pytest.param(" 3  of 5 ", Span(3, 5), id="spaces"),
        pytest.param("2m", Span(2, 2), id="minutes"),
        pytest.param("1 of 1", Span(1, 1), id="one"),
        pytest.param("60 of 60", Span(60, 60), id="an-hour"),
    ],
)
def test_minutes_are_written_so(written, span):
    assert a_rule(for_=written).warning_for == span


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        pytest.param("5m", 300, id="minutes"),
        pytest.param("300", 300, id="bare-seconds"),
        pytest.param("90s", 90, id="seconds"),
        pytest.param("1h", 3600, id="hour"),
    ],
)
def test_durations_are_written_so(written, seconds):
    assert a_rule(no_data_for=written).no_data_for_s == seconds


_SPAN = 'write how many of how many minutes: "3 of 5"; or "2m" for 2 of 2'
_ID = "an id is 1 to 40 small letters, digits and '-', and does not begin with '-'"


@pytest.mark.parametrize(
    ("changes", "pointer", "sentence"),
    [
        pytest.param({"sayz": "x"}, "/sayz", "unknown key 'sayz': did you mean 'says'?", id="unknown-key"),
        pytest.param({"a/b~": 1}, "/a~1b~0", "unknown key 'a/b~'", id="pointer-is-escaped"),
        pytest.param({"revision": 3}, "/revision", "unknown key 'revision'", id="ours-to-count"),
        pytest.param({"for_": "6 of 5"}, "/for", "6 of 5 minutes can not be: at least 1, at most 5", id="six-of-five"),
        pytest.param({"for_": "0 of 5"}, "/for", "0 of 5 minutes can not be: at least 1, at most 5", id="none-of-5"),
        pytest.param({"for_": "3 of 61"}, "/for", "61 minutes are too many: at most 60", id="over-an-hour"),
        pytest.param({"clear_for": "61m"}, "/clear_for", "61 minutes are too many: at most 60", id="clear-too-long"),
        pytest.param({"for_": "3/5"}, "/for", _SPAN, id="three-fifths"),
        pytest.param({"for_": 3}, "/for", "write it as text, in quotes", id="number"),
        pytest.param(
            {"critical_for": "2 of 3"},
            "/critical_for",
            "there is no critical level that this could be for",
            id="no-critical",
        ),
        pytest.param({"no_data": "page"}, "/no_data", '"keep", "alert" or "close"', id="no-such-choice"),
        pytest.param({"no_data_for": "5 min"}, "/no_data_for", 'write a duration: "5m", "90s" or "300"', id="min"),
        pytest.param({"no_data_for": "59s"}, "/no_data_for", "rows come once a minute: from 1m to 24h", id="short"),
        pytest.param({"says": ""}, "/says", 'say what people notice: "others hear {who} breaking up"', id="empty"),
        pytest.param(
            {"says": None}, "/says", 'say what people notice: "others hear {who} breaking up"', id="says-missing"
        ),
        pytest.param({"says": "{name} breaks up"}, "/says", "{who} is the only placeholder", id="other-placeholder"),
        pytest.param({"says": "{who} {"}, "/says", "{who} is the only placeholder", id="lone-brace"),
        pytest.param({"says": "x" * 201}, "/says", "201 characters are too many: at most 200", id="says-too-long"),
        pytest.param({"try_": "x" * 201}, "/try", "201 characters are too many: at most 200", id="try-too-long"),
        pytest.param({"try_": "a\nb"}, "/try", "only one line of plain text", id="two-lines"),
        pytest.param(
            {"warning": None}, "/warning", "a rule needs at least one level: warning or critical", id="no-level"
        ),
        pytest.param(
            {"warning": "audio_input.jiter > 4 ms"},
            "/warning",
            "unknown metric 'jiter': did you mean 'jitter'?\n    audio_input.jiter > 4 ms\n                ~~~~~^",
            id="rule-text",
        ),
    ],
)
def test_what_is_wrong_is_told_with_a_pointer(changes, pointer, sentence):
    assert _faults(a_document(**changes)) == [(pointer, sentence)]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://wiki.example/x", id="not-https"),
        pytest.param("wiki.example/x", id="no-scheme"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://wiki.example/a b", id="space"),
        pytest.param("https://wiki.example/>|<", id="breaks-a-slack-link"),
        pytest.param("https://wiki.example:x/", id="port"),
        pytest.param("https://[::1", id="half-an-address"),
        pytest.param("javascript:alert(1)", id="script"),
    ],
)
def test_runbook_is_an_https_address(url):
    assert _faults(a_document(runbook_url=url)) == [("/runbook_url", "an https:// address without spaces")]


@pytest.mark.parametrize(
    ("id", "sentence"),
    [
        pytest.param("", _ID, id="empty"),
        pytest.param("Audio", _ID, id="capital"),
        pytest.param("-a", _ID, id="begins-with-dash"),
        pytest.param("a" * 41, _ID, id="too-long"),
        pytest.param("a\n", _ID, id="newline"),
        pytest.param("speaker", "'speaker' is kept for a stock set: choose another id", id="name-of-a-set"),
    ],
)
def test_id_is_short_and_free(id, sentence):
    assert _faults(MINIMAL, id=id) == [("/id", sentence)]


def test_of_the_built_in_rule_only_the_words_can_be_changed():
    words = {"says": "we lost {who}", "try": "Ring them up", "runbook_url": "https://wiki.example/dropped"}

    assert documents.to_document(documents.rule(words, id="dropped")) == {"id": "dropped", **words}
    wrong = {**words, "no_data": "alert", "warning": "audio_input.avg_loss > 5%", "for": None}
    assert [pointer for pointer, _ in _faults(wrong, "dropped")] == ["/no_data", "/warning"]
    assert _faults({"try": "Ring them up"}, "dropped")[0][0] == "/says"


def test_id_inside_a_document_is_the_one_it_is_put_under():
    sentence = "this is put under 'other': leave the id out, or write the same one"
    assert _faults(a_document(id="mine"), id="other") == [("/id", sentence)]


def test_all_errors_are_told_at_once():
    doc = {"warning": "jitter", "critical": 5, "for": "x", "no_data": "y", "what": 1}
    assert [pointer for pointer, _ in _faults(doc)] == [
        "/what",
        "/for",
        "/warning",
        "/critical",
        "/no_data",
        "/says",
    ]


def test_error_carries_the_first_pointer_and_the_place_in_a_rule_text():
    with pytest.raises(RuleError, match="/warning: which stream's") as error:
        a_rule(warning="jitter > 3 ms")
    assert (error.value.pointer, error.value.errors[0].position) == ("/warning", 0)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="defaults"),
        pytest.param({"critical": "audio_input.mos < 3", "critical_for": "1 of 1", "no_data_for": "90s"}, id="more"),
        pytest.param({"clear": "audio_input.avg_loss < 2%", "try_": "cable", "no_data": "close"}, id="clear"),
        pytest.param({"says": "👩‍👩‍👧 می‌شنود {who}"}, id="joined-letters"),
    ],
)
def test_document_of_a_rule_makes_the_same_rule(changes):
    rule = a_rule(**changes)
    assert documents.rule(documents.to_document(rule), id="mine") == rule


_LOSS = "Warns when the audio this person SENDS loses more than 5 % in 3 of 5 minutes."
_MUTED = "Never fires while muted or for dial-in phones."


@pytest.mark.parametrize(
    ("changes", "period_s", "english"),
    [
        pytest.param(
            {"clear": "audio_input.avg_loss < 2%"},
            60,
            f"{_LOSS} Over when below 2 % for 2 minutes. Tells you 4 to 5 minutes after it starts. {_MUTED}",
            id="as-in-the-design",
        ),
        pytest.param(
            {},
            180,
            f"{_LOSS} Over when that has not been so for 2 minutes. Tells you 4 to 7 minutes after it starts. {_MUTED}",
            id="looked-at-every-three-minutes",
        ),
        pytest.param(
            {"critical": "audio_input.avg_loss > 10%", "critical_for": "1m", "no_data": "alert", "no_data_for": "1m"},
            60,
            f"{_LOSS} Critical when the audio this person SENDS loses more than 10 % for 1 minute. "
            "Over when that has not been so for 2 minutes. Warns as well when no figures come for 1 minute. "
            "Tells you 4 to 5 minutes after it starts, 2 to 3 when it is critical. Never fires while muted.",
            id="critical-sooner-and-no-data",
        ),
        pytest.param(
            {"warning": "any(*_input.avg_loss) > 5%", "no_data": "close", "no_data_for": "90s", "for_": "1 of 2"},
            60,
            "Warns when any of the audio, video and screen share this person SENDS loses more than 5 % in 1 of 2 "
            "minutes. Over when that has not been so for 2 minutes. Ends when no figures come for 90 seconds. "
            "Tells you 2 to 3 minutes after it starts. Never fires for dial-in phones.",
            id="fires-while-muted",
        ),
        pytest.param(
            {"warning": "audio_input.avg_loss > 5% and video_input.frame_rate < 5 fps", "for_": "3m"},
            60,
            "Warns when the audio this person SENDS loses more than 5 % and the video this person SENDS has a frame "
            "rate of less than 5 fps for 3 minutes. Over when that has not been so for 2 minutes. Tells you 4 to 5 "
            "minutes after it starts. Never fires while muted, with the camera off or for dial-in phones.",
            id="needs-both",
        ),
        pytest.param(
            {"warning": "audio_input.avg_loss > 5% unless wifi_rssi.avg_rssi < -75 dBm", "for_": "3m"},
            60,
            "Warns when the audio this person SENDS loses more than 5 % (unless the Wi-Fi signal is weaker than "
            "−75 dBm) for 3 minutes. Over when that has not been so for 2 minutes. Tells you 4 to 5 minutes after it "
            f"starts. {_MUTED}",
            id="an-excuse-may-be-missing",
        ),
    ],
)
def test_rule_reads_itself_back(changes, period_s, english):
    assert documents.read_back(a_rule(**changes), period_s) == english
