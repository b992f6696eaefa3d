"""`Retry-After`: for how long a provider wants to be left alone (RFC 9110, 10.2.3)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_REST = 86_400.0
"""Seconds of rest that a provider may ask for at most."""
SECONDS = re.compile(r"[0-9]+(?:\.[0-9]*)?")
UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""What parsing a date of the wrong shape may raise."""


def rest(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds of rest that `headers` ask for; `None` where they ask for none.

    A header that was sent twice arrives as one list: the longest rest counts. A date is compared with
    the reply's own `Date`, since the clock of this host (`now`, Unix seconds) may be wrong.
    """
    text = headers.get("Retry-After", "")
    parts = [part.strip() for part in text.split(",")]
    seconds = [float(part) for part in parts if SECONDS.fullmatch(part)]
    if not seconds and (until := _moment(text)) is not None:
        sent = _moment(headers.get("Date", ""))
        seconds = [until - (now if sent is None else sent)]
    longest = min(max(seconds, default=0.0), LONGEST_REST)
    return longest if longest > 0 else None


def _moment(text: str) -> float | None:
    """The Unix seconds of an HTTP date, `None` where `text` is none."""
    try:
        moment: datetime = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except UNREADABLE:
        return None
