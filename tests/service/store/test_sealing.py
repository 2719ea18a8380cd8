"""A key is changed without losing a secret: everything is brought under the new one, and then the old one can go."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rules.model import Channel, Person
from service.settings import Settings
from service.store import Store
from service.store.errors import SealedElsewhere
from workers.commands import reseal
from workers.doctor import seals
from workers.doctor.findings import Finding, Patient

OLD, NEW = "the-old-key-of-a-test-that-is-long-enough", "the-new-key-of-a-test-that-is-long-enough"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CHANNELS = (
    Channel("slack", 0, "slack", "https://hooks.slack.com/services/T/B/x", NOW),
    Channel(
        "hook", 0, "webhook", "https://t.example.org/x", NOW, secret="whsec_x", headers={"X-Key": "k", "X-More": "m"}
    ),
    Channel("pd", 0, "pagerduty", "", NOW, secret="R" * 32),
    Channel("mail", 0, "email", "", NOW, to=("av@example.org",)),
)
PEOPLE = (Person("ana", 0, "Ana", NOW, pagerduty_key="P" * 32), Person("ben", 0, "Ben", NOW))
ALL = ("channel hook", "channel mail", "channel pd", "channel slack", "person ana", "the Zoom token")
Opened = Callable[..., Store]


@pytest.fixture
def settings(redis_socket: Path, tmp_path: Path) -> Settings:
    return Settings(redis_url=f"unix://{redis_socket}", qoswatch_data_dir=tmp_path)


@pytest.fixture
def opened(redis_client: Any, settings: Settings) -> Iterator[Opened]:
    """The store with these keys, newest first."""
    made: list[Store] = []

    def store(*keys: str) -> Store:
        made.append(Store.connect(_with(settings, *keys)))
        return made[-1]

    yield store
    for each in made:
        each.close()


@pytest.fixture
def kept(opened: Opened) -> Opened:
    """Everything that is secret, sealed with the old key."""
    store = opened(OLD)
    for channel in CHANNELS:
        store.documents.channels.put(channel)
    for person in PEOPLE:
        store.documents.people.put(person)
    store.tokens.put("zoom-token", store.clock.now() + timedelta(hours=1))
    return opened


def _with(settings: Settings, *keys: str) -> Settings:
    return settings.model_copy(update={"qoswatch_secret_key": SecretStr(",".join(keys))})


def test_everything_lies_under_the_old_key_until_it_is_sealed_anew(kept: Opened) -> None:
    both = kept(NEW, OLD)
    assert both.sealing.look().older == ALL
    assert both.sealing.renew() == 5
    assert (both.sealing.look().older, both.sealing.look().newest) == ((), ALL[:-1])  # a new token is asked for
    assert both.sealing.renew() == 0


def test_afterwards_the_new_key_alone_opens_everything_and_nothing_else_changed(kept: Opened) -> None:
    kept(NEW, OLD).sealing.renew()
    alone = kept(NEW)
    assert {channel.id: channel for channel in alone.documents.channels.all()} == {
        channel.id: replace(channel, revision=1) for channel in CHANNELS
    }
    assert alone.documents.people.get("ana") == replace(PEOPLE[0], revision=1)
    assert alone.tokens.get() is None
    with pytest.raises(SealedElsewhere):
        kept(OLD).documents.channels.get("slack")


def test_what_no_key_opens_is_named_and_left_as_it_is(kept: Opened) -> None:
    stranger = kept(NEW)
    assert stranger.sealing.renew() == 0
    assert stranger.sealing.look().lost == ALL
    assert kept(OLD).documents.channels.get("hook") == replace(CHANNELS[1], revision=1)


def test_a_channel_with_one_old_secret_among_new_ones_is_sealed_anew(kept: Opened, redis_client: Any) -> None:
    both = kept(NEW, OLD)
    both.documents.channels.reseal("hook")
    (hook,) = (doc for doc in both.documents.channels.unopened() if doc.id == "hook")
    (old,) = (doc for doc in kept(OLD).documents.channels.unopened() if doc.id == "slack")
    assert both.documents.channels.seal_of(hook) == "newest"
    assert both.documents.channels.seal_of(replace(hook, headers={**hook.headers, "X-Key": old.url})) == "older"


def test_a_change_of_somebody_else_is_not_undone(kept: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    both = kept(NEW, OLD)
    channels, written = both.documents.channels, []
    write = channels._write

    def slow(blob: Any, old: Any, new: Any) -> bool:
        if not written:  # between our reading and our writing
            written.append(kept(OLD).documents.channels.put(replace(CHANNELS[0], url=f"{CHANNELS[0].url}-moved")))
        return write(blob, old, new)

    monkeypatch.setattr(channels, "_write", slow)
    assert channels.reseal("slack")
    assert kept(NEW).documents.channels.get("slack") == replace(written[0], revision=2)
    assert not channels.reseal("gone")


def _found(store: Store, settings: Settings) -> Finding:
    (found,) = seals.seals(Patient(settings, store, None))
    return found


def test_the_doctor_says_which_secrets_still_need_the_old_key(kept: Opened, settings: Settings) -> None:
    both, keys = kept(NEW, OLD), _with(settings, NEW, OLD)
    before = _found(both, keys)
    assert (before.level, "still sealed with an older QOSWATCH_SECRET_KEY: channel hook" in before.says) == (
        "warning",
        True,
    )
    assert "`qoswatch reseal`" in before.todo

    both.sealing.renew()

    after = _found(both, keys)
    assert (after.level, "the older can go, a day after the change" in after.says) == ("ok", True)
    alone = _found(kept(NEW), _with(settings, NEW))
    assert (alone.level, alone.says) == ("ok", "everything that is secret lies under the one key (5)")
    lost = _found(kept(OLD), _with(settings, OLD))
    assert (lost.level, "that was not given: channel hook" in lost.says) == ("fault", True)


def test_the_command_seals_anew_and_says_when_the_old_key_can_go(
    kept: Opened, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    args = argparse.Namespace()
    assert reseal.run(args, _with(settings, NEW)) == 1
    assert "No key that was given opens channel hook" in capsys.readouterr().out
    assert reseal.run(args, _with(settings, NEW, OLD)) == 0
    told = capsys.readouterr().out
    assert "5 sealed anew; 5 lie under the newest key." in told
    assert "take it out of QOSWATCH_SECRET_KEY" in told
    assert reseal.run(args, _with(settings, NEW)) == 0
    assert capsys.readouterr().out == "0 sealed anew; 5 lie under the newest key.\n"
