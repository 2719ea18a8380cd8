"""What a channel may know: no topic, no stranger, no address where it says `watched`; no name where it says `ids`."""

from dataclasses import astuple, replace

import pytest

from rules import message, rollwords, selfwords, veil
from rules.message import compose
from rules.model import Instance, Listed, Seat, Session, Watch, Who
from rules.news import STRENGTH
from rules.presence import stands
from tests.rules.alerts import ANA, ZONE, a_breach, a_call, an_alert, an_entry, an_over, at, taken, the_samples

FACTS = {
    "device": "Windows",
    "network_type": "Wifi",
    "location": "Lyon (FR )",
    "ip_address": "203.0.113.9",
    "email": "r@x.org",
}
SECRET = ("Spring", "Lyon", "203.0.113.9", "r@x.org", "Kline")


def told(kind, privacy, who="Dr Rao", **state):
    breach = an_over("fine") if kind == "resolved" else a_breach()
    breach = replace(
        breach, says=f"others hear {who} breaking up", because=f"{breach.because}, says {who}", hint=f"Ask {who}"
    )
    comment = "Kline is on it"
    alert = an_alert(
        breach,
        who=who,
        session="16778240",
        facts=FACTS,
        taken=taken(comment=comment),
        next_call=a_call("10:46"),
        **state,
    )
    entry = an_entry("taken", "10:46", by="Ana Ruiz", comment=comment)
    return compose(
        alert,
        kind,
        breaches=alert.breaches,
        samples=the_samples(),
        tz=ZONE,
        now=at("10:50"),
        privacy=privacy,
        entry=entry,
    )


@pytest.mark.parametrize("kind", STRENGTH)
def test_watched_tells_of_nobody_but_the_watched_person(kind):
    everything = str(astuple(told(kind, "watched")))

    assert not [word for word in SECRET if word in everything]
    assert "Dr Rao" in everything
    assert "Meeting 97763643886" in everything


@pytest.mark.parametrize("kind", STRENGTH)
def test_ids_tells_no_name_of_the_meeting(kind):
    everything = str(astuple(told(kind, "ids")))

    assert not [word for word in (*SECRET, "Rao") if word in everything]
    assert "participant 16778240" in everything
    assert "Meeting 97763643886" in everything


def test_full_tells_everything():
    assert told("fire", "full").first == "CRITICAL: others hear Dr Rao breaking up. Spring Town Hall. Ana Ruiz has it."


def test_those_who_are_called_keep_their_names():
    assert told("taken", "ids").first.startswith("Ana Ruiz has it (10:46).")
    assert told("fire", "ids").mentions == (ANA,)


@pytest.mark.parametrize("privacy", ["watched", "ids"])
def test_a_name_that_is_an_address_is_none(privacy):
    made = told("fire", privacy, who="rao@example.org")

    assert made.first == "CRITICAL: others hear participant 16778240 breaking up. Meeting 97763643886. Ana Ruiz has it."


def test_a_name_inside_another_word_is_left_alone():
    alert = an_alert(a_breach(says="others hear o breaking up", because="sent audio loses 14 %"), who="o")

    (breach,) = veil.veiled(alert, "ids").breaches

    assert (breach.says, breach.because) == ("others hear participant 7 breaking up", "sent audio loses 14 %")


def test_a_digest_names_the_meeting_as_its_messages_do():
    made = message.digest([told("fire", "watched")] * 2, "Spring Town Hall")

    assert made.first == "CRITICAL: 2 alerts in Meeting 97763643886: 2 critical."


@pytest.mark.parametrize(("privacy", "names"), [("full", "2: Clinic, Court"), ("watched", "2"), ("ids", "2")])
def test_a_service_alert_counts_the_meetings_that_it_may_not_name(privacy, names):
    alert = an_alert(a_breach(says="qoswatch is BLIND"), subject="service.zoom", facts={"names": "2: Clinic, Court"})

    made = selfwords.compose(alert, "fire", tz=ZONE, now=at("10:50"), privacy=privacy)

    assert next(field.text for field in made.fields if field.name == "Not watched") == names


RUN = Instance("i", "u==", "97763643886", "Spring Town Hall", started_at=at("10:00"))
PEOPLE = {"7": Listed("i.7", "Dr Rao"), "8": Listed("i.8", "M. K. (guest)")}
SEATS = {"i.7": Seat("i.7", "i", "Dr Rao", sessions=(Session("7", 0),), here_at=at("10:03"), row_at=at("10:03"))}


@pytest.mark.parametrize(
    ("privacy", "sentence"),
    [
        (
            "full",
            'Watching Spring Town Hall: 1 of 2 found, fine. Not found: Kline. Unclaimed: "M. K. (guest)".',
        ),
        ("watched", "Watching meeting 97763643886: 1 of 2 found, fine. Not found: Kline. Unclaimed: 1 person."),
        ("ids", "Watching meeting 97763643886: 1 of 2 found, fine. Not found: 1 entry. Unclaimed: 1 person."),
    ],
)
def test_a_roll_call_names_whom_the_channel_may_know(privacy, sentence):
    watch = Watch(
        "w", 1, RUN.number, (Who("name", "Dr Rao"), Who("name", "Kline")), ("speaker",), ("slack-av",), at("09:00")
    )
    presences = stands(watch, "i", PEOPLE, SEATS, at("10:03"))

    told = rollwords.line(RUN, watch, presences, PEOPLE, SEATS, ["M. K. (guest)"], privacy=privacy)

    assert told == sentence


def test_a_roll_call_calls_somebody_found_by_number_where_names_are_not_for_telling():
    watch = Watch("w", 1, RUN.number, (Who("email", "rao@example.org"),), ("speaker",), ("slack-av",), at("09:00"))
    people = {"7": replace(PEOPLE["7"], email="rao@example.org")}
    told = {
        privacy: rollwords.line(
            RUN, watch, stands(watch, "i", people, SEATS, at("10:03")), people, SEATS, [], privacy=privacy
        )
        for privacy in ("watched", "ids")
    }

    assert told == {
        "watched": "Watching meeting 97763643886: Dr Rao found, fine.",
        "ids": "Watching meeting 97763643886: participant 7 found, fine.",
    }


def test_an_address_that_was_not_found_is_counted():
    watch = Watch("w", 1, RUN.number, (Who("email", "kline@example.org"),), ("speaker",), ("slack-av",), at("09:00"))

    told = rollwords.line(RUN, watch, stands(watch, "i", {}, {}, at("10:03")), {}, {}, [], privacy="watched")

    assert told == "Watching meeting 97763643886: 0 of 1 found. Not found: 1 entry."
