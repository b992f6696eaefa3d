"""The last day of a coin at one exchange, beside the price of all providers."""

from engine.market.prices.days import MarketDay
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin
from providers import Asset, Pair


class Days:
    """The days of one answer, and their exchanges."""

    def __init__(self) -> None:
        self._pairs = _use_cases.exchange_pairs()
        self._venues: dict[str, None] = {}

    def of(self, asset: Asset, currency: str) -> MarketDay | None:
        """Return the day of a coin, `None` if no exchange reports it."""
        day = None if self._pairs is None else _use_cases.day_of(self._pairs, Pair(asset, currency))
        if day is not None:
            self._venues[day.venue] = None
        return day

    @property
    def origins(self) -> list[Origin]:
        """Where the days so far are from; empty without any."""
        if self._pairs is None or not self._venues:
            return []
        return [Origin(self._pairs.validity, list(self._venues))]
