"""Which addresses a channel may have: checked when it is registered, and again before each post."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qs, urlsplit

from rules.addresses import address_of, is_ours, is_public
from rules.errors import RulesError
from rules.model import Channel, ChannelKind, Region

LENGTH = 2000
_SLACK = ("hooks.slack.com", "hooks.slack-gov.com")
#: With a dot in front, so that no other domain ends like them. Old flows, new flows, governments, China.
_TEAMS = (
    ".environment.api.powerplatform.com",
    ".logic.azure.com",
    ".environment.api.gov.powerplatform.microsoft.us",
    ".environment.api.high.powerplatform.microsoft.us",
    ".environment.api.appsplatform.us",
    ".environment.api.powerplatform.partner.microsoftonline.cn",
    ".logic.azure.us",
    ".logic.azure.cn",
)
_PAGERDUTY = {"us": "events.pagerduty.com", "eu": "events.eu.pagerduty.com"}
_RETIRED = ("webhook.office.com", "outlook.office.com", "outlook.office365.com")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NEARBY = (".localhost", ".localdomain", ".local", ".internal", ".intranet", ".corp", ".lan", ".home.arpa", ".test")
_NO_ADDRESS: tuple[ChannelKind, ...] = ("pagerduty", "email")  #: where to is known without one


class ChannelUrlError(RulesError):
    """An address that a channel can not have. `str()` says why and what would work, and never the address."""

    pointer = "/url"


def check_url(kind: ChannelKind, url: str, allow_private: bool = False) -> None:
    """Accept an address, or raise ChannelUrlError. `allow_private` opens plain http, this machine and its network."""
    if not url and kind in _NO_ADDRESS:
        return
    parts = _parts(url)
    if allow_private and _is_private(parts.hostname or ""):
        return
    if parts.scheme != "https":
        raise ChannelUrlError("an address of a channel starts with https://")
    if parts.port not in (None, 443):
        raise ChannelUrlError("an address of a channel has no port of its own")
    _CHECKS[kind](parts)


def events_url(region: Region) -> str:
    """Where PagerDuty takes events of an account."""
    return f"https://{_PAGERDUTY[region]}/v2/enqueue"


def leads_to(channel: Channel) -> str:
    """Where a channel leads, as readers may see it."""
    if channel.kind == "email":
        return ", ".join(channel.to)
    if channel.kind == "pagerduty" and not channel.url:
        return _PAGERDUTY[channel.region]
    return masked(channel.url)


def masked(url: str) -> str:
    """What readers may see of it: the host, and the last four characters of a secret that is long enough."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or "?"
    except ValueError:
        return "?"
    secret = url.partition("://")[2].partition("/")[2]
    return f"{host} …{url[-4:]}" if len(secret) >= 16 else f"{host} …"


def _parts(url: str) -> SplitResult:
    """The address taken apart, when every reader would take it apart alike."""
    if len(url) > LENGTH:
        raise ChannelUrlError(f"an address of a channel has at most {LENGTH} characters")
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise ChannelUrlError("an address of a channel has no spaces, backslashes or letters beyond ASCII")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ChannelUrlError("this is no address: it should read https://host/path") from None
    if parts.scheme not in ("http", "https") or not (_HOST.fullmatch(host) or address_of(host)) or port == 0:
        raise ChannelUrlError("this is no address: it should read https://host/path")
    if "@" in parts.netloc:
        raise ChannelUrlError("an address of a channel has no user name or password in it")
    if "#" in url or any(step in ("..", ".") for step in parts.path.split("/")):
        raise ChannelUrlError("an address of a channel has no fragment (#…) and no dots for steps in its path")
    return parts


def _check_slack(parts: SplitResult) -> None:
    if parts.hostname not in _SLACK:
        raise ChannelUrlError("a Slack incoming webhook starts with https://hooks.slack.com/services/")
    first = parts.path.split("/")[1] if parts.path else ""
    if first in ("triggers", "workflows"):
        raise ChannelUrlError(
            f"this Slack URL is a Workflow trigger (/{first}/…); an incoming webhook starts with /services/."
        )
    if not re.fullmatch(r"/services/[^/]+/[^/]+/[^/]+", parts.path):
        raise ChannelUrlError("a Slack incoming webhook reads https://hooks.slack.com/services/T…/B…/…")


def _check_teams(parts: SplitResult) -> None:
    host = parts.hostname or ""
    if any(host == retired or host.endswith(f".{retired}") for retired in _RETIRED):
        raise ChannelUrlError(
            "this is a retired Office 365 connector. In Teams: Workflows → "
            '"Post to a channel when a webhook request is received" → paste that URL.'
        )
    if not host.endswith(_TEAMS):
        raise ChannelUrlError(
            "a Teams workflow's URL has a host that ends in .environment.api.powerplatform.com or .logic.azure.com"
        )
    if not parse_qs(parts.query).get("sig"):
        raise ChannelUrlError(
            "this Teams URL has no sig=…: its flow lets only its tenant in. In the flow, set who can trigger it "
            "to Anyone, save, and paste the new URL whole."
        )


def _check_pagerduty(parts: SplitResult) -> None:
    if parts.hostname not in _PAGERDUTY.values() or parts.path != "/v2/enqueue":
        raise ChannelUrlError("PagerDuty takes events at one address a region: leave 'url' out and give 'region'")


def _check_webhook(parts: SplitResult) -> None:
    """A name that leads to an address of ours is found out before it is connected to."""
    host = parts.hostname or ""
    if is_public(host) or (_is_name(host) and not _is_private(host)):
        return
    raise ChannelUrlError(
        "a webhook's address is out on the Internet; this machine and its network are open to trials and tests only "
        "(QOSWATCH_ALLOW_PRIVATE_TARGETS)"
    )


def _check_email(parts: SplitResult) -> None:
    raise ChannelUrlError("e-mail goes out by SMTP_URL: leave 'url' out and give 'to'")


_CHECKS: Mapping[ChannelKind, Callable[[SplitResult], None]] = {
    "slack": _check_slack,
    "teams": _check_teams,
    "pagerduty": _check_pagerduty,
    "webhook": _check_webhook,
    "email": _check_email,
}


def _is_name(host: str) -> bool:
    """Whether a host can mean nothing but a name: some readers take 0177.1, 0x7f.1 and 2130706433 for addresses."""
    return not address_of(host) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _is_private(host: str) -> bool:
    """This machine or its network: an address of ours, a name without dots, or a name kept for that."""
    return is_ours(host) or (_is_name(host) and ("." not in host or host.endswith(_NEARBY)))
