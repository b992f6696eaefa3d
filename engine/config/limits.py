"""What each tier may ask of the history at once."""

from dataclasses import dataclass

DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest range and the most rows of an export; `None` for no limit."""

    days: int | None
    rows: int | None


ANONYMOUS = Limits(366, 1_000_000)
"""Without a key."""
LIMITS: dict[str, Limits] = {
    "free": Limits(3 * 366, None),
    "pro": Limits(None, None),
    "unlimited": Limits(None, None),
}
"""By the tier of a key."""


def limits_of(tier: str | None) -> Limits:
    """Return the limits of a tier; `None` is a client without a key."""
    return ANONYMOUS if tier is None else LIMITS[tier]
