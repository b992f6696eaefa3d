"""What a coin costs, judged from what several providers say. Pure functions.

All prices are in one currency before they come here. The rules are those of the README's "How a
price is made": a median of the quotes that are no outliers, and flags for the ones to be doubted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

OUTLIER = 0.02
"""A quote this far from the median, as a fraction, does not count."""
SUSPECT_FLOOR = 0.005
"""Up to this deviation a quote is never suspect, however close the others are."""
NORMAL = 1.4826
"""Makes a median absolute deviation comparable to a standard deviation."""
SMALL_SAMPLE = {3: 1.495, 4: 1.363, 5: 1.206, 6: 1.200, 7: 1.140, 8: 1.129, 9: 1.107}
"""c(n): how much a median absolute deviation of few values underestimates."""
TRUSTED = "binance"
"""Whose quote is taken where the providers do not agree at all."""
DISPUTED = 0.45
"""The most confidence there is in a price that the providers do not agree on."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One quote and what became of it. `deviation` is a fraction of the median of all quotes."""

    provider: str
    price: float
    deviation: float
    outlier: bool
    suspect: bool


@dataclass(frozen=True, slots=True)
class Consensus:
    """A price, how far it can be trusted (0 to 1), and the quotes it was made from."""

    price: float
    confidence: float
    verified: bool
    sources: tuple[Judged, ...]

    @property
    def counted(self) -> list[Judged]:
        """The quotes that the price rests on."""
        return [source for source in self.sources if not source.outlier]


def judge(prices: Mapping[str, float]) -> Consensus:
    """The consensus of `prices` by provider: at least one.

    Where the quotes disagree so much that their median means nothing, Binance's is taken, or else the first,
    and the confidence stays below 0.5.
    """
    centre = median(prices.values())
    doubted = _suspicious(list(prices.values()), centre)
    disputed = _disputed(list(prices.values()), centre)
    first = TRUSTED if TRUSTED in prices else next(iter(prices))
    sources = []
    for provider, price in prices.items():
        deviation = abs(price - centre) / centre
        outlier = provider != first if disputed else deviation > OUTLIER
        suspect = not outlier and not disputed and abs(price - centre) > doubted
        sources.append(Judged(provider, price, deviation, outlier, suspect))
    counted = [source for source in sources if not source.outlier]
    confidence = _confidence(counted, len(sources))
    return Consensus(
        price=middle([source.price for source in counted]),
        confidence=round(min(confidence, DISPUTED) if disputed else confidence, 4),
        verified=len(counted) >= 3 and not any(source.suspect for source in counted),
        sources=tuple(sources),
    )


def middle(figures: Sequence[float]) -> float:
    """The median; between two figures, without the digits that only computing gives it."""
    centre = median(figures)
    return centre if centre in figures else tidy(centre)


def tidy(figure: float) -> float:
    """A computed figure to twelve significant digits."""
    return float(f"{figure:.12g}")


def small_sample_factor(count: int) -> float:
    """c(n) for the median absolute deviation of `count` values, from three on."""
    return SMALL_SAMPLE.get(count, count / (count - 0.8))


def _suspicious(prices: Sequence[float], centre: float) -> float:
    """The distance from the median from which a quote is to be doubted; none of fewer than three is."""
    if len(prices) < 3:
        return float("inf")
    spread = median(abs(price - centre) for price in prices)
    return max(2 * NORMAL * small_sample_factor(len(prices)) * spread, SUSPECT_FLOOR * centre)


def _disputed(prices: Sequence[float], centre: float) -> bool:
    """Two quotes that are far apart, or several of which none is near the median."""
    if len(prices) == 2:
        return abs(prices[0] - prices[1]) > OUTLIER * centre
    return all(abs(price - centre) > OUTLIER * centre for price in prices)


def _confidence(counted: Sequence[Judged], asked: int) -> float:
    """Each agreeing source halves the doubt; dissent and spread take from what is left.

    (1 - 2^-agreeing) * agreeing/all * (1 - spread/2 %), the spread being the normalised median
    absolute deviation of the quotes that count.
    """
    agreeing = sum(not source.suspect for source in counted)
    centre = median(source.price for source in counted)
    spread = NORMAL * median(abs(source.price - centre) for source in counted) / centre
    return (1 - 0.5**agreeing) * agreeing / asked * max(0.0, 1 - spread / OUTLIER)
