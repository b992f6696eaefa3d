"""Prices: the consensus of the quotes of each coin, and its confidence."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from engine.analysis.consensus import Consensus, judge, middle, tidy
from engine.analysis.tether import converted
from engine.cache import Answer, Cache, Entry, Validity
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.labels import Labels
from engine.market.prices.lists import CoinPrice, PriceList, answer
from engine.market.prices.quotes import CoinQuotes, Quotes, key_of
from engine.upstream.host_clock import HostClock
from providers import ASSETS, Asset, Pair


@dataclass(frozen=True, slots=True)
class RequestedCoin:
    """A coin, and its name in the request."""

    symbol: str
    asset: Asset


EVERY_COIN = tuple(RequestedCoin(asset.symbol, asset) for asset in ASSETS)


class Prices:
    """Serves prices of coins, each from its own quotes."""

    def __init__(self, quotes: Quotes, cache: Cache, settings: Settings, clock: HostClock) -> None:
        self.quotes = quotes
        self.ranks: dict[str, int] = {}
        """The last rank that a provider gave, by code."""
        self._answers = cache.answers
        self._label = Labels(settings.demo)
        self._clock = clock

    def serve(self, coins: Sequence[RequestedCoin] | None, convert: str) -> Answer:
        """Return the prices of `coins` in their order, or of all coins by rank, in USD or USDT.

        Raises `AllProvidersFailed`.
        """
        names = "ranked" if coins is None else ",".join(coin.symbol for coin in coins)
        ready = self._answers.look(f"prices:{convert}:{names}")
        if ready.fresh is not None:
            return ready.fresh
        try:
            found = self._list(coins, convert, ready.asked)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed)
        return self._answers.built(ready, found.validity) or self._answers.keep(ready, answer(found))

    def consensus(self, coins: Sequence[RequestedCoin] | None, convert: str) -> PriceList:
        """Return the same prices as values. Raises `AllProvidersFailed`."""
        names = "ranked" if coins is None else ",".join(coin.symbol for coin in coins)
        ready = self._answers.look_value(f"prices:{convert}:{names}", PriceList)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._list(coins, convert, ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def refresh(self, since: float = 0.0) -> None:
        """Fetch prices that are stale or from before `since` (Unix seconds), with the background's budgets.

        Raises an `ApiError`.
        """
        self.quotes.refresh(ASSETS, since)

    def verified(self, pair: Pair) -> float | None:
        """Return the cached price of `pair`, if it is fresh and verified. Calls no provider."""
        entry = self.quotes.known(pair.base)
        if entry is None or entry.due(self._clock()):
            return None
        consensus = _consensus(entry, pair.quote)
        return consensus.price if consensus and consensus.verified else None

    def _list(self, coins: Sequence[RequestedCoin] | None, convert: str, asked: float) -> PriceList:
        requested = EVERY_COIN if coins is None else coins
        entries = self.quotes.obtain(dict.fromkeys(coin.asset for coin in requested))
        quoted = [(it, entries[key_of(it.asset)]) for it in requested if key_of(it.asset) in entries]
        found = [row for coin, entry in quoted if (row := self._price(coin, entry, convert)) is not None]
        if coins is None:
            found.sort(key=lambda row: (row.rank is None, row.rank or 0))
        given = {row.symbol for row in found}
        newest: CoinQuotes = max(entries.values(), key=lambda entry: entry.made).value
        return PriceList(
            currency=convert,
            coins=tuple(found),
            missing=tuple(coin.symbol for coin in requested if coin.symbol not in given),
            failures=newest.failures,
            usdt_usd=newest.usdt_usd,
            usdt_usd_confidence=newest.rate.confidence if newest.rate else None,
            source=self._source(found),
            validity=Validity.of(entries.values(), asked),
        )

    def _price(self, coin: RequestedCoin, entry: Entry, convert: str) -> CoinPrice | None:
        known: CoinQuotes = entry.value
        consensus = _consensus(entry, convert)
        judged = consensus or _consensus(entry, "USD")
        if judged is None:
            return None
        if known.rate and convert != "USD":  # the row has a price in dollars as well
            judged = known.rate.bound(judged)
        counted = [known.quotes[source.provider] for source in judged.counted]
        made = self._clock.correct(entry.made)
        times = [quote.time / 1000 if quote.time is not None else made for quote in counted]
        ranks = [quote.rank for quote in counted if quote.rank is not None]
        if ranks:
            self.ranks[coin.asset.code] = median_low(ranks)
        return CoinPrice(
            symbol=coin.symbol,
            asset=coin.asset,
            price=consensus.price if consensus else None,
            price_usd=_in_dollars(judged, consensus, convert, known.usdt_usd),
            change_1h=_middle(quote.change_1h for quote in counted),
            change_24h=_middle(quote.change_24h for quote in counted),
            change_7d=_middle(quote.change_7d for quote in counted),
            volume_24h=_middle(quote.volume_24h or None for quote in counted),  # 0 means unknown
            market_cap=_middle(quote.market_cap or None for quote in counted),
            rank=median_low(ranks) if ranks else None,
            time=min(max(times), made),
            confidence=judged.confidence,
            verified=judged.verified,
            disputed=judged.disputed,
            sources=tuple(replace(it, provider=self._label(it.provider)) for it in judged.sources),
        )

    def _source(self, coins: Iterable[CoinPrice]) -> str:
        """Return the label of the provider, or of several together."""
        providers = {it.provider for coin in coins for it in coin.sources if not it.outlier}
        return providers.pop() if len(providers) == 1 else self._label("multi-provider")


def _consensus(entry: Entry, currency: str) -> Consensus | None:
    """Return the consensus in `currency`. Where a converted quote counts, the rate bounds its confidence."""
    known: CoinQuotes = entry.value
    prices = {
        name: price
        for name, quote in known.quotes.items()
        if (price := converted(quote, currency, known.usdt_usd)) is not None
    }
    if not prices:
        return None
    consensus = judge(prices, known.frozen(entry.made))
    is_converted = any(known.quotes[source.provider].currency != currency for source in consensus.counted)
    return known.rate.bound(consensus) if known.rate and is_converted else consensus


def _in_dollars(
    judged: Consensus, consensus: Consensus | None, convert: str, usdt_usd: float | None
) -> float | None:
    if consensus is None or convert == "USD":
        return judged.price
    return None if usdt_usd is None else tidy(consensus.price * usdt_usd)


def _middle(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    return middle(known) if known else None
