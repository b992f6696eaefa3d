"""Dates of feeds: those of e-mail (RSS) and ISO 8601 (Atom), under either name."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""What parsing a date of the wrong shape may raise."""
LONGEST = 60
"""Letters of the longest date that is looked at."""


def milliseconds(text: str) -> int | None:
    """Return a date as Unix milliseconds, in UTC where it names no zone; `None` for what is no date."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment: datetime = parse(text)
            return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
        except UNREADABLE:
            continue
    return None
