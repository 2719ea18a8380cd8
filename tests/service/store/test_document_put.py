"""What people register: compared before it is written, with its lists and its arming in the same write."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from rules.gate import Gate
from service.store import CursorError, Store, StoreError, keys
from service.store.link import Link
from tests.service.store.builders import (
    START,
    I,
    a_channel,
    a_debt,
    a_rule,
    a_watch,
    claimed,
    owe,
    posted,
)  # fmt: skip

UUID = "aDYlohsHRtCd4ii1uC2+hA=="


def test_a_document_is_written_only_over_what_was_read(store: Store) -> None:
    link = Link(store.redis)

    def put(read: str, blob: str) -> int:
        key, index = keys.document("rule", "r"), keys.documents("rule")
        due = keys.due()
        names = (key, index, "", "", "", due, keys.claims(due), "")
        return link.run("document_put", names, (5, "r", read, blob, 5, "", 0, 1))

    assert put("", "one") == 1
    assert put("", "two") == 0
    assert put("one", "two") == 1
    assert put("one", "") == 0
    assert put("two", "") == 1
    assert store.redis.keys("*") == [keys.clock().encode()]


def test_a_document_comes_back_as_it_was_put(store: Store) -> None:
    rule = store.documents.rules.put(a_rule())
    assert rule.revision == 1
    assert store.documents.rules.get("audio-sent") == rule
    assert store.documents.rules.get_many(["audio-sent", "nope"]) == {"audio-sent": rule}
    assert store.documents.rules.count() == 1


def test_every_edit_is_the_next_revision(store: Store) -> None:
    store.documents.rules.put(a_rule())
    assert store.documents.rules.put(a_rule(says="other")).revision == 2
    assert store.documents.rules.get("audio-sent").revision == 2


def test_the_same_again_is_no_edit(store: Store) -> None:
    store.documents.rules.put(a_rule())
    assert store.documents.rules.put(a_rule(revision=99)).revision == 1


@pytest.mark.parametrize("shelf", ["watches", "channels"])
def test_an_edit_keeps_the_moment_of_making(store: Store, shelf: str) -> None:
    doc = {"watches": a_watch(), "channels": a_channel()}[shelf]
    getattr(store.documents, shelf).put(doc)
    again = getattr(store.documents, shelf).put(replace(doc, created_at=START + timedelta(days=1)))
    assert again.created_at == START


def test_two_editors_at_once_make_two_revisions(store: Store) -> None:
    store.documents.rules.put(a_rule())
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: store.documents.rules.put(a_rule(says=f"says {n}")).revision, range(8)))
    assert sorted(made) == list(range(2, 10))


def test_editors_who_never_come_to_rest_are_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.documents.rules, "_write", lambda *_: False)
    with pytest.raises(StoreError, match="try again"):
        store.documents.rules.put(a_rule())


def test_pages_are_newest_first(store: Store) -> None:
    for n in range(3):
        store.documents.watches.put(a_watch(f"w_{n}", created_at=START + timedelta(minutes=n)))
    first, cursor = store.documents.watches.page(2)
    second, end = store.documents.watches.page(2, cursor)
    assert [watch.id for watch in (*first, *second)] == ["w_2", "w_1", "w_0"]
    assert end is None
    with pytest.raises(CursorError):
        store.documents.watches.page(2, "nonsense")


def test_a_watch_on_a_number_makes_the_number_due_now(store: Store) -> None:
    store.documents.watches.put(a_watch())
    assert store.due.first() == ("n97763643886", START)


def test_a_watch_on_a_run_makes_the_run_known_and_due(store: Store) -> None:
    store.documents.put_watch(a_watch(meeting=UUID))
    instance = keys.instance_id(UUID)
    assert store.due.first() == (instance, START)
    assert store.instances.get(instance).uuid == UUID


def test_a_watch_on_a_known_run_leaves_what_is_known(store: Store) -> None:
    store.documents.watches.put(a_watch(meeting=UUID))
    instance = store.instances.get(keys.instance_id(UUID))
    store.instances.put(replace(instance, number="97763643886", topic="Board"))
    store.documents.watches.put(a_watch("w_2", meeting=UUID))
    assert store.instances.get(instance.id).topic == "Board"


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        pytest.param({"starts_at": START + timedelta(hours=1)}, START + timedelta(hours=1), id="at its window"),
        pytest.param({"starts_at": START - timedelta(hours=1)}, START, id="within its window: now"),
        pytest.param({"paused": True}, None, id="paused: nothing to look at"),
    ],
)
def test_when_a_watch_is_first_looked_at(store: Store, changes: dict[str, object], first: object) -> None:
    store.documents.watches.put(a_watch(**changes))
    assert (store.due.first() or (None, None))[1] == first


def test_a_watch_put_while_its_number_is_being_asked_for_is_not_forgotten(store: Store) -> None:
    store.documents.watches.put(a_watch())
    (claim,) = store.due.claim(1, 90)
    store.documents.watches.put(a_watch("w_2"))
    store.due.done(claim, START + timedelta(minutes=15))
    assert store.due.first() == ("n97763643886", START)


def test_a_meeting_s_watches_are_those_of_its_number_and_of_this_run(store: Store) -> None:
    store.documents.watches.put(a_watch("w_1", created_at=START + timedelta(minutes=1)))
    store.documents.watches.put(a_watch("w_2", meeting=UUID))
    store.documents.watches.put(a_watch("w_3", meeting="123"))
    assert [watch.id for watch in store.documents.watches_of("97763643886", UUID)] == ["w_2", "w_1"]
    assert [watch.id for watch in store.documents.watches_of("97763643886", "")] == ["w_1"]
    assert store.documents.watches_of("", "") == []


def test_a_watch_that_moves_to_another_meeting_leaves_the_first(store: Store) -> None:
    store.documents.watches.put(a_watch())
    store.documents.watches.put(a_watch(meeting="123"))
    assert store.documents.watches_of("97763643886", "") == []
    assert [watch.id for watch in store.documents.watches_of("123", "")] == ["w_1"]


def test_a_deleted_watch_is_gone_from_everywhere(store: Store) -> None:
    store.documents.watches.put(a_watch())
    assert store.documents.watches.delete("w_1")
    assert not store.documents.watches.delete("w_1")
    assert store.documents.watches.page() == ((), None)
    assert store.documents.watches_of("97763643886", "") == []


def test_a_watch_is_bound_to_the_first_run_and_stays(store: Store) -> None:
    store.documents.watches.put(a_watch())
    assert store.documents.bind("w_1", I).bound == I
    assert store.documents.bind("w_1", "another").bound == I
    assert store.documents.watches.get("w_1").revision == 1
    assert store.documents.bind("nope", I) is None


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        pytest.param({"notify": ("teams-av",)}, I, id="other channels, the same people: bound"),
        pytest.param({"who": ()}, None, id="other people: free"),
        pytest.param({"meeting": "123"}, None, id="another meeting: free"),
    ],
)
def test_an_edit_and_the_bond(store: Store, changes: dict[str, object], bound: str | None) -> None:
    store.documents.watches.put(a_watch())
    store.documents.bind("w_1", I)
    assert store.documents.watches.put(a_watch(**changes)).bound == bound


def test_a_channel_s_address_is_sealed_and_comes_back(store: Store) -> None:
    store.documents.channels.put(a_channel())
    assert b"hooks.slack.com" not in store.redis.get(keys.document("channel", "slack-av"))
    assert store.documents.channels.get("slack-av").url == a_channel().url
    assert store.documents.channels.put(a_channel()).revision == 1, "sealed anew, but no edit"


def test_a_channel_sealed_with_a_lost_key_can_be_set_anew_or_taken_away(store: Store) -> None:
    store.documents.channels.put(a_channel())
    newer = Store(store.redis, secret_keys=[Fernet.generate_key().decode()], test_clock="hash").documents.channels
    with pytest.raises(StoreError, match="sealed with another key"):
        newer.get("slack-av")
    assert newer.put(a_channel()).revision == 2
    assert newer.get("slack-av").url == a_channel().url
    assert newer.delete("slack-av")


def test_a_deleted_channel_s_gate_goes_with_it(store: Store) -> None:
    store.documents.channels.put(a_channel())
    owe(store, a_debt())
    posted(store, claimed(store), "refused", gate=Gate(broken="no_service", not_before=START + timedelta(hours=1)))
    assert store.lanes.gate("slack-av").broken
    assert store.duty().broken == {"slack-av"}
    store.documents.channels.delete("slack-av")
    assert store.lanes.gate("slack-av") == Gate()


def test_a_rule_is_deleted_whole_from_a_full_server(store: Store) -> None:
    store.documents.rules.put(a_rule())
    store.redis.config_set("maxmemory", 1)
    try:
        assert store.documents.rules.delete("audio-sent")
    finally:
        store.redis.config_set("maxmemory", 0)
    assert store.documents.rules.get("audio-sent") is None
    assert store.documents.rules.put(a_rule()).revision == 2


def test_stock_rules_follow_the_release_and_a_person_s_own_are_left(store: Store) -> None:
    rules = store.documents.rules
    rules.seed([a_rule("a"), a_rule("b")])
    rules.put(a_rule("b", says="mine", stock=False))

    rules.seed([a_rule("a", says="better"), a_rule("b", says="better"), a_rule("c")])

    assert (rules.get("a").says, rules.get("a").revision) == ("better", 2)
    assert (rules.get("b").says, rules.get("b").revision) == ("mine", 2)
    assert rules.get("c").stock
    rules.seed([a_rule("a", says="better")])
    assert rules.get("a").revision == 2, "nothing new is no new revision"
