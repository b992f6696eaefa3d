"""What currencies are worth in each other, by the markets between them. Pure functions.

Where no market has both currencies, the rate is worked out from a way of up to three markets: the fewest,
and through the currencies that are traded most. Markets with little trade count only where others are
missing. A rate is as trustworthy as the least trustworthy market on its way.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from statistics import median

import msgspec
from msgspec.structs import replace

from engine.analysis.consensus import judge, tidy
from engine.analysis.tether import Rate, observe
from providers import ASSET_BY_NAME, EURO, TETHER, USDC, Quote

CURRENCIES = ("usdt", "usd", "btc", "usdc", "eth", "eur", "gbp", "try", "brl", "jpy", "aud", "cad", "chf")
"""The ids of the currencies that prices are converted to, the most traded first."""
THIN = 10_000.0
"""US dollars a day below which the price of a market says little."""
LONGEST_WAY = 3
TOGETHER = 300.0
"""Seconds between the arrivals of prices that count together at most."""
SAME = Rate(1.0, 1.0, verified=True)
OBSERVED = {
    "usdt": TETHER,
    "usdc": USDC,
    "eur": EURO,
    "btc": ASSET_BY_NAME["BTC"],
    "eth": ASSET_BY_NAME["ETH"],
}
"""What shows the dollars for one USDT, by its markets."""


class Trade(msgspec.Struct, frozen=True):
    """The last price of one unit of `base` at a venue, in `quote`; both are ids.

    `volume` is what was traded in 24 hours, in the quote; `change` that of the price in that time, in per
    cent. `time` is the venue's own in Unix milliseconds. Both are `None` where the venue gives none.
    `received` is when it arrived, in Unix seconds of this host.
    """

    venue: str
    base: str
    quote: str
    price: float
    volume: float
    time: int | None = None
    change: float | None = None
    received: float = inf

    def inverted(self) -> "Trade":
        """Return the same market with its sides exchanged. The change is not that of the other side."""
        price, volume = tidy(1 / self.price), self.volume / self.price
        return Trade(self.venue, self.quote, self.base, price, volume, self.time, None, self.received)


class Way(msgspec.Struct, frozen=True):
    """The rate between two currencies, and the markets that it rests on, such as `USDT/EUR`.

    `received` is when the oldest of their prices arrived, in Unix seconds of this host.
    """

    rate: Rate
    via: tuple[str, ...] = ()
    thin: bool = False
    received: float = inf

    def inverted(self) -> "Way":
        """Return the way back."""
        rate = Rate(1 / self.rate.price, self.rate.confidence, self.rate.verified)
        return Way(rate, self.via[::-1], self.thin, self.received)

    def then(self, other: "Way") -> "Way":
        """Return both ways, one after the other."""
        first, second = self.rate, other.rate
        rate = Rate(
            first.price * second.price,
            min(first.confidence, second.confidence),
            first.verified and second.verified,
        )
        received = min(self.received, other.received)
        return Way(rate, self.via + other.via, self.thin or other.thin, received)


class RateBook:
    """The rates between `CURRENCIES` at one moment, by the `trades` between them.

    Those of `late` venues, which did not answer lately, show no dollars for one USDT while others do.
    """

    def __init__(self, trades: Sequence[Trade], late: Collection[str] = ()) -> None:
        self._dollars = _dollars(trades)
        thick = [trade for trade in trades if not self.is_thin(trade)]
        self.tether = _tether(trade for trade in thick if trade.venue not in late) or _tether(thick)
        """The way from USDT to US dollars, `None` where it is unknown."""
        self._legs = _legs(trades, self)
        self._ways: dict[tuple[str, str], Way | None] = {}

    @property
    def usdt_usd(self) -> Rate | None:
        """US dollars for one USDT, `None` where they are unknown."""
        return None if self.tether is None else self.tether.rate

    def turnover(self, trade: Trade) -> float:
        """Return the US dollars that a market traded in 24 hours, 0 where they are unknown."""
        return trade.volume * self._dollars.get(trade.quote, 0.0)

    def is_thin(self, trade: Trade) -> bool:
        """Return whether a market trades so little that its price says little."""
        return self.turnover(trade) < THIN

    def way(self, start: str, end: str) -> Way | None:
        """Return the rate of one unit of `start` in `end`, `None` where no markets connect them."""
        key = start, end
        if key not in self._ways:
            thick = {leg: way for leg, way in self._legs.items() if not way.thin}
            self._ways[key] = _shortest(start, end, thick) or _shortest(start, end, self._legs)
        return self._ways[key]


def of_one_moment(trades: Sequence[Trade]) -> list[Trade]:
    """Return the newest trades, without those that arrived more than five minutes before them."""
    newest = max((trade.received for trade in trades), default=inf)
    return [trade for trade in trades if trade.received >= newest - TOGETHER]


def _tether(trades: Iterable[Trade]) -> Way | None:
    """Return the US dollars for one USDT, observed as for the quotes of providers."""
    used = of_one_moment([trade for trade in trades if trade.base in OBSERVED])
    quotes: dict[str, list[Quote]] = defaultdict(list)
    for trade in used:
        quotes[trade.venue].append(Quote(OBSERVED[trade.base], trade.price, trade.quote.upper()))
    rate = observe(quotes)
    if rate is None:
        return None
    return Way(rate, ("USDT/USD",), received=min(trade.received for trade in used))


def _dollars(trades: Iterable[Trade]) -> dict[str, float]:
    """Return roughly the US dollars for one unit of each currency, by the median of its markets."""
    dollars = {"usd": 1.0}
    both = [side for trade in trades for side in (trade, trade.inverted())]
    for _ in range(LONGEST_WAY):
        found: dict[str, list[float]] = defaultdict(list)
        for side in both:
            if side.quote in dollars and side.base not in dollars:
                found[side.base].append(side.price * dollars[side.quote])
        dollars |= {currency: median(prices) for currency, prices in found.items()}
    return dollars


def _legs(trades: Sequence[Trade], book: RateBook) -> dict[tuple[str, str], Way]:
    """Return the rate of every two currencies that share a market, in both directions."""
    markets: dict[tuple[str, str], list[Trade]] = defaultdict(list)
    for trade in trades:
        key, back = (trade.base, trade.quote), (trade.quote, trade.base)
        if back in markets:
            markets[back].append(trade.inverted())
        else:
            markets[key].append(trade)
    legs = {key: _leg(key, rows, book) for key, rows in markets.items()}
    if book.tether is not None:
        legs = {key: leg for key, leg in legs.items() if set(key) != {"usdt", "usd"}}
        legs["usdt", "usd"] = book.tether
    return legs | {(quote, base): leg.inverted() for (base, quote), leg in legs.items()}


def _leg(key: tuple[str, str], trades: Sequence[Trade], book: RateBook) -> Way:
    thick = [trade for trade in trades if not book.is_thin(trade)]
    used = of_one_moment(thick or trades)
    consensus = judge({trade.venue: trade.price for trade in used})
    rate = Rate(consensus.price, consensus.confidence, consensus.verified)
    via = "/".join(key).upper()
    return Way(rate, (via,), not thick, min(trade.received for trade in used))


def _shortest(start: str, end: str, legs: Mapping[tuple[str, str], Way]) -> Way | None:
    """Return the way with the fewest legs; among those, through the most traded currencies."""
    reached = {start: Way(SAME)}
    queue = deque([start])
    while queue and end not in reached:
        here = queue.popleft()
        if len(reached[here].via) == LONGEST_WAY:
            break
        for there in CURRENCIES:
            leg = legs.get((here, there))
            if leg is not None and there not in reached:
                reached[there] = reached[here].then(leg)
                queue.append(there)
    found = reached.get(end)
    if found is None:
        return None
    rate = found.rate
    return replace(found, rate=Rate(tidy(rate.price), rate.confidence, rate.verified))
