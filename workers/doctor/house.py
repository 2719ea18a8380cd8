"""The settings that decide whether anybody hears of trouble, and whether secrets are safe."""

from collections.abc import Iterator

from workers.doctor.findings import Finding, Patient, fault, ok, warning
from workers.trials import on

_LETTERS = 10  #: different ones that a secret has at the least
_OTHERS = 0o077


def trials(patient: Patient) -> Iterator[Finding]:
    """Settings that are for trials only."""
    found = list(on(patient.settings))
    for name, opens in found:
        yield warning(f"{name} is set: {opens}", "unset it in production")
    if not found:
        yield ok("no setting for trials is on")


def secret_key(patient: Patient) -> Iterator[Finding]:
    """The key under which addresses and tokens lie in Redis."""
    settings = patient.settings
    if settings.qoswatch_secret_key:
        parts = settings.qoswatch_secret_key.get_secret_value().split(",")
        if any(len(set(part.strip())) < _LETTERS for part in parts):
            yield warning(
                "QOSWATCH_SECRET_KEY is easy to guess: a few letters, repeated",
                "put a made one before it, separated by a comma; run `qoswatch reseal`; take the old one away",
            )
        else:
            yield ok("QOSWATCH_SECRET_KEY is set")
        return
    path = settings.qoswatch_data_dir / "secret.key"
    if not path.exists():
        yield ok(f"QOSWATCH_SECRET_KEY is unset: the first start makes one in {path}")
    elif path.stat().st_mode & _OTHERS:
        yield fault(f"others on this machine can read {path}", f"chmod 600 {path}")
    else:
        yield ok(f"the secret key is in {path}, for us alone: back it up with the data")


def heartbeat(patient: Patient) -> Iterator[Finding]:
    """Who hears of it when all of this stands still."""
    if patient.settings.qoswatch_heartbeat_url:
        yield ok("QOSWATCH_HEARTBEAT_URL is set: somebody hears when this stands still")
    else:
        yield warning(
            "nobody will hear when Redis or the workers are down",
            "set QOSWATCH_HEARTBEAT_URL to a service that expects a call each minute",
        )
