"""Prices: what the quotes of a coin come to, and how far that can be trusted."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median_low

from engine.analysis.consensus import Consensus, Judged, judge, middle, tidy
from engine.analysis.tether import converted
from engine.cache import Entries, Entry, Freshness
from engine.cache.answers import Answer
from engine.config import Settings
from engine.market.prices.quotes import CoinQuotes, Quotes, key_of
from engine.timestamps import iso
from engine.upstream.host_clock import HostClock
from providers import Asset, Pair


@dataclass(frozen=True, slots=True)
class Named:
    """A coin, and the name it was asked under."""

    symbol: str
    asset: Asset


class Prices:
    """Serves prices of coins, each from its own quotes."""

    def __init__(self, quotes: Quotes, freshness: Freshness, settings: Settings, clock: HostClock) -> None:
        self.quotes = quotes
        self.ranks: dict[str, int] = {}
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self, coins: Sequence[Named], convert: str, *, by_rank: bool = False) -> Answer:
        """The answer for `coins` in their order, or by rank. Raises `AllProvidersFailed`."""
        names = "ranked" if by_rank else ",".join(coin.symbol for coin in coins)
        assets = dict.fromkeys(coin.asset for coin in coins)
        return self._freshness.answer(
            f"prices:{convert}:{names}",
            partial(self.quotes.obtain, assets),
            partial(self._build, coins, convert, by_rank),
        )

    def verified(self, pair: Pair) -> float | None:
        """Return the price of `pair` that is kept, if it is fresh and verified; no provider is asked."""
        entry = self._freshness.known(key_of(pair.base))
        if entry is None or entry.due(self._clock()):
            return None
        consensus = _consensus(entry, pair.quote)
        return consensus.price if consensus and consensus.verified else None

    def _build(
        self,
        coins: Sequence[Named],
        convert: str,
        by_rank: bool,
        entries: Entries,
        made: float,
        lifetime: float,
    ) -> Answer:
        told = [(coin, entries[key_of(coin.asset)]) for coin in coins if key_of(coin.asset) in entries]
        rows = [row for coin, entry in told if (row := self._row(coin, entry, convert)) is not None]
        if by_rank:
            rows.sort(key=lambda row: (row["rank"] is None, row["rank"]))
        given = {row["symbol"] for row in rows}
        newest: CoinQuotes = max(entries.values(), key=lambda entry: entry.made).value
        meta = {
            "missing": [coin.symbol for coin in coins if coin.symbol not in given],
            "providers": newest.failures,
            "usdtUsd": newest.usdt_usd,
            "usdtUsdConfidence": newest.rate.confidence if newest.rate else None,
        }
        body = {"data": rows, "timestamp": int(made), "source": self._source(rows)}
        return Answer.of(body, meta, made, lifetime)

    def _row(self, coin: Named, entry: Entry, convert: str) -> dict[str, object] | None:
        said: CoinQuotes = entry.value
        consensus = _consensus(entry, convert)
        judged = consensus or _consensus(entry, "USD")
        if judged is None:
            return None
        if said.rate and convert != "USD":  # beside USDT the row says dollars, too
            judged = said.rate.bound(judged)
        counted = [said.quotes[source.provider] for source in judged.counted]
        made = self._clock.correct(entry.made)
        times = [quote.time / 1000 if quote.time is not None else made for quote in counted]
        ranks = [quote.rank for quote in counted if quote.rank is not None]
        if ranks:
            self.ranks[coin.asset.code] = median_low(ranks)
        return {
            "symbol": coin.symbol,
            "name": coin.asset.name,
            "price": consensus.price if consensus else None,
            "priceUsd": _in_dollars(judged, consensus, convert, said.usdt_usd),
            "change1h": _middle(quote.change_1h for quote in counted),
            "change24h": _middle(quote.change_24h for quote in counted),
            "change7d": _middle(quote.change_7d for quote in counted),
            "volume24h": _middle(quote.volume_24h or None for quote in counted),  # 0 means unknown
            "marketCap": _middle(quote.market_cap or None for quote in counted),
            "rank": median_low(ranks) if ranks else None,
            "lastUpdate": iso(min(max(times), made)),
            "confidence": judged.confidence,
            "verified": judged.verified,
            **({"disputed": True} if judged.disputed else {}),
            "sources": [self._told(source) for source in judged.sources],
        }

    def _told(self, source: Judged) -> dict[str, object]:
        return {
            "provider": self._settings.label(source.provider),
            "price": source.price,
            "deviation": round(source.deviation, 6),
            "outlier": source.outlier,
            "suspect": source.suspect,
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


def _consensus(entry: Entry, currency: str) -> Consensus | None:
    """Return what the quotes come to in `currency`; where a converted one counts, no surer than the rate."""
    said: CoinQuotes = entry.value
    prices = {
        name: price
        for name, quote in said.quotes.items()
        if (price := converted(quote, currency, said.usdt_usd)) is not None
    }
    if not prices:
        return None
    consensus = judge(prices, said.frozen(entry.made))
    rests = any(said.quotes[source.provider].currency != currency for source in consensus.counted)
    return said.rate.bound(consensus) if said.rate and rests else consensus


def _in_dollars(
    judged: Consensus, consensus: Consensus | None, convert: str, usdt_usd: float | None
) -> float | None:
    if consensus is None or convert == "USD":
        return judged.price
    return None if usdt_usd is None else tidy(consensus.price * usdt_usd)


def _middle(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    return middle(known) if known else None
