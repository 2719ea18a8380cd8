"""The keys that seal secrets: what still needs an old one, and what no key opens."""

from collections.abc import Iterator

from workers.doctor.findings import Finding, Patient, fault, ok, warning

_NAMED = 5


def seals(patient: Patient) -> Iterator[Finding]:
    """Under which key everything lies."""
    found = patient.kept.sealing.look()
    if found.lost:
        yield fault(
            f"sealed with a QOSWATCH_SECRET_KEY that was not given: {_listed(found.lost)}",
            "give the older key too, after the new one and a comma; or set them anew",
        )
    if found.older:
        yield warning(
            f"still sealed with an older QOSWATCH_SECRET_KEY: {_listed(found.older)}",
            "run `qoswatch reseal`, then take the older key away",
        )
    if found.lost or found.older:
        return
    several = len(patient.settings.secret_keys) > 1
    what = f"everything that is secret lies under the {'newest' if several else 'one'} key ({len(found.newest)})"
    yield ok(what + ("; the older can go, a day after the change: links in messages live so long" if several else ""))


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
