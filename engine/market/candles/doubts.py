"""Newest closes far from what the coin costs: of another market, unless a second venue agrees."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.analysis.candles import far
from engine.market.candles.series import Series
from engine.upstream.fan_out import Outcome
from providers import BadMarket, Pair

AGREEMENT = 0.02
"""The fraction by which the closes of two venues may differ and agree."""


class Doubts:
    """Holds back what is doubted during one fetch. `price` is what a pair costs, as far as that is known."""

    def __init__(self, price: Callable[[Pair], float | None]) -> None:
        self._price = price
        self._seen: list[Series] = []
        self._doubted: list[Series] = []

    def believed(self, series: Series) -> bool:
        """Whether `series` is of the market that it is said to be; one that is not may be confirmed later."""
        self._seen.append(series)
        price = self._price(series.market)
        if price is None or not far(series.candles[-1].close, price):
            return True
        self._doubted.append(series)
        return self._confirmed(series)

    def judged(self, outcomes: Iterable[Outcome[Series]]) -> list[Outcome[Series]]:
        """Return `outcomes`, with a `BadMarket` for each series that is doubted to the end."""
        return [
            outcome if outcome.value is None or self._stands(outcome.value) else _refused(outcome)
            for outcome in outcomes
        ]

    def _stands(self, series: Series) -> bool:
        return not any(series is doubted for doubted in self._doubted) or self._confirmed(series)

    def _confirmed(self, series: Series) -> bool:
        """Whether a second venue's newest close agrees."""
        return any(
            other.provider != series.provider and _agree(other.candles[-1].close, series.candles[-1].close)
            for other in self._seen
        )


def _agree(close: float, other: float) -> bool:
    return abs(close / other - 1) <= AGREEMENT


def _refused(outcome: Outcome[Series]) -> Outcome[Series]:
    return replace(outcome, value=None, error=BadMarket("its newest close is far from what the coin costs"))
