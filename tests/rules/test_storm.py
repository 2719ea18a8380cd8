"""One message for one cause: when it is the whole meeting, what those in it share, and what is said of them."""

from dataclasses import replace

import pytest

from rules import message, sharing, storm
from rules.message import compose
from rules.model import Round, WatchView
from rules.storm import Hit
from tests.rules.alerts import ANA, ZONE, a_breach, a_call, a_seat, an_alert, an_over, at, taken

LYON = {"ip_address": "203.0.113.9", "location": "Lyon", "network_type": "Wifi"}


def a_hit(seat, kind="fire", **state):
    breach = an_over("fine") if kind == "resolved" else a_breach(says=f"{seat.name} hears the others breaking up")
    alert = an_alert(breach, id=f"al_{seat.id}", subject=seat.id, who=seat.name, **state)
    return Hit(alert, kind, compose(alert, kind, breaches=alert.breaches, tz=ZONE, now=at("10:45")))


def told(seats, hits=None, channel="slack-av", **more):
    seats = {seat.id: seat for seat in seats}
    hits = [a_hit(seat) for seat in seats.values() if seat.alert][:3] if hits is None else hits
    given = {"topic": "Spring Town Hall", "tz": ZONE, "now": at("10:45")} | more
    return storm.compose(hits, seats, channel, Round(len(seats), 0, 0, 0, at("10:44")), **given)


def a_hall(bad, fine, **of_bad):
    return [*(a_seat(n, 31 - n, **of_bad) for n in range(bad)), *(a_seat(100 + n) for n in range(fine))]


def changed(seat, **changes):
    """A seat whose breach is otherwise."""
    breach = replace(seat.alert.breaches[0], **changes)
    return replace(seat, alert=replace(seat.alert, breaches=(breach,)))


@pytest.mark.parametrize(
    ("bad", "fine", "is_storm"),
    [
        pytest.param(3, 0, True, id="three-of-three"),
        pytest.param(2, 0, False, id="two-are-no-meeting"),
        pytest.param(3, 3, True, id="half"),
        pytest.param(3, 4, False, id="less-than-half"),
        pytest.param(22, 18, True, id="most"),
    ],
)
def test_it_is_the_whole_meeting_when_three_and_half_of_it_are_bad(bad, fine, is_storm):
    assert (told(a_hall(bad, fine), [a_hit(a_seat(1, 20))]) is not None) == is_storm


VIDEO = {"operand": "video_output.avg_loss"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda seat: changed(seat, **VIDEO), id="another-stream"),
        pytest.param(lambda seat: changed(seat, operand="audio_input.avg_loss"), id="another-direction"),
        pytest.param(lambda seat: changed(seat, operand="audio_output.latency"), id="another-trouble-of-the-stream"),
        pytest.param(lambda seat: changed(seat, hold="idle"), id="on-hold"),
        pytest.param(lambda seat: changed(seat, muted="critical"), id="closed-by-a-person"),
        pytest.param(lambda seat: changed(seat, ending="fine"), id="over"),
        pytest.param(lambda seat: replace(seat, alert=replace(seat.alert, open=False)), id="closed"),
        pytest.param(lambda seat: replace(seat, away_at=at("10:44")), id="gone"),
        pytest.param(lambda seat: replace(seat, row_at=None), id="without-figures"),
        pytest.param(
            lambda seat: replace(
                seat, alert=replace(seat.alert, watches=(WatchView("w", "critical", ("teams-it",), ("audio-heard",)),))
            ),
            id="told-to-others-only",
        ),
        pytest.param(
            lambda seat: replace(seat, alert=replace(seat.alert, watches=(WatchView("w", None, ("slack-av",), ()),))),
            id="silenced",
        ),
    ],
)
def test_only_those_count_who_are_bad_in_the_same_way_for_this_channel(change):
    hall = a_hall(4, 4)

    assert told(hall) is not None
    assert told([change(seat) for seat in hall[:2]] + hall[2:], [a_hit(hall[2])]) is None


def test_the_picture_says_how_many_how_bad_and_since_when():
    made = told([*(a_seat(n, 31 - n, "10:41" if n < 3 else "10:43") for n in range(22)), *a_hall(0, 18)])

    assert made.first == ("CRITICAL: most of Spring Town Hall hears it breaking up: 22 of 40 watched. Nobody has it.")
    assert made.header == "Spring Town Hall: 22 of 40 hear it breaking up"
    assert made.section[0].strong + made.section[0].rest == (
        "Received audio, median loss 20 %, worst 31 % (Person 0). 3 people at 10:41, 22 at 10:43."
    )
    assert {field.name: field.text for field in made.fields}["Who"] == (
        "Person 0 31 %, Person 1 30 %, Person 2 29 %, Person 3 28 %, Person 4 27 %, +17 more"
    )
    assert (made.severity, made.tone, made.kind, made.alert) == ("critical", "bad", "storm", "")


@pytest.mark.parametrize(
    ("operand", "first", "header"),
    [
        (
            "audio_input.avg_loss",
            "all of Spring Town Hall is heard breaking up: 3 of 3",
            "3 of 3 are heard breaking up",
        ),
        ("max(audio_*.latency)", "all of Spring Town Hall has a long delay: 3 of 3", "3 of 3 have a long delay"),
        (
            "as_output.avg_loss",
            "all of Spring Town Hall sees the slides broken: 3 of 3",
            "3 of 3 see the slides broken",
        ),
        ("wifi_rssi.avg_rssi", "all of Spring Town Hall has weak Wi-Fi: 3 of 3", "3 of 3 have weak Wi-Fi"),
    ],
)
def test_each_way_of_being_bad_has_its_words(operand, first, header):
    made = told([changed(seat, operand=operand) for seat in a_hall(3, 0)])

    assert made.first.startswith(f"CRITICAL: {first} watched.")
    assert made.header == f"Spring Town Hall: {header}"


def test_exactly_half_is_not_most():
    assert told(a_hall(3, 3)).first.startswith("CRITICAL: half of Spring Town Hall hears")


def test_those_without_figures_are_said_to_be_there():
    made = told([*a_hall(3, 0), a_seat(200, row_at=None)])

    assert made.section[-1].rest == "1 more without figures."
    assert ": 3 of 3 watched." in made.first


def test_of_low_figures_the_lowest_is_the_worst():
    low = [
        changed(a_seat(n, 1), op="<", operand="audio_output.mos", threshold=3.1, unit="", value=2.0 + n / 10)
        for n in range(3)
    ]

    assert told(low).section[0].rest.startswith(", median score 2.1, worst 2.0 (Person 0).")


def test_news_of_those_outside_the_picture_stand_below_it():
    hall = a_hall(3, 1)

    made = told(hall, [a_hit(hall[0]), a_hit(hall[3], "resolved")])

    assert len(made.lines) == 1
    assert made.lines[0][1].startswith("Fine again:")


def test_where_all_news_is_calm_a_digest_says_enough():
    hall = a_hall(3, 1)

    assert told(hall, [a_hit(seat, "resolved") for seat in hall]) is None


def held_by(seats, *names):
    return [
        replace(seat, alert=replace(seat.alert, taken=taken(by=name) if name else None))
        for seat, name in zip(seats, names, strict=True)
    ]


@pytest.mark.parametrize(
    ("names", "first", "field"),
    [
        (("", "", ""), "Nobody has it.", "Nobody. Pages Ana Ruiz at 10:46."),
        (("Ana", "Ana", "Ana"), "Ana has it.", "Ana. Pages Ana Ruiz at 10:46."),
        (("Ana", "", ""), "Ana has 1.", "Ana 1 of 3. Pages Ana Ruiz at 10:46."),
        (("Ana", "Ben", ""), "2 are taken.", "Ana 1 of 3; Ben 1 of 3. Pages Ana Ruiz at 10:46."),
    ],
)
def test_who_has_it_is_counted(names, first, field):
    hall = held_by(a_hall(3, 0), *names)

    made = told(hall, [a_hit(hall[0], next_call=a_call("10:46"))])

    assert made.first.endswith(first)
    assert made.spoken(made.fields[-1].text) == field
    assert made.mentions == (ANA,)


def test_a_test_says_so_and_one_real_alert_makes_it_none():
    hall = a_hall(3, 0)
    real, played = a_hit(hall[0]), a_hit(hall[1])
    played = replace(played, message=replace(played.message, test=True))

    assert told(hall, [played]).first.startswith(message.TEST)
    assert told(hall, [real, played]).first.startswith("CRITICAL")


WIFI, CABLE, UNKNOWN = {"network_type": "Wifi"}, {"network_type": "Wired"}, {}


@pytest.mark.parametrize(
    ("bad", "fine", "text", "so"),
    [
        pytest.param(
            [LYON] * 19 + [CABLE] * 3,
            [CABLE] * 18,
            "19 of 22 come from 203.0.113.9 (Lyon, Wi-Fi); none of the 18 fine ones do.",
            "Look at that network, not at people.",
            id="one-address",
        ),
        pytest.param(
            [WIFI] * 3,
            [WIFI] + [CABLE] * 4,
            "3 of 3 are on Wi-Fi; 1 of the 5 fine ones is.",
            "Look at that kind of network, not at people.",
            id="a-few-fine-ones-share-it",
        ),
        pytest.param(
            [WIFI] * 3,
            [WIFI] * 2 + [CABLE] * 3,
            "Nothing in common that the fine ones do not share (3 Wi-Fi).",
            "",
            id="many-do",
        ),
        pytest.param(
            [WIFI] * 2, [], "Nothing in common that the fine ones do not share (2 Wi-Fi).", "", id="two-are-too-few"
        ),
        pytest.param(
            [WIFI] * 3 + [{"network_type": "Cellular"}] * 2 + [UNKNOWN] * 4,
            [],
            "Nothing in common (3 Wi-Fi, 2 cellular, 4 unknown).",
            "",
            id="less-than-two-thirds",
        ),
        pytest.param(
            [{"data_center": "US East"}] * 3,
            [UNKNOWN],
            "3 of 3 go through US East; the one fine one does not.",
            "Look at Zoom's status page for that data centre, not at people.",
            id="data-centre",
        ),
        pytest.param(
            [{"version": "6.2.10", "connection_type": "TCP"}] * 4,
            [{"version": "6.2.10"}],
            "4 of 4 are connected by TCP; the one fine one is not.",
            "Look at what keeps them from another way, such as a firewall.",
            id="the-value-with-the-greatest-difference",
        ),
        pytest.param(
            [{"version": "6.2.10"}] * 3,
            [],
            "3 of 3 run Zoom 6.2.10; nobody is fine to compare with.",
            "Look at that version of Zoom, not at people.",
            id="nobody-to-compare-with",
        ),
        pytest.param(
            [{**LYON, "location": place} for place in ("Lyon", "Lyon", "Paris")],
            [CABLE],
            "3 of 3 come from 203.0.113.9 (Wi-Fi); the one fine one does not.",
            "Look at that network, not at people.",
            id="beside-an-address-only-what-all-of-it-share",
        ),
    ],
)
def test_in_common_is_what_the_fine_ones_do_not_have(bad, fine, text, so):
    assert sharing.common(bad, fine) == sharing.Shared(text, so)


def test_an_ordinary_digest_says_what_its_people_share():
    hall = [*(a_seat(n, 20, facts=LYON) for n in range(3)), *(a_seat(100 + n, facts=CABLE) for n in range(9))]
    seats, hits = {seat.id: seat for seat in hall}, [a_hit(seat) for seat in hall[:3]]

    assert storm.shared(hits, seats) == (
        "In common: 3 of 3 come from 203.0.113.9 (Lyon, Wi-Fi); none of the 9 fine ones do."
        " Look at that network, not at people."
    )
    assert "203.0.113.9" not in storm.shared(hits, seats, "watched")
    assert storm.shared(hits[:2], seats) == ""
    scattered = {id: replace(seat, facts=UNKNOWN) for id, seat in seats.items()}
    assert storm.shared(hits, scattered) == "3 people, nothing in common (3 unknown)."


@pytest.mark.parametrize(("privacy", "words"), [("watched", "Person 0"), ("ids", "participant 0")])
def test_privacy_holds_for_a_whole_meeting(privacy, words):
    made = told(a_hall(3, 0, facts=LYON), privacy=privacy)

    assert words in str(made.fields)
    assert "Spring" not in str(made)
    assert "203.0.113.9" not in str(made)
    assert "Lyon" not in str(made)
