"""Who presses: the name that a single-sign-on proxy in front of us gives, where QOSWATCH_USER_HEADER trusts one."""

from flask import request

from rules.words import clean, cut

NAME_MAX = 80


def signed_on(header: str | None) -> str:
    """The name in the header of this request; "" where no header is trusted, or it says nothing.

    Whoever sets QOSWATCH_USER_HEADER vouches that the proxy takes that header away from what browsers send.
    """
    told = request.headers.get(header, "") if header else ""
    return name_of(told.encode("latin-1", "replace").decode("utf-8", "replace"))  # WSGI hands bytes on as Latin-1


def name_of(text: str) -> str:
    """A name as messages may show it: one line, no hidden characters, no longer than names are."""
    return cut(clean(text), NAME_MAX)
