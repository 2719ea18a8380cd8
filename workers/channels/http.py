"""Posts to destinations, guarded: no redirects, no surprises from the environment, every wait bounded, no secret told.

What happened becomes an Answer; nothing is raised, because a refusal is an ordinary end of an attempt.
"""

import json
import logging
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProxyError

from rules.destinations import ChannelUrlError, check_url
from rules.gate import LONGEST_RETRY_AFTER_S, Outcome
from rules.model import ChannelKind
from workers.channels import judge
from workers.channels.answers import Answer
from workers.channels.peers import Judged, NotPublic
from workers.channels.vendor import SendSettings
from workers.timely import Timely

CONNECT_S, READ_S = 3.05, 10.0
PING_S = 5.0
KEPT_BYTES = 1024
_THREADS = 16
_SECRET_LENGTH = 6  # shorter steps of a path ("v1", "paths") are no secrets


class Sender:
    """One pooled session for every destination; many threads may post at once."""

    def __init__(self, settings: SendSettings) -> None:
        self.settings = settings
        judged = Judged(settings.qoswatch_allow_private_targets, pool_connections=_THREADS, pool_maxsize=_THREADS)
        self._outward = _session(settings, judged)
        #: for the one address that is the operator's own, and may stand inside
        self._own = _session(settings, Timely(pool_connections=1, pool_maxsize=1))
        # it writes the path of every request, which is the secret, into its DEBUG lines
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

    def close(self) -> None:
        """Let go of the pooled connections."""
        self._outward.close()
        self._own.close()

    def ping(self, url: str) -> bool:
        """Ask for an address of the operator's own, inside or out, and whether it answered well; nothing is read."""
        try:
            with closing(self._own.get(url, timeout=PING_S, allow_redirects=False, stream=True)) as response:
                return response.ok
        except requests.RequestException:
            return False

    def post(
        self,
        url: str,
        body: Mapping[str, Any],
        *,
        kind: ChannelKind,
        headers: Mapping[str, str] | None = None,
        sign: Callable[[bytes], Mapping[str, str]] | None = None,
        secrets: Iterable[str] = (),
    ) -> Answer:
        """Post once. `headers` carry X-Qoswatch-Delivery: a repeat bears its first one's id. `sign` adds its own."""
        started, allow_private = time.monotonic(), self.settings.qoswatch_allow_private_targets
        try:
            check_url(kind, url, allow_private)
        except ChannelUrlError as error:
            return Answer(None, 0, str(error), "refused", permanent_reason=str(error))
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        own = {**(headers or {}), **(sign(raw) if sign else {})}
        try:
            with closing(_send(self._outward, url, raw, own)) as response:
                text = redacted(_start_of(response, started + READ_S), url, secrets)
                return _answer(response, text, kind, _ms_since(started))
        except requests.RequestException as error:
            return _failed(error, _ms_since(started), kind)


def _session(settings: SendSettings, adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.verify = str(settings.qoswatch_ca_file or "") or True
    if settings.qoswatch_https_proxy:
        session.proxies = {"https": settings.qoswatch_https_proxy}
    return session


def _send(session: requests.Session, url: str, raw: bytes, headers: Mapping[str, str]) -> requests.Response:
    return session.post(
        url,
        data=raw,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Accept-Encoding": "identity",  # a kilobyte is then a kilobyte
            "User-Agent": "qoswatch",
            **headers,
        },
        timeout=(CONNECT_S, READ_S),
        allow_redirects=False,
        stream=True,
    )


def redacted(text: str, url: str, others: Iterable[str] = ()) -> str:
    """The text without other secrets, the address, or any part of it that could be one, however it is encoded."""
    parts = urlsplit(url)
    steps = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)), *parts.query.split("&")]
    secrets = {url, parts.path, parts.query, *steps, *(step.partition("=")[2] for step in steps), *others}
    found = {form for secret in secrets for form in (secret, unquote(secret)) if len(form) >= _SECRET_LENGTH}
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, "[…]")
    return text


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds from Retry-After, given in seconds or as an HTTP date; at most a quarter of an hour."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header).astimezone(UTC) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S) if seconds == seconds else None


def _answer(response: requests.Response, text: str, kind: ChannelKind, latency_ms: int) -> Answer:
    verdict = judge(kind, response.status_code, text)
    wait = retry_after(response.headers.get("Retry-After"), _their_now(response))
    return Answer(
        response.status_code,
        latency_ms,
        text,
        verdict.outcome,
        verdict.permanent_reason,
        wait if verdict.outcome == "refused" else None,
    )


def _start_of(response: requests.Response, deadline: float) -> str:
    """The first kilobyte; what drips in later than the deadline is not waited for."""
    read = b""
    try:
        while len(read) < KEPT_BYTES and time.monotonic() < deadline:
            chunk = response.raw.read1(KEPT_BYTES - len(read))
            if not chunk:
                break
            read += chunk
    except Exception as error:  # the status has come and counts, whatever becomes of the text
        read += f" (cut off: {type(error).__name__})".encode()
    return read.decode("utf-8", "replace").replace("\0", "")


def _their_now(response: requests.Response) -> datetime:
    """The destination's own clock, which its dates are read against; ours where it tells none."""
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return datetime.now(UTC)


def _failed(error: requests.RequestException, latency_ms: int, kind: ChannelKind) -> Answer:
    reason = error.args[0].reason if error.args and isinstance(error.args[0], MaxRetryError) else None
    if isinstance(reason, NotPublic):
        lasting = reason.words if kind == "webhook" else None  # of a vendor's name it is the resolver that errs
        return Answer(None, latency_ms, reason.words, "refused", permanent_reason=lasting)
    outcome, words = _failure(error, reason)
    return Answer(None, latency_ms, words, outcome)


def _failure(error: requests.RequestException, reason: BaseException | None) -> tuple[Outcome, str]:
    """Whether anything can have arrived, in our own words: an exception's text holds the address."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "refused", f"no connection within {CONNECT_S:.0f} s"
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "unknown", f"no answer within {READ_S:.0f} s; it may have arrived"
    if isinstance(reason, ProxyError):
        return "refused", "the proxy lets nothing through"
    if isinstance(reason, NewConnectionError):
        return "refused", "no connection: the name is unknown or nobody listens there"
    if isinstance(error, requests.exceptions.SSLError) and _is_distrust(reason):
        return "refused", "its certificate is not trusted (QOSWATCH_CA_FILE names one's own authority)"
    return "unknown", f"the connection broke ({type(error).__name__}); it may have arrived"


def _is_distrust(reason: BaseException | None) -> bool:
    inner = reason.args[0] if reason and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
