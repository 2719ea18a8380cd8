"""Every name in Redis, each with an example and how long it lives. No other file spells the prefix.

Times in keys and scores are milliseconds since 1970. `<i>` is an instance id: one run of a meeting.
"""

from service.store.ids import delivery_id as delivery_id
from service.store.ids import instance_id as instance_id
from service.store.ids import number_member as number_member
from service.store.keys_own import PREFIX as PREFIX
from service.store.keys_own import beats as beats
from service.store.keys_own import budget as budget
from service.store.keys_own import clock as clock
from service.store.keys_own import counters as counters
from service.store.keys_own import tick as tick
from service.store.keys_own import token as token

# What people register


def document(kind: str, id: str) -> str:
    """ "qos:watch:w_7f3", "qos:rule:audio-sent", "qos:schedule:av"; until deleted."""
    return f"{PREFIX}{kind}:{id}"


def documents(kind: str) -> str:
    """ "qos:watches", "qos:policies", "qos:people": ids by created_at, for pages; until deleted."""
    return PREFIX + {"policy": "policies", "person": "people", "watch": "watches"}.get(kind, f"{kind}s")


def revisions() -> str:
    """ "qos:revisions": HASH of deleted rules and the last revision that each had; for good."""
    return f"{PREFIX}revisions"


def watches_of(meeting: str) -> str:
    """ "qos:watches:meeting:97763643886": ids of the watches on a number or UUID; until deleted."""
    return f"{PREFIX}watches:meeting:{meeting}"


def api_key(digest: str) -> str:
    """ "qos:key:9f86d0…": what an API key may do, by the hash of the key; until revoked for good."""
    return f"{PREFIX}key:{digest}"


def api_keys() -> str:
    """ "qos:keys": hashes of API keys by created_at; until revoked for good."""
    return f"{PREFIX}keys"


def api_keys_used() -> str:
    """ "qos:keys:used": HASH hash of an API key -> when it was used last; until revoked for good."""
    return f"{PREFIX}keys:used"


def key_pace(digest: str) -> str:
    """ "qos:key:pace:9f86d0…": when an API key's next request may come, in real ms; while that is not now."""
    return f"{PREFIX}key:pace:{digest}"


def door(source: str) -> str:
    """ "qos:door:4be1…": when an address may try the next wrong key, in real ms; while that is not now."""
    return f"{PREFIX}door:{source}"


def let_in(digest: str, source: str) -> str:
    """ "qos:door:let-in:77ac…": that an API key was right from an address before; 30 d."""
    return f"{PREFIX}door:let-in:{digest}.{source}"


# The state of a meeting


def instance(id: str) -> str:
    """ "qos:instance:3f9a0c11d2e4": HASH of one run; its end + 24 h."""
    return f"{PREFIX}instance:{id}"


def instances_live() -> str:
    """ "qos:instances:live": SET of the runs that are on and watched; until over or unwatched."""
    return f"{PREFIX}instances:live"


def seats(instance: str) -> str:
    """ "qos:seats:3f9a0c11d2e4": HASH subject -> 12-digit version + blob; its end + 24 h."""
    return f"{PREFIX}seats:{instance}"


def round_of(instance: str) -> str:
    """ "qos:round:3f9a0c11d2e4": HASH, the last look summed up; its end + 24 h."""
    return f"{PREFIX}round:{instance}"


def samples(instance: str, session: str) -> str:
    """ "qos:samples:3f9a0c11d2e4:16778240": STREAM of packed rows; QOSWATCH_KEEP_SAMPLES."""
    return f"{PREFIX}samples:{instance}:{session}"


# What is due


def due() -> str:
    """ "qos:due": ZSET of instances and n<number>s by their next look; until the meeting is over."""
    return f"{PREFIX}due"


def hastened(member: str) -> str:
    """ "qos:hastened:3f9a0c11d2e4": somebody made it due out of turn; the seconds until that is let again."""
    return f"{PREFIX}hastened:{member}"


def lanes() -> str:
    """ "qos:lanes": ZSET of lanes that owe something, by when; until nothing is owed."""
    return f"{PREFIX}lanes"


def steps() -> str:
    """ "qos:steps": ZSET of alerts by their next step, reminder or end of a snooze; until there is none."""
    return f"{PREFIX}steps"


def chores() -> str:
    """ "qos:chores": ZSET of what one scheduler does for all (audit, sweep), by when; for good."""
    return f"{PREFIX}chores"


def locks() -> str:
    """ "qos:locks": ZSET of locks (the Zoom token's) by the end of their lease; while held."""
    return f"{PREFIX}locks"


def claims(set_key: str) -> str:
    """ "qos:due:claims": HASH member -> token|until|again|since of a set under lease; while leased."""
    return f"{set_key}:claims"


def fence(set_key: str) -> str:
    """ "qos:due:fence": the counter that a set's tokens come from; for good, so that no token comes twice."""
    return f"{set_key}:fence"


# Alerts


def alert(id: str) -> str:
    """ "qos:alert:al_7f3": the alert for readers; while open, then QOSWATCH_KEEP_ALERTS."""
    return f"{PREFIX}alert:{id}"


def timeline(id: str) -> str:
    """ "qos:timeline:al_7f3": LIST of at most 200 transitions; with its alert."""
    return f"{PREFIX}timeline:{id}"


def alerts() -> str:
    """ "qos:alerts": ids of all alerts by opened_at; swept with the alert."""
    return f"{PREFIX}alerts"


def alerts_open() -> str:
    """ "qos:alerts:open": ids of open alerts by opened_at; while open."""
    return f"{PREFIX}alerts:open"


def alerts_closed() -> str:
    """ "qos:alerts:closed": ids by closed_at, the sweep's list; swept with the alert."""
    return f"{PREFIX}alerts:closed"


def alerts_of_watch(watch: str) -> str:
    """ "qos:alerts:watch:w_7f3": ids of the alerts that a watch hears, by opened_at; swept with the alert."""
    return f"{PREFIX}alerts:watch:{watch}"


def alerts_of_meeting(meeting: str) -> str:
    """ "qos:alerts:meeting:97763643886": ids by opened_at; swept with the alert."""
    return f"{PREFIX}alerts:meeting:{meeting}"


# Conversations


def lane(lane: str = "") -> str:
    """ "qos:lane:slack-av:3f9a0c11d2e4": HASH channel attempt not_before sending refused posts last_at put_off; 7 d
    after last told."""
    return f"{PREFIX}lane:{lane}"


def owed(lane: str = "") -> str:
    """ "qos:owed:slack-av:3f9a0c11d2e4": HASH alert or note -> seq to be told; until told."""
    return f"{PREFIX}owed:{lane}"


def told(lane: str = "") -> str:
    """ "qos:told:slack-av:3f9a0c11d2e4": HASH alert or note -> seq that was told; 7 d after last told."""
    return f"{PREFIX}told:{lane}"


def gate(channel: str = "") -> str:
    """ "qos:gate:slack-av": HASH not_before next_at lane token spacing gate of a channel; until it is deleted."""
    return f"{PREFIX}gate:{channel}"


def note(id: str) -> str:
    """ "qos:note:nt_5c1": a sentence owed once; 3 d, when it is long told or dead."""
    return f"{PREFIX}note:{id}"


def delivery(id: str = "") -> str:
    """ "qos:delivery:dl_2b7c…": HASH of one post and its attempts; QOSWATCH_KEEP_ALERTS."""
    return f"{PREFIX}delivery:{id}"


def deliveries(of: str = "") -> str:
    """ "qos:deliveries:channel:slack-av", of all or the "dead": ids by created_at; swept with the delivery."""
    return f"{PREFIX}deliveries:{of}" if of else f"{PREFIX}deliveries"


# What Zoom pushes


def intake() -> str:
    """ "qos:intake:0": STREAM of signed webhook bodies; until drained."""
    return f"{PREFIX}intake:0"


def heard() -> str:
    """ "qos:heard": HASH at, missed: the last webhook, and what none told; for good."""
    return f"{PREFIX}heard"


def drains() -> str:
    """ "qos:drains": ZSET of the streams that somebody drains, by the end of the lease; while drained."""
    return f"{PREFIX}drains"


def feed(instance: str) -> str:
    """ "qos:feed:3f9a0c11d2e4": HASH session -> figures pushed and not decided yet; its last event + 24 h."""
    return f"{PREFIX}feed:{instance}"


def feeds() -> str:
    """ "qos:feeds": ZSET of instances by when a pushed minute of theirs is complete; until decided."""
    return f"{PREFIX}feeds"
