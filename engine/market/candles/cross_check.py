"""Reject series whose newest close is far from the consensus price, unless a second venue agrees."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from engine.analysis.candles import far
from engine.market.candles.series import Series
from engine.upstream.fan_out import Outcome
from providers import BadMarket, Pair

AGREEMENT = 0.02
"""Maximum fraction by which two closes that agree differ."""


class CrossCheck:
    """Checks the series of one fetch against each other. `price` returns the known price of a pair."""

    def __init__(self, price: Callable[[Pair], float | None]) -> None:
        self._price = price
        self._received: list[Series] = []
        self._doubted: list[Series] = []

    def accepts(self, series: Series) -> bool:
        """Return whether `series` is plausible. A later series may confirm one that is not yet."""
        self._received.append(series)
        price = self._price(series.market)
        if price is None or not far(series.candles[-1].close, price):
            return True
        self._doubted.append(series)
        return self._confirmed(series)

    def checked(self, outcomes: Iterable[Outcome[Series]]) -> list[Outcome[Series]]:
        """Return `outcomes`, with a `BadMarket` for each series that no other series has confirmed."""
        return [
            outcome if outcome.value is None or self._stands(outcome.value) else _refused(outcome)
            for outcome in outcomes
        ]

    def _stands(self, series: Series) -> bool:
        return not any(series is doubted for doubted in self._doubted) or self._confirmed(series)

    def _confirmed(self, series: Series) -> bool:
        """Return whether the newest close of a second venue agrees."""
        return any(
            other.provider != series.provider and _agree(other.candles[-1].close, series.candles[-1].close)
            for other in self._received
        )


def _agree(close: float, other: float) -> bool:
    return abs(close / other - 1) <= AGREEMENT


def _refused(outcome: Outcome[Series]) -> Outcome[Series]:
    return replace(outcome, value=None, error=BadMarket("its newest close is far from what the coin costs"))
