"""Quotes: every provider is asked at once for the coins that are missing, and nobody is waited for."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.analysis.standstill import Standstill, follow
from engine.analysis.tether import Rate, converted, observe
from engine.cache import Entries, Entry, Freshness
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.upstream import BACKGROUND, Upstream
from engine.upstream.fan_out import Ask, errors, gather
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available, unavailable
from providers import ASSET_BY_NAME, EURO, TETHER, USDC, Asset, BadData, Quote, QuoteSource, Unsupported

TOO_OLD = 300
"""Seconds after which a quote no longer says what a coin costs."""
NO_COINS = (TETHER, USDC, EURO)
"""Quotes of these only tell what a USDT is worth."""


@dataclass(frozen=True, slots=True)
class CoinQuotes:
    """What was said about one coin: a quote by provider, the reasons of those that failed, what a USDT was
    worth in dollars at that moment (`None` where nobody said), and since when each quote is the same.
    """

    quotes: Mapping[str, Quote]
    failures: Mapping[str, str]
    rate: Rate | None
    standstills: Mapping[str, Standstill]

    @property
    def usdt_usd(self) -> float | None:
        """US dollars for one USDT."""
        return self.rate.price if self.rate else None

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory: a quote of ten figures takes about 400, a standstill half of it."""
        return 400 * (1 + len(self.quotes)) + 200 * len(self.standstills)

    def frozen(self, now: float) -> set[str]:
        """Return the providers whose quote stands still while the others move."""
        return {name for name in self.quotes if (it := self.standstills.get(name)) and it.frozen(now)}


def usable(quotes: Iterable[Quote], now: float) -> list[Quote]:
    """Return the quotes that are of now, each without what is impossible in it.

    Raises `BadData` where there is none of any coin: along with others, everybody is asked for those that are
    traded everywhere.
    """
    kept = [
        _without_the_impossible(quote)
        for quote in quotes
        if 0 < quote.price < math.inf and _recent(quote, now)
    ]
    if all(quote.asset in NO_COINS for quote in kept):
        raise BadData("no usable quote")
    return kept


def _without_the_impossible(quote: Quote) -> Quote:
    """Return it with figures that can be; a volume or a size of 0 is how aggregators write unknown."""
    rank = quote.rank if quote.rank is not None and quote.rank > 0 else None
    return replace(quote, volume_24h=_size(quote.volume_24h), market_cap=_size(quote.market_cap), rank=rank)


def _size(figure: float | None) -> float | None:
    """Comparisons with NaN are false, so that it is unknown as well."""
    return figure if figure is not None and 0 < figure < math.inf else None


def _recent(quote: Quote, now: float) -> bool:
    return quote.time is None or abs(now - quote.time / 1000) <= TOO_OLD


class Quotes:
    """Asks `upstreams` for coins, each coin once while it is fresh."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[QuoteSource]],
        data: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.upstreams = upstreams
        self._data = data
        self._settings = settings
        self._clock = clock

    def obtain(self, assets: Iterable[Asset]) -> Entries:
        """Return a `CoinQuotes` for each coin by its key. Raise `AllProvidersFailed` where there is none."""
        kept = self._data.read(*(key_of(asset) for asset in assets))
        return self._data.obtain(kept, partial(self._fetch, 1.0))

    def known(self, asset: Asset) -> Entry | None:
        """Return what is kept about a coin, however stale; no provider is asked."""
        return self._data.entry(key_of(asset))

    def refresh(self, assets: Iterable[Asset], since: float) -> None:
        """Ask for what is not fresh or was made before `since`, within the share of budgets that the
        background has. Raises `AllProvidersFailed`.
        """
        kept = self._data.read(*(key_of(asset) for asset in assets))
        wanted = {key: state.since(since) for key, state in kept.items()}
        self._data.refresh(wanted, partial(self._fetch, BACKGROUND))

    def _fetch(self, share: float, keys: list[str]) -> dict[str, Entry]:
        assets = [ASSET_BY_NAME[key.partition(":")[2]] for key in keys]
        asks = [(upstream, self._ask(upstream, assets, share)) for upstream in self.upstreams]
        now = self._clock()
        outcomes = gather(available(asks), self._settings.prices_deadline_seconds)
        answers = {outcome.provider: outcome.value for outcome in outcomes if outcome.value is not None}
        failures = {**errors(outcomes), **unavailable(asks, self._clock())}
        ordered = {up.name: failures[up.name] for up in self.upstreams if up.name in failures}
        broken = {name: error for name, error in ordered.items() if not isinstance(error, Unsupported)}
        quoted = any(_of(asset, answers) for asset in assets)
        nobody_lacks = not answers and len(broken) == len(ordered)
        if nobody_lacks or (broken and not quoted and self._has_quotes(keys)):
            raise AllProvidersFailed.of(ordered)
        told = {name: error.reason for name, error in broken.items() if name not in answers}
        rate = observe(answers)
        return {
            key_of(asset): Entry(
                self._coin(asset, answers, told, rate, now), now, self._settings.cache_ttl_prices
            )
            for asset in assets
        }

    def _has_quotes(self, keys: Iterable[str]) -> bool:
        """Whether something old is kept, which is better than nothing from those that have no such coin."""
        return any(known.value.quotes for key in keys if (known := self._data.entry(key)) is not None)

    def _coin(
        self,
        asset: Asset,
        answers: Mapping[str, Sequence[Quote]],
        failures: Mapping[str, str],
        rate: Rate | None,
        now: float,
    ) -> CoinQuotes:
        """Put together what was said about a coin; what was known before says whose quote stands still."""
        quotes = _of(asset, answers)
        usdt_usd = rate.price if rate else None
        quoted = {name: quote.price for name, quote in quotes.items()}
        in_tether = {name: converted(quote, "USDT", usdt_usd) for name, quote in quotes.items()}
        common = {name: price for name, price in in_tether.items() if price is not None}
        standstills = follow(self._standstills(asset), quoted, common, now)
        return CoinQuotes(quotes, failures, rate, standstills)

    def _standstills(self, asset: Asset) -> dict[str, Standstill]:
        """Return what is kept about the providers that are asked."""
        entry = self.known(asset)
        if entry is None or not isinstance(entry.value, CoinQuotes):
            return {}
        asked = {upstream.name for upstream in self.upstreams}
        return {name: it for name, it in entry.value.standstills.items() if name in asked}

    def _ask(
        self, upstream: Upstream[QuoteSource], assets: Sequence[Asset], share: float
    ) -> Ask[list[Quote]]:
        wanted = list(dict.fromkeys([*assets, *upstream.provider.rate_assets]))

        def fetch() -> list[Quote]:
            return usable(upstream.provider.quotes(wanted), self._clock.corrected())

        call = partial(upstream.call, fetch, upstream.provider.quote_weight(len(wanted)), share)
        patience = self._settings.prices_deadline_seconds
        return Ask(upstream.name, call, upstream.pool, patience, upstream.timed_out)


def key_of(asset: Asset) -> str:
    """Where a coin's quotes are kept."""
    return f"quotes:{asset.code}"


def _of(asset: Asset, answers: Mapping[str, Sequence[Quote]]) -> dict[str, Quote]:
    """Return each provider's price of a coin: its first quote of it."""
    return {
        name: quote
        for name, quotes in answers.items()
        if (quote := next((quote for quote in quotes if quote.asset.code == asset.code), None))
    }
