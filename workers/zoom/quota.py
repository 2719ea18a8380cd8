"""What the headers of Zoom's answers say of the day's calls: older pages promise it, newer ones do not."""

import re
from collections.abc import Mapping

_WHOLE = re.compile(r"[0-9]{1,9}")


def left_today(headers: Mapping[str, str]) -> int | None:
    """How many calls the whole account has left today; None: the answer does not say."""
    told = {name.lower(): value.strip() for name, value in headers.items()}
    remaining = told.get("x-ratelimit-remaining", "")
    if "daily" not in told.get("x-ratelimit-type", "").lower() or not _WHOLE.fullmatch(remaining):
        return None
    return int(remaining)
