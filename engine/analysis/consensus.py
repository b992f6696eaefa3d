"""What a coin costs, judged from what several providers say. Pure functions.

All prices are in one currency before they come here. The rules are those of the README's "How a
price is made": a median of the quotes that are no outliers, and flags for the ones to be doubted.
"""

from collections.abc import Collection, Mapping, Sequence
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
"""The highest confidence of a disputed price."""
AGREEING = 3
"""The number of quotes that a verified price rests on at least."""
CONFIDENT = 0.5
"""The lowest confidence of a verified price."""


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
    """A price, how far it can be trusted (0 to 1), and the quotes it was made from.

    It is `disputed` where the quotes fall into two camps.
    """

    price: float
    confidence: float
    verified: bool
    disputed: bool
    sources: tuple[Judged, ...]

    @property
    def counted(self) -> list[Judged]:
        """The quotes that the price rests on."""
        return [source for source in self.sources if not source.outlier]


def judge(prices: Mapping[str, float], frozen: Collection[str] = ()) -> Consensus:
    """Return the consensus of `prices` by provider: at least one. Those of `frozen` providers are suspect.

    Where no quote is near the median, only one of the two beside it counts: Binance's, or else the first.
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
    """Return whether the quotes fall into two camps.

    Either no majority is within 2 % of the median, or the median lies in a gap of more than 2 % between two
    halves.
    """
    ordered, half = sorted(prices), len(prices) // 2
    near = sum(abs(price - centre) <= OUTLIER * centre for price in prices)
    gap = ordered[half] - ordered[half - 1] if len(prices) % 2 == 0 else 0.0
    return near <= half or gap > OUTLIER * centre


def _nearest(prices: Mapping[str, float], centre: float) -> str | None:
    """Return whose quote is the price where the median means nothing, `None` where it means something.

    It means nothing between two quotes that differ by more than 2 %, and where no quote is near it. The
    choice is between the two quotes beside it: one liar among several moves neither out of the honest range.
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
    """Each agreeing source halves the doubt; dissent and spread take from what is left.

    (1 - 2^-agreeing) * agreeing/all * (1 - spread/2 %), the spread being the normalised median
    absolute deviation of the quotes that count.
    """
    agreeing = sum(not source.suspect for source in counted)
    centre = median(source.price for source in counted)
    spread = NORMAL * median(abs(source.price - centre) for source in counted) / centre
    return (1 - 0.5**agreeing) * agreeing / asked * max(0.0, 1 - spread / OUTLIER)
