"""The price of one coin from live tickers. Pure, except for the messages that it publishes.

With live quotes of three venues from the last five seconds, only those count. Otherwise the quotes of
requests are added, and the price is as old as the oldest quote.
"""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from engine.analysis.consensus import Consensus, judge, tidy
from engine.analysis.tether import Rate, converted
from engine.market.prices.lists import CoinPrice, PriceList, row_of
from engine.streaming import messages
from engine.streaming.messages import Body
from engine.streaming.pacing import Pacer
from engine.streaming.publishing import Publisher
from engine.upstream.streams.lateness import Lateness
from providers import Asset, Quote, StreamedTicker

FRESH = 5_000
"""Milliseconds for which a live quote counts."""
ENOUGH = 3
"""Number of live quotes that suffice without those of requests."""
CONFIRMED_EACH = 5_000
"""Milliseconds after which an unchanged price is published again, because its quotes are newer."""


class Live(msgspec.Struct, frozen=True):
    """A venue's last price in `currency`, valid at `since` by our clock (Unix milliseconds).

    `time` is the published time: the venue's own, but never in the future.
    """

    price: float
    currency: str
    since: int
    time: int


class LivePrice:
    """One channel of a coin's price. `currencies` has the quote of its market by venue."""

    def __init__(
        self,
        channel: str,
        asset: Asset,
        currencies: dict[str, str],
        publisher: Publisher,
        label: Callable[[str], str],
    ) -> None:
        self.channel = channel
        self.currencies = currencies
        self._asset = asset
        self._publisher = publisher
        self._label = label
        self._live: dict[str, Live] = {}
        self._lateness: dict[str, Lateness] = {}
        self._requested: PriceList | None = None
        self._pacer: Pacer[str, Body] = Pacer()
        self._last: object = None
        self._time = 0

    def receive(self, venue: str, ticker: StreamedTicker, now: int) -> None:
        """Add a venue's price, and publish the consensus if it has changed."""
        currency = self.currencies.get(venue)
        if currency is not None:
            time = now if ticker.time is None else ticker.time
            late = max(0, self._lateness.setdefault(venue, Lateness()).of(time, now))
            self._live[venue] = Live(ticker.price, currency, now - late, min(time, now))
            self._offer(now)

    def is_live(self, now: int) -> bool:
        """Return whether streams alone determine the price, so that requests need no new quotes."""
        return sum(now - live.since < FRESH for live in self._live.values()) >= ENOUGH

    def lost(self, venue: str) -> None:
        """Forget the price of a venue whose connection is lost."""
        self._live.pop(venue, None)
        self._lateness.pop(venue, None)

    def requested(self, prices: PriceList, now: int) -> None:
        """Add the prices of a request for this coin."""
        self._requested = prices
        self._offer(now)

    def tick(self, now: int) -> None:
        """Publish a price that was held back."""
        for channel, body in self._pacer.due(now):
            self._publisher.publish(channel, body, conflated=True)

    def _offer(self, now: int) -> None:
        found = self._row(now)
        if found is None:
            return
        row, time = found
        seen = (row.price, row.confidence, row.sources)
        if seen == self._last and time < self._time + CONFIRMED_EACH:
            return
        self._last, self._time = seen, time
        body = messages.price(row_of(row), time, now)
        if self._pacer.offer(self.channel, body, now):
            self._publisher.publish(self.channel, body, conflated=True)

    def _row(self, now: int) -> tuple[CoinPrice, int] | None:
        """Return the price and its time (Unix milliseconds), `None` without a quote."""
        known = self._requested
        rest = known.coins[0] if known is not None and known.coins else None
        rate = known.usdt_usd if known is not None else None
        counted = {
            name: (live, price)
            for name, live in self._live.items()
            if now - live.since < FRESH and (price := _in_tether(self._asset, live, rate)) is not None
        }
        quotes = {self._label(name): price for name, (_, price) in counted.items()}
        times = [live.time for live, _ in counted.values()]
        if len(quotes) < ENOUGH:
            if rest is None or rest.price is None:
                return None
            if not quotes:
                return rest, int(rest.time * 1000)
            quotes = {source.provider: source.price for source in rest.sources} | quotes
            times.append(int(rest.time * 1000))
        judged = judge(quotes)
        if known is not None and rate is not None:  # the row has a price in dollars as well
            sure = known.usdt_usd_confidence or 0.0
            judged = Rate(rate, sure, verified=known.usdt_usd_verified).bound(judged)
        return self._with(rest, judged, rate, min(times)), min(times)

    def _with(self, rest: CoinPrice | None, judged: Consensus, rate: float | None, time: int) -> CoinPrice:
        """Return the row of a price, with the other figures of the last request."""
        row = rest or _bare(self._asset)
        return replace(
            row,
            price=judged.price,
            price_usd=None if rate is None else tidy(judged.price * rate),
            time=time / 1000,
            confidence=judged.confidence,
            verified=judged.verified,
            disputed=judged.disputed,
            sources=judged.sources,
        )


def _in_tether(asset: Asset, live: Live, rate: float | None) -> float | None:
    return converted(Quote(asset, live.price, live.currency), "USDT", rate)


def _bare(asset: Asset) -> CoinPrice:
    return CoinPrice(
        symbol=asset.symbol,
        asset=asset,
        price=None,
        price_usd=None,
        change_1h=None,
        change_24h=None,
        change_7d=None,
        volume_24h=None,
        market_cap=None,
        rank=None,
        time=0.0,
        confidence=0.0,
        verified=False,
        disputed=False,
        sources=(),
    )
