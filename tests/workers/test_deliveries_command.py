"""`qoswatch deliveries`: what was posted, what is owed, what died, and once more for one of them."""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from rules.gate import Gate
from rules.model import Channel, Debt, Note
from service.settings import Settings
from service.store import Attempt, Store
from workers.commands import deliveries
from workers.errors import CommandError

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BROKEN = Gate(fails=1, broken="no_service")


@pytest.fixture
def settings(redis_socket: Path, redis_client: Any, tmp_path: Path) -> Settings:
    return Settings(
        redis_url=f"unix://{redis_socket}",
        qoswatch_secret_key="k" * 32,
        qoswatch_data_dir=tmp_path,
        qoswatch_test_clock="hash",
        qoswatch_tz="America/Chicago",
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    kept = Store.connect(settings)
    kept.clock.put(NOW)
    kept.documents.channels.put(Channel("slack-av", 1, "slack", "https://hooks.slack.com/services/T0/B0/x", NOW))
    yield kept
    kept.close()


@pytest.fixture
def command(settings: Settings, store: Store) -> Callable[..., int]:
    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        deliveries.add(parser.add_subparsers())
        args = parser.parse_args(["deliveries", *words])
        with capture_logs():  # the line that says that the clock is a test's
            return int(args.func(args, settings))

    return run


def owe(store: Store, note: str, channel: str = "slack-av") -> str:
    store.clock.advance(seconds=2)
    return store.lanes.owe(Debt(channel, f"{channel}:service", note, 1), Note(note, "test", "A test.", NOW))


def post(store: Store, note: str, outcome: Any, answer: str, gate: Gate | None = None) -> str:
    """Owed and posted once, with this answer."""
    id = owe(store, note)
    (turn,) = store.lanes.claim(1, 60)
    assert store.lanes.begin(turn, id, ((note, 1),))
    status = 200 if outcome == "accepted" else 404
    assert store.lanes.record(turn, Attempt(NOW, status, 120, answer, outcome), gate=gate or Gate())
    return id


def dropped(store: Store) -> str:
    """Owed, and forgotten before it was posted."""
    id = owe(store, "nt_1")
    (turn,) = store.lanes.claim(1, 60)
    assert store.lanes.drop(turn, {"nt_1"})
    return id


def of_the_gone(store: Store) -> str:
    """A dead delivery to a channel that was taken away."""
    dead = post(store, "nt_1", "dead", "invalid_payload")
    store.documents.channels.delete("slack-av")
    return dead


def behind(store: Store) -> str:
    """A dead delivery of a lane in which another post may or may not have arrived."""
    dead = post(store, "nt_1", "dead", "invalid_payload")
    post(store, "nt_2", "unknown", "no answer within 10 s")
    return dead


def test_deliveries_are_listed_newest_first_with_their_last_answer(command: Any, store: Store, capsys: Any) -> None:
    accepted = post(store, "nt_1", "accepted", "ok")
    owed = owe(store, "nt_2", channel="teams-av")

    assert command() == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == [owed, "owed", "teams-av", "2026-03-02", "04:00", "0", "tries"]
    assert second.split() == [accepted, "accepted", "slack-av", "2026-03-02", "04:00", "1", "try", "200:", "ok"]


def test_the_dead_are_found_and_how_to_send_them_again_is_said(command: Any, store: Store, capsys: Any) -> None:
    post(store, "nt_1", "accepted", "ok")
    dead = post(store, "nt_2", "dead", "no_service")

    assert command("--state", "dead") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(dead)
    assert lines[0].endswith("404: no_service")
    assert lines[1] == "Once more: qoswatch deliveries redeliver ID"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param((), 5, id="all"),
        pytest.param(("--limit", "2"), 2, id="the-newest"),
        pytest.param(("--channel", "teams-av"), 2, id="of-a-channel"),
        pytest.param(("--state", "accepted", "--channel", "slack-av"), 3, id="of-both"),
        pytest.param(("--state", "dead"), 0, id="none"),
    ],
)
def test_what_is_asked_for_is_shown(words: Any, found: int, command: Any, store: Store, capsys: Any) -> None:
    for nth in range(3):
        post(store, f"nt_{nth}", "accepted", "ok")
    for nth in range(2):
        owe(store, f"nt_t{nth}", channel="teams-av")

    assert command("--json", *words) == 0
    assert len(json.loads(capsys.readouterr().out)) == found


def test_json_holds_every_attempt(command: Any, store: Store, capsys: Any) -> None:
    id = post(store, "nt_1", "accepted", "ok")

    command("--json")

    (told,) = json.loads(capsys.readouterr().out)
    assert (told["id"], told["state"], told["alerts"], told["tries"]) == (id, "accepted", ["nt_1"], 1)
    assert told["attempts"] == [
        {"at": NOW.isoformat(), "outcome": "accepted", "status": 200, "latency_ms": 120, "answer": "ok"}
    ]


def test_an_answer_can_neither_steer_the_terminal_nor_tell_a_secret(command: Any, store: Store, capsys: Any) -> None:
    post(store, "nt_1", "refused", "\x1b[2J no\n at https://hooks.slack.com/services/T1/B1/abcdefgh")

    command()

    said = capsys.readouterr().out
    assert "abcdefgh" not in said
    assert "\x1b" not in said
    assert len(said.splitlines()) == 1


def test_an_empty_list_says_so(command: Any, capsys: Any) -> None:
    assert command() == 0
    assert command("--channel", "nobody") == 0
    assert capsys.readouterr().out == "Nothing was owed or posted yet.\nThere are no such deliveries.\n"


def test_a_dead_delivery_is_owed_again_under_the_same_id(command: Any, store: Store, capsys: Any) -> None:
    dead = post(store, "nt_1", "dead", "invalid_payload")

    assert command("redeliver", dead) == 0

    assert capsys.readouterr().out == f"Delivery {dead} is owed to slack-av again, under the same id.\n"
    assert store.lanes.delivery(dead).state == "owed"
    assert store.lanes.first_due() is not None


def test_a_broken_channel_is_said_when_something_is_owed_to_it(command: Any, store: Store, capsys: Any) -> None:
    dead = post(store, "nt_1", "dead", "no_service", gate=BROKEN)

    assert command("redeliver", dead) == 0
    assert "slack-av is broken (no_service): mend it first" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda store: "dl_none", "there is no delivery dl_none", id="unknown"),
        pytest.param(lambda store: post(store, "nt_1", "accepted", "ok"), "has accepted", id="accepted"),
        pytest.param(lambda store: owe(store, "nt_1"), "is on its way", id="owed"),
        pytest.param(lambda store: dropped(store), "was given up before it was posted", id="never-posted"),
        pytest.param(lambda store: of_the_gone(store), "channel slack-av is gone", id="its-channel-is-gone"),
        pytest.param(lambda store: behind(store), "another post of the same conversation", id="one-at-a-time"),
    ],
)
def test_what_can_not_be_owed_again_says_why(make: Any, reason: str, command: Any, store: Store) -> None:
    with pytest.raises(CommandError, match=reason):
        command("redeliver", make(store))


@pytest.mark.parametrize("limit", ["0", "-1", "10001"])
def test_a_limit_beyond_reason_is_refused(limit: str, command: Any) -> None:
    with pytest.raises(CommandError, match="from 1 to"):
        command("--limit", limit)
