"""Prices: every provider is asked at once, and what they say is judged."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median_low

from engine.config import Settings
from engine.consensus import Consensus, judge, middle, tidy
from engine.errors import AllProvidersFailed
from engine.fanout import Ask, errors, gather
from engine.freshness import Answer, Freshness
from engine.upstream import Upstream
from providers import TETHER, Asset, BadData, Quote, QuoteSource

TOO_OLD = 300
"""Seconds after which a quote no longer says what a coin costs."""


@dataclass(frozen=True, slots=True)
class Named:
    """A coin, and the name it was asked under."""

    symbol: str
    asset: Asset


def usable(quotes: Iterable[Quote], assets: Sequence[Asset], now: float) -> list[Quote]:
    """The quotes that are of now; one that is no price at all means that the provider has failed."""
    kept = []
    asked = {asset.code for asset in assets}
    for quote in quotes:
        if not math.isfinite(quote.price) or quote.price < 0:
            raise BadData(f"{quote.asset.code} at {quote.price}")
        recent = quote.time is None or now - quote.time / 1000 <= TOO_OLD
        if quote.price and recent and quote.asset.code in asked:
            kept.append(quote)
    if not kept:
        raise BadData("no usable quote")
    return kept


def converted(quote: Quote, currency: str, usdt_usd: float | None) -> float | None:
    """Its price in `currency`, `None` where the rate between tether and dollar is not known."""
    if quote.currency == currency:
        return quote.price
    if usdt_usd is None:
        return None
    return tidy(quote.price * usdt_usd if currency == "USD" else quote.price / usdt_usd)


class Prices:
    """Serves prices from all `upstreams` together, the most trusted first among them."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[QuoteSource]],
        pool: Executor,
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self.upstreams = upstreams
        self.ranks: dict[str, int] = {}
        self._pool = pool
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self, coins: Sequence[Named], convert: str, *, by_rank: bool = False) -> Answer:
        """The answer for `coins` in their order, or by rank. Raises `AllProvidersFailed`."""
        names = ",".join(coin.symbol for coin in coins)
        key = f"prices:{convert}:{'ranked' if by_rank else names}"
        return self._freshness.serve(key, partial(self._make, coins, convert, by_rank))

    def _make(self, coins: Sequence[Named], convert: str, by_rank: bool) -> Answer:
        assets = [*dict.fromkeys(coin.asset for coin in coins), TETHER]
        asks = [self._ask(upstream, assets) for upstream in self.upstreams]
        outcomes = gather(self._pool, asks, self._settings.prices_deadline_seconds)
        failures = errors(outcomes)
        answers = {outcome.provider: outcome.value for outcome in outcomes if outcome.value is not None}
        if not answers:
            raise AllProvidersFailed(failures)
        now = self._clock()
        rate = _tether_rate(answers)
        rows = [
            row
            for coin in coins
            if (row := self._row(coin, _of(coin.asset, answers), convert, rate, now)) is not None
        ]
        if by_rank:
            rows.sort(key=lambda row: (row["rank"] is None, row["rank"]))
        body = {"data": rows, "timestamp": int(now), "source": self._source(rows)}
        given = {row["symbol"] for row in rows}
        meta = {
            "missing": [coin.symbol for coin in coins if coin.symbol not in given],
            "providers": {name: error.reason for name, error in failures.items()},
            "usdtUsd": rate,
        }
        return Answer.of(body, meta, now, self._settings.cache_ttl_prices)

    def _ask(self, upstream: Upstream[QuoteSource], assets: Sequence[Asset]) -> Ask[list[Quote]]:
        def fetch() -> list[Quote]:
            return usable(upstream.provider.quotes(assets), assets, self._clock())

        return Ask(upstream.name, partial(upstream.call, fetch))

    def _row(
        self, coin: Named, quotes: Mapping[str, Quote], convert: str, rate: float | None, now: float
    ) -> dict[str, object] | None:
        consensus = _consensus(quotes, convert, rate)
        judged = consensus or _consensus(quotes, "USD", rate)
        if judged is None:
            return None
        price = consensus.price if consensus else None
        price_usd = judged.price if judged is not consensus or convert == "USD" else None
        if price is not None and convert == "USDT" and rate is not None:
            price_usd = tidy(price * rate)
        counted = [quotes[source.provider] for source in judged.counted]
        times = [quote.time / 1000 if quote.time is not None else now for quote in counted]
        ranks = [quote.rank for quote in counted if quote.rank is not None]
        if ranks:
            self.ranks[coin.asset.code] = median_low(ranks)
        return {
            "symbol": coin.symbol,
            "name": coin.asset.name,
            "price": price,
            "priceUsd": price_usd,
            "change1h": _middle(quote.change_1h for quote in counted),
            "change24h": _middle(quote.change_24h for quote in counted),
            "change7d": _middle(quote.change_7d for quote in counted),
            "volume24h": _middle(quote.volume_24h for quote in counted),
            "marketCap": _middle(quote.market_cap for quote in counted),
            "rank": median_low(ranks) if ranks else None,
            "lastUpdate": datetime.fromtimestamp(min(max(times), now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "confidence": judged.confidence,
            "verified": judged.verified,
            "sources": [
                {
                    "provider": self._settings.label(source.provider),
                    "price": source.price,
                    "deviation": round(source.deviation, 6),
                    "outlier": source.outlier,
                    "suspect": source.suspect,
                }
                for source in judged.sources
            ],
        }

    def _source(self, rows: Iterable[Mapping[str, object]]) -> str:
        """The provider's name where all of it rests on one."""
        providers = {
            source["provider"]
            for row in rows
            for source in row["sources"]  # type: ignore[attr-defined]
            if not source["outlier"]
        }
        return str(providers.pop()) if len(providers) == 1 else self._settings.label("multi-provider")


def _of(asset: Asset, answers: Mapping[str, Sequence[Quote]]) -> dict[str, Quote]:
    return {name: quote for name, quotes in answers.items() for quote in quotes if quote.asset is asset}


def _tether_rate(answers: Mapping[str, Sequence[Quote]]) -> float | None:
    """US dollars for one USDT, as observed where tether is traded against the dollar."""
    observed = {name: quote.price for name, quote in _of(TETHER, answers).items() if quote.currency == "USD"}
    return judge(observed).price if observed else None


def _consensus(quotes: Mapping[str, Quote], currency: str, rate: float | None) -> Consensus | None:
    prices = {
        name: price
        for name, quote in quotes.items()
        if (price := converted(quote, currency, rate)) is not None
    }
    return judge(prices) if prices else None


def _middle(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    return middle(known) if known else None
