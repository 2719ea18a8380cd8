"""The channels: where they lead, whether they take what we post, and whether another one stands by."""

from collections.abc import Iterator

from rules.destinations import ChannelUrlError, check_url, leads_to
from rules.gate import Gate
from rules.model import Channel
from rules.words import Clock
from service.store.errors import SealedElsewhere
from workers.doctor.findings import Finding, Patient, fault, ok, warning
from workers.doctor.shelves import everything


def channels(patient: Patient) -> Iterator[Finding]:
    """Every channel, each on its line."""
    try:
        known = sorted(everything(patient.kept.documents.channels), key=lambda channel: channel.id)
    except SealedElsewhere:
        yield fault(
            "a channel's address was sealed with another QOSWATCH_SECRET_KEY: nothing can be posted there",
            "give the older key too, after the new one and a comma; or PUT the channels anew",
        )
        return
    for channel in known:
        yield _one(patient, channel, patient.kept.lanes.gate(channel.id))
    ops = patient.settings.qoswatch_ops_channel
    if ops and ops not in [channel.id for channel in known]:
        yield fault(
            f"QOSWATCH_OPS_CHANNEL names {ops!r}, and there is no such channel: alerts about ourselves go elsewhere",
            f"register it (PUT /v1/channels/{ops}), or name one that is there",
        )
    if not known:
        yield warning("no channel is registered: nobody would be told", "PUT /v1/channels/ID, or see /docs")
    elif len(known) == 1:
        yield warning(
            f"{known[0].id} is the only channel: when it breaks, nobody hears of that",
            "register a second one, and name it in QOSWATCH_OPS_CHANNEL",
        )


def _one(patient: Patient, channel: Channel, gate: Gate) -> Finding:
    where = leads_to(channel).split()[0].rstrip(",")
    name = f"{channel.id} ({channel.kind}, {where})"
    clock = Clock(patient.settings.qoswatch_tz, patient.kept.clock.now())
    again = f"then POST /v1/channels/{channel.id}/test"
    try:
        check_url(channel.kind, channel.url, patient.settings.qoswatch_allow_private_targets)
    except ChannelUrlError as error:
        return fault(f"{name} can not be posted to: {error}", f"PUT /v1/channels/{channel.id}, {again}")
    if gate.broken:
        says = f"{name} is broken: {gate.broken}; {_accepted(gate, clock)}"
        return fault(says, f"make a new address there, PUT /v1/channels/{channel.id}, {again}")
    if gate.fails:
        since = f" since {clock.at(gate.first_fail_at)}" if gate.first_fail_at else ""
        says = f"{name} has refused {gate.fails} in a row{since}; {_accepted(gate, clock)}"
        return warning(says, f"see `qoswatch deliveries --channel {channel.id}`; it is tried again by itself")
    if gate.proved_at is None:
        return warning(f"{name} has accepted nothing yet", f"POST /v1/channels/{channel.id}/test, and look there")
    return ok(f"{name}: {_accepted(gate, clock)}{_OWNER if channel.kind == 'teams' else ''}")


def _accepted(gate: Gate, clock: Clock) -> str:
    return f"accepted last at {clock.at(gate.proved_at)}" if gate.proved_at else "it has never accepted anything"


_OWNER = "; a workflow stops with its owner's account: give it a co-owner"
