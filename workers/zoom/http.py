"""One pooled session to Zoom, and one exchange over it: bounded in time and in size."""

import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from service.settings import Settings
from workers.timely import Timely
from workers.zoom.answers import Answer
from workers.zoom.errors import ZoomError

TIMEOUT_S = (3.05, 10.0)  # to connect (just over a lost SYN's first repeat), to read
ANSWER_S = 15.0  #: an answer that drips longer than this is none
ANSWER_BYTES = 16 * 1024 * 1024  #: ten people over a working day, twice
CONNECTIONS = 72  #: as many as threads of a worker may ask at once: 48 single calls and 24 looks, for pages and lists
_CHUNK = 64 * 1024


def pooled_session(settings: Settings, connections: int = CONNECTIONS) -> requests.Session:
    """A session that threads may share: it keeps connections, no cookie, and is deaf to the environment."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": "qoswatch", "Accept": "application/json"})
    session.verify = str(settings.qoswatch_ca_file) if settings.qoswatch_ca_file else True
    if settings.qoswatch_https_proxy:
        session.proxies = {"https": settings.qoswatch_https_proxy}
    adapter = Timely(pool_connections=4, pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    authorization: str,
    monotonic: Callable[[], float] = time.monotonic,
) -> Answer:
    """One request and its answer, whatever it says. Raises ZoomError "network" or "garbage" without one.

    Nothing of requests' own errors is passed on: they carry the request, and so its token.
    """
    end = monotonic() + ANSWER_S
    try:
        with _sent(session, method, url, params, form, authorization) as response:
            body = _body(response, lambda: monotonic() > end)
            return Answer(response.status_code, CaseInsensitiveDict(response.headers), body)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        problem = _problem(error, url)
    raise problem


def _sent(
    session: requests.Session,
    method: str,
    url: str,
    params: Mapping[str, str] | None,
    form: Mapping[str, str] | None,
    authorization: str,
) -> requests.Response:
    """The head of an answer, by the session's adapter itself.

    Cookies, redirects and the environment, which a session looks after at each request, are nothing to us, and cost
    a third of a call.
    """
    ready = requests.PreparedRequest()
    ready.method, ready.url = method, f"{url}?{urlencode(params)}" if params else url
    ready.prepare_headers({**session.headers, "Authorization": authorization})
    ready.prepare_body(form, None)
    adapter = session.get_adapter(url)
    return adapter.send(ready, stream=True, timeout=TIMEOUT_S, verify=session.verify or True, proxies=session.proxies)


def _body(response: requests.Response, is_late: Callable[[], bool]) -> bytes:
    """The whole body, decoded; a connection that drips is read piece by piece, so that it can be left."""
    parts, size = [], 0
    while part := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > ANSWER_BYTES:
            raise ZoomError("garbage", f"Zoom's answer is larger than {ANSWER_BYTES >> 20} MB, so it was left unread.")
        if is_late():
            raise ZoomError("network", f"Zoom's answer was not complete after {ANSWER_S:.0f} s.")
    return b"".join(parts)


def _problem(error: Exception, url: str) -> ZoomError:
    host = url.split("/")[2]
    reason = getattr(error, "args", None) and error.args[0]
    if isinstance(error, requests.exceptions.ProxyError):
        return ZoomError("network", f"The proxy to {host} does not let us through: look at QOSWATCH_HTTPS_PROXY.")
    if isinstance(error, requests.exceptions.SSLError):
        return ZoomError(
            "network",
            f"The certificate of {host} is not trusted. If something inspects TLS here, give its"
            " certificate authority in QOSWATCH_CA_FILE.",
        )
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return ZoomError("network", f"{host} can not be reached: no connection in {TIMEOUT_S[0]:.0f} s.")
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.ReadTimeoutError):
        return ZoomError("network", f"{host} did not answer in {TIMEOUT_S[1]:.0f} s.")
    if isinstance(error, urllib3.exceptions.DecodeError | urllib3.exceptions.ProtocolError):
        return ZoomError("garbage", f"The answer of {host} was cut off or can not be decoded.")
    if isinstance(getattr(reason, "reason", None), urllib3.exceptions.NameResolutionError):
        return ZoomError("network", f"The name {host} can not be resolved: look at DNS or QOSWATCH_HTTPS_PROXY.")
    return ZoomError("network", f"{host} can not be reached: the connection was refused or broke off.")
