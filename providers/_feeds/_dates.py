"""Parse the dates of feeds: e-mail dates (RSS) and ISO 8601 (Atom), either of them in any feed."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

UNREADABLE = (TypeError, ValueError, OverflowError, IndexError)
"""The errors of parsing an invalid date."""
LONGEST = 60
"""Letters of the longest date that is parsed."""


def milliseconds(text: str) -> int | None:
    """Return a date as Unix milliseconds, `None` if it is invalid. A date without a zone is UTC."""
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
