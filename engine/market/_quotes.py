"""Quotes: every provider is asked at once for the coins that are missing, and nobody is waited for."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from engine.config import Settings
from engine.consensus import judge
from engine.entries import made_since
from engine.errors import AllProvidersFailed
from engine.fanout import Ask, errors, gather
from engine.freshness import Entries, Entry, Freshness
from engine.host_clock import HostClock
from engine.market._asking import let_in, shut_out
from engine.upstream import BACKGROUND, Upstream
from providers import ASSET_BY_NAME, TETHER, Asset, BadData, Quote, QuoteSource, Unsupported

TOO_OLD = 300
"""Seconds after which a quote no longer says what a coin costs."""
EVERYWHERE = frozenset({"BTC", "ETH"})
"""Who sends no quote of these has sent nothing at all."""
PLAUSIBLE = (0.8, 1.25)
"""What a USDT may be worth in dollars; anything else is an error of who says it."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was said about one coin: a quote by provider, the reasons of those that failed, and what a
    USDT was worth in dollars at that moment, `None` where nobody said."""

    quotes: Mapping[str, Quote]
    failures: Mapping[str, str]
    usdt_usd: float | None

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory: a quote of ten figures takes about 400."""
        return 400 * (1 + len(self.quotes))


def usable(quotes: Iterable[Quote], assets: Sequence[Asset], now: float) -> list[Quote]:
    """The quotes that are of now. Raises `BadData` where one is impossible, where all are old, or where there
    is none of a coin that everybody has, and `Unsupported` where the provider has none of the coins.
    """
    told = list(quotes)
    asked = {asset.code for asset in assets}
    if wrong := next((quote for quote in told if not _possible(quote)), None):
        raise BadData(f"impossible quote {wrong}")
    kept = [quote for quote in told if quote.price and _recent(quote, now) and quote.asset.code in asked]
    if not kept:
        raise BadData("no usable quote") if told or asked & EVERYWHERE else Unsupported()
    return kept


def _possible(quote: Quote) -> bool:
    """Comparisons with NaN are false, so that it fails here as well."""
    figures = (quote.price, quote.volume_24h or 0.0, quote.market_cap or 0.0)
    return all(0 <= figure < math.inf for figure in figures) and (quote.rank is None or quote.rank > 0)


def _recent(quote: Quote, now: float) -> bool:
    return quote.time is None or abs(now - quote.time / 1000) <= TOO_OLD


class Quotes:
    """Asks `upstreams` for coins, each coin once while it is fresh."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[QuoteSource]],
        freshness: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.upstreams = upstreams
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def obtain(self, assets: Iterable[Asset]) -> Entries:
        """A `Quoted` for each coin by its key. Raises `AllProvidersFailed` where there is nothing at all."""
        return self._freshness.obtain([key_of(asset) for asset in assets], partial(self._make, 1.0))

    def refresh(self, assets: Iterable[Asset], since: float) -> None:
        """Ask for what is not fresh or was made before `since`, within the share of budgets that the
        background has. Raises `AllProvidersFailed`.
        """
        keys = [key_of(asset) for asset in assets]
        self._freshness.refresh(keys, partial(self._make, BACKGROUND), made_since(since))

    def _make(self, share: float, keys: list[str]) -> dict[str, Entry]:
        assets = [ASSET_BY_NAME[key.partition(":")[2]] for key in keys]
        asks = [(upstream, self._ask(upstream, assets, share)) for upstream in self.upstreams]
        now = self._clock()
        outcomes = gather(let_in(asks), self._settings.prices_deadline_seconds)
        answers = {outcome.provider: outcome.value for outcome in outcomes if outcome.value is not None}
        failures = {**errors(outcomes), **shut_out(asks, self._clock())}
        ordered = {up.name: failures[up.name] for up in self.upstreams if up.name in failures}
        if not answers:
            raise AllProvidersFailed.of(ordered)
        told = {name: error.reason for name, error in ordered.items() if name not in answers}
        rate = _tether_rate(answers)
        return {
            key_of(asset): Entry(
                Quoted(_of(asset, answers), told, rate), now, self._settings.cache_ttl_prices
            )
            for asset in assets
        }

    def _ask(
        self, upstream: Upstream[QuoteSource], assets: Sequence[Asset], share: float
    ) -> Ask[list[Quote]]:
        wanted = [*assets, TETHER]

        def fetch() -> list[Quote]:
            return usable(upstream.provider.quotes(wanted), wanted, self._clock.corrected())

        call = partial(upstream.call, fetch, upstream.provider.quote_weight(len(wanted)), share)
        patience = self._settings.prices_deadline_seconds
        return Ask(upstream.name, call, upstream.pool, patience, upstream.silent)


def key_of(asset: Asset) -> str:
    """Where a coin's quotes are kept."""
    return f"quotes:{asset.code}"


def _of(asset: Asset, answers: Mapping[str, Sequence[Quote]]) -> dict[str, Quote]:
    return {
        name: quote for name, quotes in answers.items() for quote in quotes if quote.asset.code == asset.code
    }


def _tether_rate(answers: Mapping[str, Sequence[Quote]]) -> float | None:
    """US dollars for one USDT, as observed where tether is traded against the dollar."""
    low, high = PLAUSIBLE
    observed = {
        name: quote.price
        for name, quote in _of(TETHER, answers).items()
        if quote.currency == "USD" and low <= quote.price <= high
    }
    return judge(observed).price if observed else None
