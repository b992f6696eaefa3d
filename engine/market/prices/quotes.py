"""Quotes: fetch missing coins from all providers at once, without waiting for slow ones."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

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
"""Seconds after which a quote is too old for a price."""
RATE_ONLY = (TETHER, USDC, EURO)
"""Coins whose quotes serve only the rate between tether and dollar."""


class CoinQuotes(msgspec.Struct, frozen=True):
    """The quotes of one coin by provider, and the reasons of the providers that failed.

    `rate` is US dollars for one USDT at that moment, `None` if it is unknown. `standstills` have the time
    since which each quote is unchanged.
    """

    quotes: Mapping[str, Quote]
    failures: Mapping[str, str]
    rate: Rate | None
    standstills: Mapping[str, Standstill]

    @property
    def usdt_usd(self) -> float | None:
        """US dollars for one USDT, `None` if it is unknown."""
        return self.rate.price if self.rate else None

    @property
    def weight(self) -> int:
        """Approximate bytes in memory: 400 for a quote of ten figures, half of that for a standstill."""
        return 400 * (1 + len(self.quotes)) + 200 * len(self.standstills)

    def frozen(self, now: float) -> set[str]:
        """Return the providers whose quote is unchanged while the others move."""
        return {name for name in self.quotes if (it := self.standstills.get(name)) and it.frozen(now)}


def usable(quotes: Iterable[Quote], now: float) -> list[Quote]:
    """Return the recent quotes, without impossible figures.

    Raises `BadData` if none is left. Each request includes coins that every provider has, so that an empty
    answer is a failure.
    """
    kept = [
        _without_impossible(quote) for quote in quotes if 0 < quote.price < math.inf and _recent(quote, now)
    ]
    if all(quote.asset in RATE_ONLY for quote in kept):
        raise BadData("no usable quote")
    return kept


def _without_impossible(quote: Quote) -> Quote:
    """Return the quote with possible figures only. Aggregators write an unknown volume or size as 0."""
    rank = quote.rank if quote.rank is not None and quote.rank > 0 else None
    return replace(quote, volume_24h=_size(quote.volume_24h), market_cap=_size(quote.market_cap), rank=rank)


def _size(figure: float | None) -> float | None:
    """Return a positive, finite figure; `None` for any other, and for NaN, which fails all comparisons."""
    return figure if figure is not None and 0 < figure < math.inf else None


def _recent(quote: Quote, now: float) -> bool:
    return quote.time is None or abs(now - quote.time / 1000) <= TOO_OLD


class Quotes:
    """Fetches quotes from `upstreams`, once per coin while they are fresh."""

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
        """Return the `CoinQuotes` of each coin by its key. Raises `AllProvidersFailed`."""
        kept = self._data.read(*(key_of(asset) for asset in assets))
        return self._data.obtain(kept, partial(self._fetch, 1.0), self._settings.prices_deadline_seconds)

    def known(self, asset: Asset) -> Entry | None:
        """Return the cached quotes of a coin, also stale ones. Calls no provider."""
        return self._data.entry(key_of(asset))

    def reasons(self, assets: Iterable[Asset]) -> dict[str, str]:
        """Return the reasons of providers that failed for these coins. Calls no provider."""
        states = self._data.read(*(key_of(asset) for asset in assets)).values()
        details = {
            name: str(why) for it in states if it.failure for name, why in (it.failure.details or {}).items()
        }
        return {name: reason for name, reason in details.items() if reason != Unsupported.reason}

    def refresh(self, assets: Iterable[Asset], since: float) -> None:
        """Fetch quotes that are stale or from before `since` (Unix seconds).

        The calls use the background's share of the budgets. Raises `AllProvidersFailed`.
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
        all_broken = not answers and len(broken) == len(ordered)
        if all_broken or (broken and not quoted and self._has_quotes(keys)):
            raise AllProvidersFailed.of(ordered)
        reasons = {name: error.reason for name, error in broken.items() if name not in answers}
        rate = observe(answers)
        return {
            key_of(asset): Entry(
                self._coin(asset, answers, reasons, rate, now), now, self._settings.cache_ttl_prices
            )
            for asset in assets
        }

    def _has_quotes(self, keys: Iterable[str]) -> bool:
        """Return whether the cache has old quotes, which serve if no working provider has the coin."""
        return any(known.value.quotes for key in keys if (known := self._data.entry(key)) is not None)

    def _coin(
        self,
        asset: Asset,
        answers: Mapping[str, Sequence[Quote]],
        failures: Mapping[str, str],
        rate: Rate | None,
        now: float,
    ) -> CoinQuotes:
        """Combine the quotes of a coin with the earlier ones, which show whose quote is unchanged."""
        quotes = _of(asset, answers)
        usdt_usd = rate.price if rate else None
        quoted = {name: quote.price for name, quote in quotes.items()}
        in_tether = {name: converted(quote, "USDT", usdt_usd) for name, quote in quotes.items()}
        common = {name: price for name, price in in_tether.items() if price is not None}
        standstills = follow(self._standstills(asset), quoted, common, now)
        return CoinQuotes(quotes, failures, rate, standstills)

    def _standstills(self, asset: Asset) -> dict[str, Standstill]:
        """Return the cached standstills of the providers in use."""
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
    """Return the key of a coin's quotes in the cache."""
    return f"quotes:{asset.code}"


def _of(asset: Asset, answers: Mapping[str, Sequence[Quote]]) -> dict[str, Quote]:
    """Return each provider's price of a coin: its first quote of it."""
    return {
        name: quote
        for name, quotes in answers.items()
        if (quote := next((quote for quote in quotes if quote.asset.code == asset.code), None))
    }
