"""Read the header `Retry-After` (RFC 9110, section 10.2.3)."""

from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 12
"""The most digits of a number; longer ones are invalid."""


def seconds_until(text: str, now: float) -> float | None:
    """Return the seconds to wait, `None` where the header is missing or invalid."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= LONGEST:
        return float(text)
    try:
        time = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, time.replace(tzinfo=time.tzinfo or UTC).timestamp() - now)
