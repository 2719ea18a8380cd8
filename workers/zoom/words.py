"""What a Zoom administrator should read when Zoom says no: what is wrong, where, and what would work."""

from collections.abc import Mapping
from typing import assert_never

from workers.zoom.errors import Kind, safe
from workers.zoom.urls import Purpose, Question, ZoomKind

_TWIN: Mapping[ZoomKind, ZoomKind] = {"meeting": "webinar", "webinar": "meeting"}
_APP = "Zoom Marketplace → Manage → your Server-to-Server OAuth app"


def of(
    kind: Kind,
    question: Question | None = None,
    *,
    scopes: tuple[str, ...] = (),
    code: int | None = None,
    message: str = "",
) -> str:
    """The sentence for one kind of error, about one question where there is one."""
    match kind:
        case "credentials":
            return _credentials(code, message)
        case "scope":
            return _scope(question, scopes)
        case "plan":
            return (
                "Zoom shows no figures to this account: it must be on Business or higher, and have the Dashboard"
                " feature on (Zoom has one answer for both)." + _said(message)
            )
        case "dashboard":
            return (
                "Zoom keeps its dashboard from us. Either the account has the Dashboard feature off, or the"
                " role of the app's owner lacks Dashboard: View (Admin → User Management → Roles)." + _said(message)
            )
        case "not_live" | "no_participant" | "too_old" | "refused":
            return _about(kind, question, message)
        case "rate" | "daily" | "budget" | "network" | "server" | "garbage":
            return _passing(kind, question, message)
        case _:
            assert_never(kind)


def token_denied(reason: str, error: str) -> str:
    """Why Zoom gives no token, by the two words of its answer.

    https://developers.zoom.us/docs/integrations/oauth-error-messages/
    """
    low = f"{reason} {error}".lower()
    if "disabled" in low or "deactivated" in low or "not activated" in low:
        return f"Zoom gives no token: the app is not active. {_APP} → Activation → Activate your app."
    if "unsupported_grant_type" in low or "grant type" in low:
        return (
            "Zoom gives no token: these credentials are not of a Server-to-Server OAuth app. Make one"
            " (Marketplace → Develop → Build App → Server-to-Server OAuth) and use its three values."
        )
    if "invalid_client" in low or "client_id" in low:
        return (
            "Zoom refuses our credentials (invalid_client): ZOOM_CLIENT_ID or ZOOM_CLIENT_SECRET is wrong, or"
            f" the secret was made anew, or the app is gone. Compare with {_APP} → App Credentials."
        )
    if "invalid_request" in low or "bad request" in low or "account" in low:
        return (
            "Zoom gives no token (invalid_request): ZOOM_ACCOUNT_ID is probably wrong; it is the Account ID"
            f" in {_APP} → App Credentials, not the account number. Is the app activated?"
        )
    return "Zoom gives no token." + _said(reason or error)


def ready_token_refused() -> str:
    """Of a token that was given to us ready."""
    return (
        "Zoom refuses ZOOM_ACCESS_TOKEN: such a token lives one hour. Give a new one, or let qoswatch make"
        " its own with ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET."
    )


def no_credentials() -> str:
    """Of settings without any."""
    return (
        "No Zoom credentials are set: give ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET of a"
        " Server-to-Server OAuth app, or a ready ZOOM_ACCESS_TOKEN."
    )


def budget(label: str, purpose: Purpose, wait_s: float, left_today: int) -> str:
    """Of a call that our own count did not allow."""
    if left_today <= 0:
        kept = " for figures (the last ones find out who is there)" if purpose == "qos" else ""
        return f"Today's Zoom calls{kept} are used up, so none was made. The count starts anew at 00:00 UTC."
    return f"Too many Zoom calls ({label}) at once: this one was not made. There is room in {wait_s:.0f} s."


def no_count() -> str:
    """Of a call that was not made because our own count could not be read."""
    return "Our own count of Zoom calls can not be read (Redis), so no call was made."


def page_expired(question: Question) -> str:
    """Of a list that could not be read to its end."""
    return f"Zoom let its list of {question.call.rows} expire ({_names(question)[1]}) before we had read all of it."


def _credentials(code: int | None, message: str) -> str:
    if code == 4717 or "disabled" in message.lower():
        return f"Zoom says that the app is disabled. {_APP} → Activation → Activate your app." + _said(message)
    return (
        "Zoom refuses a token that it has just given: the app was deactivated, its owner lost the role that"
        f" it needs, or another program makes new tokens with the same app all the time. See {_APP}." + _said(message)
    )


def _scope(question: Question | None, named: tuple[str, ...]) -> str:
    granular, *older = question.call.scopes if question else ("",)
    wanted = ", ".join(named) or granular
    classic = f" (in older apps {', '.join(older)})" if older and not set(older) & set(named) else ""
    return (
        f"The Zoom app lacks the scope {safe(wanted)}{classic}. Add it: {_APP} → Scopes. It counts within a"
        " minute or two, no restart needed. If it can not be chosen there, the role of the app's owner lacks"
        " Dashboard: View."
    )


def _about(kind: Kind, question: Question | None, message: str) -> str:
    one, meeting = _names(question)
    past = question is not None and question.params.get("type") != "live"
    if kind == "too_old":
        return f"Zoom no longer has the figures of {meeting}: it shows nothing older than a year."
    if kind == "refused":
        return (
            f"Zoom can not answer this about {meeting}."
            + _said(message)
            + (f" Is it a {_TWIN[one]}, or another account's {one}?" if "webinar" in message.lower() else "")
        )
    if kind == "no_participant":
        person = safe(question.participant) if question else ""
        return (
            f"Zoom has no figures of participant {person} in {meeting}: nobody there has this id (it is"
            f" the user_id of one join and changes with every rejoin), or the {one} is "
            + ("not over yet." if past else "not live.")
        )
    if past:
        return f"Zoom has no past {meeting}: not over yet (figures come minutes after), or a wrong id."
    return f"{meeting[:1].upper()}{meeting[1:]} is not live, or no such {one} is in this Zoom account."


def _names(question: Question | None) -> tuple[ZoomKind, str]:
    """Meeting or webinar, and which: `webinar 97763643886`; of a list all of them."""
    if question is None:
        return "meeting", "this meeting"
    kind = question.call.kind
    return kind, f"{kind} {safe(question.meeting)}" if question.meeting else f"the list of {kind}s"


def _passing(kind: Kind, question: Question | None, message: str) -> str:
    span = "minute" if question and question.call.label == "intensive" else "second"
    sentences: dict[Kind, str] = {
        "rate": f"Zoom says that the account makes too many calls this {span}; other apps count too.",
        "daily": "Zoom says that the account's calls of today are used up; other apps count too."
        " They start anew at 00:00 UTC.",
        "network": "Zoom can not be reached.",
        "server": "Zoom has trouble of its own (status.zoom.us).",
        "garbage": "The answer is not Zoom's: cut off, or from something in between (proxy, login page).",
    }
    return sentences.get(kind, "Zoom was not asked.") + ("" if kind in ("rate", "daily") else _said(message))


def _said(message: str) -> str:
    return f" Zoom says: {safe(message).rstrip('.')}." if message.strip() else ""
