"""Compute a coin's price and its confidence from several providers' quotes. Pure functions.

All prices are in one currency. docs/api.md describes the rules under "How a price is computed": the median of
the quotes without outliers, and flags for doubtful quotes.
"""

from collections.abc import Collection, Mapping, Sequence
from statistics import median

import msgspec

OUTLIER = 0.02
"""Quotes that differ from the median by this fraction do not count."""
SUSPECT_FLOOR = 0.005
"""Quotes with a smaller deviation are never suspect, however close the others are."""
NORMAL = 1.4826
"""Scales a median absolute deviation to a standard deviation."""
SMALL_SAMPLE = {3: 1.495, 4: 1.363, 5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}
"""c(n): the factor by which a median absolute deviation of few values underestimates."""
TRUSTED = "binance"
"""The provider whose quote is used when the providers do not agree at all."""
DISPUTED = 0.45
"""The highest confidence of a disputed price."""
AGREEING = 3
"""A verified price needs at least so many quotes."""
CONFIDENT = 0.5
"""A verified price needs at least this confidence."""


class Judged(msgspec.Struct, frozen=True):
    """One quote and its verdict. `deviation` is a fraction of the median of all quotes."""

    provider: str
    price: float
    deviation: float
    outlier: bool
    suspect: bool


class Consensus(msgspec.Struct, frozen=True):
    """A price, its confidence (0 to 1), and its quotes.

    It is `disputed` if the quotes form two camps.
    """

    price: float
    confidence: float
    verified: bool
    disputed: bool
    sources: tuple[Judged, ...]

    @property
    def counted(self) -> list[Judged]:
        """The quotes that count."""
        return [source for source in self.sources if not source.outlier]


def judge(prices: Mapping[str, float], frozen: Collection[str] = ()) -> Consensus:
    """Return the consensus of `prices` by provider: at least one. Quotes of `frozen` providers are suspect.

    If no quote is near the median, only one of its two neighbours counts: Binance's, or else the first.
    """
    centre = median(prices.values())
    doubted = _suspicious(list(prices.values()), centre)
    disputed = _disputed(list(prices.values()), centre)
    chosen = _nearest(prices, centre)
    sources = []
    for provider, price in prices.items():
        deviation = abs(price - centre) / centre
        outlier = deviation > OUTLIER if chosen is None else provider != chosen
        far = chosen is None and abs(price - centre) > doubted
        suspect = not outlier and (far or provider in frozen)
        sources.append(Judged(provider, price, deviation, outlier, suspect))
    counted = [source for source in sources if not source.outlier]
    confidence = _confidence(counted, len(sources))
    confidence = round(min(confidence, DISPUTED) if disputed else confidence, 4)
    sound = not disputed and confidence >= CONFIDENT
    return Consensus(
        price=middle([source.price for source in counted]),
        confidence=confidence,
        verified=sound and len(counted) >= AGREEING and not any(source.suspect for source in counted),
        disputed=disputed,
        sources=tuple(sources),
    )


def middle(figures: Sequence[float]) -> float:
    """Return the median; between two figures, without digits that only the computation adds."""
    centre = median(figures)
    return centre if centre in figures else tidy(centre)


def tidy(figure: float) -> float:
    """Round a computed figure to twelve significant digits."""
    return float(f"{figure:.12g}")


def small_sample_factor(count: int) -> float:
    """Return c(n) for the median absolute deviation of `count` values, at least three."""
    return SMALL_SAMPLE.get(count, count / (count - 0.8))


def _suspicious(prices: Sequence[float], centre: float) -> float:
    """Return the distance from the median at which quotes become suspect; fewer than three never are."""
    if len(prices) < 3:
        return float("inf")
    spread = median(abs(price - centre) for price in prices)
    return max(2 * NORMAL * small_sample_factor(len(prices)) * spread, SUSPECT_FLOOR * centre)


def _disputed(prices: Sequence[float], centre: float) -> bool:
    """Return whether the quotes form two camps.

    Either no majority is within 2 % of the median, or the median lies in a gap of more than 2 % between two
    halves.
    """
    ordered, half = sorted(prices), len(prices) // 2
    near = sum(abs(price - centre) <= OUTLIER * centre for price in prices)
    gap = ordered[half] - ordered[half - 1] if len(prices) % 2 == 0 else 0.0
    return near <= half or gap > OUTLIER * centre


def _nearest(prices: Mapping[str, float], centre: float) -> str | None:
    """Return the provider whose quote is the price if the median has no meaning, `None` if it has one.

    It has no meaning between two quotes that differ by more than 2 %, and if no quote is near it. The choice
    is between its two neighbours: one wrong quote among several moves neither out of the honest range.
    """
    apart = [abs(price - centre) for price in prices.values()]
    gap = max(apart) * 2 if len(prices) == 2 else min(apart)
    if gap <= OUTLIER * centre:
        return None
    ordered = sorted(prices, key=lambda provider: prices[provider])
    beside = ordered[len(prices) // 2 - 1 : len(prices) // 2 + 1]
    level = {prices[provider] for provider in beside}
    first = [provider for provider, price in prices.items() if price in level]
    return TRUSTED if TRUSTED in first else first[0]


def _confidence(counted: Sequence[Judged], asked: int) -> float:
    """Halve the doubt for each agreeing source, and subtract for dissent and spread.

    (1 - 2^-agreeing) * agreeing/all * (1 - spread/2 %), where the spread is the normalised median absolute
    deviation of the quotes that count.
    """
    agreeing = sum(not source.suspect for source in counted)
    centre = median(source.price for source in counted)
    spread = NORMAL * median(abs(source.price - centre) for source in counted) / centre
    return (1 - 0.5**agreeing) * agreeing / asked * max(0.0, 1 - spread / OUTLIER)
