"""Who signed the certificate that answers at an address: a firm's own name there means that TLS is inspected."""

import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

_WAIT_S = 5.0


def issuer(url: str) -> str:
    """The signer's name, trusted or not; "" when it can not be had. Nothing is asked, only the hands are shaken."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return ""
    place = (parts.hostname, parts.port or 443)
    try:
        leaf = _certificate(place, _trusting(None), raw=True)
        told: Any = _certificate(place, _trusting(leaf), raw=False) if leaf else None
    except (OSError, ValueError):
        return ""
    names = {key: value for pairs in (told or {}).get("issuer", ()) for key, value in pairs}
    return str(names.get("organizationName") or names.get("commonName") or "")


def _certificate(place: tuple[str, int], context: ssl.SSLContext, *, raw: bool) -> Any:
    """What the other side shows, as it is (`raw`) or taken apart."""
    with (
        socket.create_connection(place, _WAIT_S) as plain,
        context.wrap_socket(plain, server_hostname=place[0]) as ours,
    ):
        return ours.getpeercert(binary_form=raw)


def _trusting(leaf: bytes | None) -> ssl.SSLContext:
    """Trusts anybody, or this one certificate alone: Python takes apart only what it trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if leaf is None:
        context.verify_mode = ssl.CERT_NONE
    else:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=leaf)
    return context
