"""`Retry-After`: how long a provider asks callers to wait (RFC 9110, 10.2.3)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds that are waited at most, whatever a provider asks for."""
SECONDS = re.compile(r"[0-9]+(?:\.[0-9]*)?")
UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""The errors of parsing an invalid date."""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that `headers` ask callers to wait; `None` if they ask for none.

    A header that was sent twice arrives as one list: the longest time counts. A date is compared with
    the reply's own `Date`, since the clock of this host (`now`, Unix seconds) may be wrong.
    """
    text = headers.get("Retry-After", "")
    parts = [part.strip() for part in text.split(",")]
    seconds = [float(part) for part in parts if SECONDS.fullmatch(part)]
    if not seconds and (until := _moment(text)) is not None:
        sent = _moment(headers.get("Date", ""))
        seconds = [until - (now if sent is None else sent)]
    longest = min(max(seconds, default=0.0), LONGEST)
    return longest if longest > 0 else None


def _moment(text: str) -> float | None:
    """Return an HTTP date as Unix seconds, `None` if `text` is none."""
    try:
        moment: datetime = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except UNREADABLE:
        return None
