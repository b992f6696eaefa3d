"""Which prices and closes are good enough for rules. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.analysis.consensus import CONFIDENT, OUTLIER

STALE = "stale"
NO_PRICE = "no provider has a price"
DISPUTED = "the providers dispute the price"
UNSURE = "the confidence is below 0.5"
ALONE = "fewer than two providers"
FEW = "too few providers agree"
UNCONFIRMED = "no second venue confirms the close"


def doubt_of_price(row: Mapping[str, Any], least_sources: int) -> str:
    """Return why the price of a row is not good enough, or an empty text."""
    if row["price"] is None:
        return NO_PRICE
    if row.get("disputed"):
        return DISPUTED
    if row["confidence"] < CONFIDENT:
        return UNSURE
    return FEW if len(agreeing(row)) < least_sources else ""


def agreeing(row: Mapping[str, Any]) -> list[str]:
    """Return the providers whose quotes count and are not suspect."""
    return [it["provider"] for it in row["sources"] if not it["outlier"] and not it["suspect"]]


def spread(row: Mapping[str, Any]) -> float | None:
    """Return the range of the quotes in per cent of the price, `None` for fewer than two quotes."""
    quotes: Sequence[float] = [it["price"] for it in row["sources"]]
    price: float | None = row["price"]
    if len(quotes) < 2 or not price:
        return None
    return 100 * (max(quotes) - min(quotes)) / price


def agrees(close: float, other: float) -> bool:
    """Return whether two prices differ by at most 2 %."""
    return abs(close / other - 1) <= OUTLIER
