"""The way to Redis: whether others can go it too, and whether its Sentinels would show us the next one."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from rules import sentinels as addresses
from service.store import Store
from service.store.connect import watchers
from workers.doctor.findings import Finding, fault, warning

_HERE = {"127.0.0.1", "::1", "localhost"}


def openness(url: str | None) -> Iterator[Finding]:
    """Whoever writes this Redis decides what we do: it must not stand open."""
    if not url or url.startswith("unix:"):
        return
    hosts, password, safe = _facts(url)
    if hosts <= _HERE:
        return
    if not password:
        yield warning("REDIS_URL has no password: who reaches that Redis can do what we can", "set requirepass there")
    if not safe:
        better = "rediss+sentinel://" if addresses.is_sentinels(url) else "rediss://"
        yield warning("REDIS_URL is not encrypted: alerts and names travel in the open", f"use {better}")


def sentinels(store: Store) -> Iterator[Finding]:
    """One that is away or knows nothing is one that fails when it is needed."""
    named = watchers(store.redis)
    for where, primary in named.items():
        if primary is None:
            yield warning(f"the Sentinel {where} does not answer, or does not know that service", "start it again")
    told = sorted({primary for primary in named.values() if primary})
    if len(told) > 1:
        yield fault(f"Sentinels name different primaries ({', '.join(told)})", "SENTINEL RESET where it is wrong")


def _facts(url: str) -> tuple[set[str], bool, bool]:
    """Which hosts it names, whether with a password, whether by TLS."""
    if addresses.is_sentinels(url):
        named = addresses.sentinels(url)
        return {host for host, _ in named.hosts}, bool(named.servers.password), named.tls
    parts = urlsplit(url)
    return {parts.hostname or "localhost"}, bool(parts.password), parts.scheme == "rediss"
