"""The way to Zoom: name, proxy, certificate, and whether both sides tell the same time."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from workers.doctor.certificates import issuer
from workers.doctor.findings import Finding, Patient, fault, ok, warning
from workers.zoom import ZoomError, http

SKEWED_S, LOST_S = 5, 30  #: rows more than a minute ahead of our clock are refused


def way(patient: Patient) -> Iterator[Finding]:
    """One request without credentials: it costs nothing of the budget."""
    settings = patient.settings
    with http.pooled_session(settings) as session:
        try:
            answer = http.exchange(session, "GET", settings.zoom_api_url, authorization="none")
        except ZoomError as error:
            patient.is_shut = True
            by = issuer(settings.zoom_api_url) if not settings.qoswatch_https_proxy else ""
            yield fault(str(error), f"its certificate is signed by {by}" if by else "")
            return
    yield _reached(patient)
    yield from _clock(patient, answer.headers.get("Date"))


def _reached(patient: Patient) -> Finding:
    settings = patient.settings
    host = urlsplit(settings.zoom_api_url).hostname
    if settings.zoom_api_url.startswith("http://"):
        return warning(f"ZOOM_API_URL leads to {host} over plain http: a pretend Zoom", "unset it for the real one")
    if settings.qoswatch_https_proxy:
        return ok(f"{host} answers through QOSWATCH_HTTPS_PROXY")
    by = issuer(settings.zoom_api_url)
    return ok(f"{host} answers" + (f", its certificate is signed by {by}" if by else ""))


def _clock(patient: Patient, date: str | None) -> Iterator[Finding]:
    """Our time is that of the Redis server, where there is one."""
    try:
        theirs = parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return
    ours = patient.store.clock.machine_ms() / 1000 if patient.store else time.time()
    off_s = ours - theirs
    whose = "the Redis server's clock" if patient.store else "this machine's clock"
    if abs(off_s) <= SKEWED_S:
        yield ok(f"{whose} and Zoom's agree")
        return
    found = fault if abs(off_s) > LOST_S else warning
    side = "ahead of" if off_s > 0 else "behind"
    yield found(f"{whose} is {abs(off_s):.0f} s {side} Zoom's: figures are judged late, or refused", "set it by NTP")
