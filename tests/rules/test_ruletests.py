"""Rule tests: the notation, what a file may say, and that it is the lifecycle itself that judges."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import lifecycle, ruletests, series
from rules.errors import RuleError, RuleTextError
from rules.testcases import Expectation, RuleTest

LOSS = "audio_input.avg_loss"
JITTER = 'series."audio_input.jitter" = "6x11"'  # the stock rule is clear of both or not at all
EXAMPLE = Path(__file__).parents[2] / "docs/examples/stock-rules.test.toml"


def the_test(text: str, head: str = "") -> RuleTest:
    """The one test of a file; rules and series are told unless the text tells them."""
    lines = [head, "[[tests]]"]
    lines += [] if "rules =" in text else ['rules = ["audio-sent"]']
    lines += [] if "series" in text else [f'series."{LOSS}" = "0x3 6 12 14x2 1x4"', JITTER]
    return ruletests.read("\n".join([*lines, text]))[0]


def failures(text: str) -> list[str]:
    return [failure.sentence for failure in ruletests.run(the_test(text)).failures]


def faults(text: str) -> dict[str, str]:
    with pytest.raises(RuleError) as refused:
        ruletests.read(text)
    return {fault.pointer: fault.sentence for fault in refused.value.errors}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("0x3 6 12", (0, 0, 0, 6, 12), id="so-many-minutes-not-so-many-more"),
        pytest.param("2+2x4", (2, 4, 6, 8), id="stepped-up"),
        pytest.param("20-5x3 1", (20, 15, 10, 1), id="stepped-down"),
        pytest.param("0.1+0.2x3", (0.1, 0.3, 0.5), id="without-the-noise-of-binary-fractions"),
        pytest.param("_ idle ?", ("_", "idle", "?"), id="three-ways-to-say-nothing"),
        pytest.param(" _x2\n idlex2 ", ("_", "_", "idle", "idle"), id="repeated-and-over-lines"),
    ],
)
def test_a_series_reads_one_value_a_minute(text, told):
    assert series.read(LOSS, text) == told


def test_a_signal_is_below_zero_and_steps_too():
    assert series.read("wifi_rssi.avg_rssi", "-60-5x3") == (-60, -65, -70)


@pytest.mark.parametrize(
    ("name", "text", "sentence", "start", "end"),
    [
        pytest.param(LOSS, "0 12%x2 1", f"write the number alone, {LOSS} is in %: 12x3", 2, 6, id="a-unit"),
        pytest.param(LOSS, "0 6,12", "minutes stand apart by spaces: 0 6 12", 2, 5, id="commas"),
        pytest.param(LOSS, "1 2+2", "a step needs to know for how many minutes: 2+2x4", 2, 4, id="an-endless-step"),
        pytest.param(LOSS, "0x", "say how many minutes: 0x3", 0, 1, id="how-often"),
        pytest.param(LOSS, "0x0", "0 minutes can not be: from 1 to 1440", 0, 2, id="never"),
        pytest.param(LOSS, "0x999999999", "999999999 minutes can not be: from 1 to 1440", 0, 10, id="a-heap-of-memory"),
        pytest.param(LOSS, "0 -3", f"{LOSS} can not be below 0", 2, 3, id="a-loss-below-zero"),
        pytest.param(LOSS, "4-2x4", f"{LOSS} can not be below 0", 0, 4, id="steps-below-zero"),
        pytest.param(LOSS, "idel", "'idel' is not understood here: did you mean 'idle'?", 0, 3, id="a-slip"),
        pytest.param(LOSS, "", "a series tells at least one minute: 0x3 6 12", 0, 0, id="nothing"),
        pytest.param(
            LOSS, "1e3", "'1e3' is not understood here: a number, 0x3, 2+2x4, idle, ? or _", 0, 2, id="an-exponent"
        ),
        pytest.param(LOSS, "1x1000 1x1000", "2000 minutes are too many: at most 1440", 0, 0, id="too-long"),
        pytest.param(
            "cpu_usage.system_max_cpu_usage",
            "1 idle",
            "cpu_usage is no media stream: it is never idle",
            2,
            5,
            id="a-processor-is-never-idle",
        ),
    ],
)
def test_bad_notation_is_shown_with_its_place(name, text, sentence, start, end):
    with pytest.raises(RuleTextError) as refused:
        series.read(name, text)
    assert (refused.value.sentence, refused.value.position, refused.value.end) == (sentence, start, end)
    if text:
        assert str(refused.value).splitlines()[-1] == " " * (4 + start) + "~" * (end - start) + "^"


@given(st.text(alphabet="0123456789.+-x_?idle %,\n", max_size=30))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        told = series.read(LOSS, text)
    except RuleTextError:
        return
    assert series.read(LOSS, " ".join(map(series.shown, told))) == told


def test_a_row_comes_when_any_series_tells_of_one():
    told = {LOSS: series.read(LOSS, "6 _ ? idle"), "audio_input.jitter": series.read(LOSS, "20 _ 20 ?")}

    rows = [series.row(told, minute, at=100 + minute, session="1") for minute in range(5)]

    assert rows[0].values == {LOSS: 6, "audio_input.jitter": 20}
    assert rows[1] is None
    assert rows[2].values == {"audio_input.jitter": 20}
    assert rows[3].blank == {"audio_input"}
    assert rows[4] is None
    assert [row.minute for row in rows if row] == [100, 102, 103]


def test_the_score_of_audio_is_computed_as_for_a_row_of_zooms():
    names = [f"audio_input.{part}" for part in ("latency", "jitter", "avg_loss")]
    told = dict(zip(names, [(134.0,), (6.0,), (0.0,)], strict=True))
    assert series.row(told, 0, at=0, session="1").values["audio_input.mos"] == pytest.approx(4.321, abs=0.001)
    assert series.row({**told, "audio_input.mos": (2.0,)}, 0, at=0, session="1").values["audio_input.mos"] == 2.0


def test_the_example_of_the_stock_rules_passes():
    results = [ruletests.run(test) for test in ruletests.read(EXAMPLE.read_text())]

    assert len(results) >= 8
    assert [(result.test.name, result.failures) for result in results if not result.passed] == []


def test_it_is_the_lifecycle_that_decides(monkeypatch):
    seen = []

    def decide(seat, look, wishes, now):
        seen.append((look.sights[0].samples, now))
        return lifecycle.Decision(seat)

    monkeypatch.setattr(ruletests.lifecycle, "decide", decide)
    past = ruletests.play(the_test('series."audio_input.avg_loss" = "6 _ 6"\ntransitions = []'))

    assert [len(rows) for rows, _ in seen] == [1, 0, 1]
    assert [(now - ruletests.START).total_seconds() for _, now in seen] == [60, 120, 180]
    assert past.state(2) == "none"


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param("0x3", "none", id="a-good-call"),
        pytest.param("6x3", "warning", id="three-of-five"),
        pytest.param("12x2", "critical", id="two-of-three"),
        pytest.param("12x2 idle", "held", id="muted"),
        pytest.param("12x2 0x2", "none", id="over"),
    ],
)
def test_every_state_can_be_expected(given, state):
    at = len(series.read(LOSS, given)) - 1
    jitter = "" if "idle" in given else JITTER
    test = the_test(f'series."{LOSS}" = "{given}"\n{jitter}\ntransitions = []')
    for wanted in ("none", "warning", "critical", "held"):
        expectation = Expectation("/x", at, wanted)
        missed = ruletests.run(RuleTest("/t", "t", test.rules, test.series, (expectation,))).failures
        assert (missed == ()) == (wanted == state)


def test_a_missed_state_says_what_was_instead_and_draws_the_minutes():
    result = ruletests.run(the_test('expect = [{ at = 4, expect = "critical" }, { at = 5, expect = "warning" }]'))

    first, second = result.failures
    assert not result.passed
    assert (first.pointer, first.at, first.sentence) == (
        "/tests/0/expect/0",
        4,
        "expected critical at minute 4, got none",
    )
    assert second.sentence == (
        "expected warning at minute 5, got critical: sent audio loses 14 % (alarm above 10 %) in 2 of 3 minutes"
    )
    assert first.picture == (
        "minute                0 1 2 3  4\n"
        "audio_input.avg_loss  0 0 0 6 12\n"
        "audio_input.jitter    6 6 6 6  6\n"
        "                               ^"
    )


def test_a_missed_sentence_shows_both():
    said = failures('expect = [{ at = 5, expect = "critical", sentence = "loses a lot" }]')
    assert len(said) == 1
    assert "loses a lot\ngot\n    sent audio loses 14 %" in said[0]


@pytest.mark.parametrize(
    ("listed", "complaint"),
    [
        pytest.param([], "expected no more transitions, got 5 fire critical", id="nothing-was-expected"),
        pytest.param(["5 fire", "8 closed", "9 reopened"], "expected 9 reopened, got none", id="one-too-many"),
        pytest.param(["4 fire", "8 closed"], "expected 4 fire, got 5 fire critical", id="another-minute"),
        pytest.param(["5 fire warning", "8 closed"], "expected 5 fire warning, got 5 fire critical", id="severity"),
        pytest.param(["5 fire: x", "8 closed"], "expected 5 fire: x, got 5 fire critical", id="another-sentence"),
    ],
)
def test_other_transitions_than_listed_are_told_with_all_that_came(listed, complaint):
    said = failures(f"transitions = {listed!r}")
    assert said[0].startswith(complaint)
    assert said[0].endswith("\n    8 closed critical: clear for 2 of 2 minutes")


def test_what_came_can_be_pasted_back():
    came = failures("transitions = []")[0].splitlines()[1:]
    assert failures("transitions = " + repr([line.strip() for line in came])) == []


def test_a_test_runs_to_the_last_minute_that_is_spoken_of():
    """Nobody sends figures any more, and the looks go on."""
    assert failures(f'series."{LOSS}" = "12x2"\nexpect = [{{ at = 6, expect = "held" }}]') == []
    assert the_test(f'series."{LOSS}" = "12x2"\ntransitions = ["1 fire", "6 held"]').minutes == 7


def test_a_rule_of_the_file_goes_before_the_stock_rule_of_that_name():
    head = '[rules.audio-sent]\nsays = "x"\nwarning = "audio_input.avg_loss > 1%"\nfor = "1m"'
    text = f'series."{LOSS}" = "2"\nexpect = [{{ at = 0, expect = "warning" }}]'
    assert ruletests.run(the_test(text, head)).passed
    assert not ruletests.run(the_test(text)).passed


def test_everything_that_is_wrong_with_a_file_is_told_at_once():
    told = faults("""
        more = 1
        [rules.mine]
        says = "a"
        warning = "audio_input.los > 5%"
        [[tests]]
        name = 3
        rules = ["speakr", "mine", 4]
        series."audio_input.avg_los" = "0"
        series."audio_input.jitter" = "0 2+1"
        series.audio_output.avg_loss = "1"
        series."audio_output.jitter" = 5
        expect = [{ at = 1, expect = "crit" }, { at = true, expect = "none", sentence = 1 }, 3]
        transitions = ["fire", "2 fired", "99999 fire critcal"]
        foo = 1
        [[tests]]
        rules = []
        series = {}
        [[tests]]
        rules = ["delay"]
        series."audio_input.latency" = "idle"
        series."audio_input.jitter" = "1"
        expect = [{ at = -1, expect = "none" }]
    """)
    assert {pointer: sentence.splitlines()[0] for pointer, sentence in told.items()} == {
        "/more": "unknown key 'more'",
        "/rules/mine/warning": "unknown metric 'los': did you mean 'mos'?",
        "/tests/0/name": "write text",
        "/tests/0/rules/0": "no rule or set 'speakr': did you mean 'speaker'?",
        "/tests/0/rules/2": "write a name, in quotes",
        "/tests/0/series/audio_input.avg_los": "unknown metric 'avg_los': did you mean 'avg_loss'?",
        "/tests/0/series/audio_input.jitter": "a step needs to know for how many minutes: 2+1x4",
        "/tests/0/series/audio_output": 'put the whole name in quotes: series."audio_output.avg_loss"',
        "/tests/0/series/audio_output.jitter": 'write text: "0x3 6 12"',
        "/tests/0/expect/0/expect": "'crit' is none of none, warning, critical, held: did you mean 'critical'?",
        "/tests/0/expect/1/at": "write the minute, a whole number: at = 5",
        "/tests/0/expect/1/sentence": "write text",
        "/tests/0/expect/2": 'write a table: { at = 5, expect = "critical" }',
        "/tests/0/expect/2/at": "write the minute, a whole number: at = 5",
        "/tests/0/expect/2/expect": "'' is none of none, warning, critical, held",
        "/tests/0/transitions/0": 'write "MINUTE KIND", "4 fire critical" or "4 fire: sentence"',
        "/tests/0/transitions/1": "'fired' is none of fire, reopened, worse, also, better, gone, held, resumed, closed"
        ": did you mean 'fire'?",
        "/tests/0/transitions/2": "minute 99999 can not be: from 0 to 1439",
        "/tests/0/foo": "unknown key 'foo'",
        "/tests/1/rules": "name at least one rule or set",
        "/tests/1/series": 'tell at least one series, as a table: series."audio_input.avg_loss" = "0x3 6 12"',
        "/tests/2/series/audio_input.latency": "minute 0 is idle here, and another series has a figure there",
        "/tests/2/expect/0/at": "minute -1 can not be: from 0 to 1439",
    }


def test_a_file_without_tests_or_a_test_that_expects_nothing_is_refused():
    assert faults("") == {"/tests": "there are no tests: begin one with [[tests]]"}
    assert faults('[[tests]]\nrules = ["delay"]\nseries."audio_input.latency" = "1"') == {
        "/tests/0": "this expects nothing: give it expect or transitions"
    }


def test_what_is_no_toml_is_shown_with_its_line_and_place():
    assert faults('a = 1\nb = "x\n')[""].splitlines()[1:] == ['    b = "x', "          ^"]
    assert "no TOML" in faults("[[tests]")[""]
