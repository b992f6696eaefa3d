"""Market-wide figures of coins that are not pinned, from one list of the largest coins."""

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from engine.cache import Entry, Freshness
from engine.config import Settings
from engine.market.prices.lists import CoinPrice
from engine.upstream import BACKGROUND, Upstream
from engine.upstream.fan_out import Ask, errors, gather
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available, unavailable
from providers import Figures, FigureSource, Unavailable

FRESH = 300.0
"""Seconds between two requests for the list, which takes several calls."""
RETRIED = 60.0
EXPIRED = 3600.0
"""Seconds after which figures are unknown if every request for newer ones failed."""
SAME_COIN = 0.10
"""Maximum fraction by which the list's price differs from ours, if both are of the same coin."""


class FigureList(msgspec.Struct, frozen=True):
    """Figures by the provider's id of the coin, received at `time` (Unix seconds).

    `reason` says why the last refresh failed, `None` if it worked.
    """

    figures: Mapping[str, Figures]
    time: float
    reason: str | None = None

    @property
    def weight(self) -> int:
        """Approximate bytes in memory: a row of eight figures takes about 350."""
        return 350 * (1 + len(self.figures))

    def moved(self, seconds: float) -> "FigureList":
        """Return the list with its time moved, because it came from another clock."""
        return replace(self, time=self.time + seconds)


class MarketFigures:
    """Fetches the figures of the first of `upstreams`, while callers ask, with the background's budget."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[FigureSource]],
        data: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._upstream = next(iter(upstreams), None)
        self._data = data
        self._settings = settings
        self._clock = clock
        self._last: Entry[FigureList] | None = None

    def obtain(self) -> tuple[Mapping[str, Figures], dict[str, str]]:
        """Return figures by the provider's ids, and the reason of the provider if it failed."""
        if self._upstream is None:
            return {}, {}
        if self._last is None or self._last.due(self._clock()):
            key = f"figures:{self._upstream.name}"
            fetch = partial(self._fetch, self._upstream)
            seconds = self._settings.prices_deadline_seconds
            self._last = self._data.obtain(self._data.read(key), fetch, seconds)[key]
        known = self._last.value
        name, expired = self._upstream.name, self._clock() - known.time >= EXPIRED
        if known.reason is None and not expired:
            return known.figures, {}
        return {} if expired else known.figures, {name: known.reason or Unavailable().reason}

    def _fetch(self, upstream: Upstream[FigureSource], keys: list[str]) -> dict[str, Entry]:
        (key,) = keys
        now = self._clock()
        ask = (upstream, self._ask(upstream))
        outcomes = gather(available([ask]), self._settings.prices_deadline_seconds)
        for outcome in outcomes:
            if outcome.value is not None:
                return {key: Entry(FigureList(outcome.value, now), now, FRESH)}
        failures = {**errors(outcomes), **unavailable([ask], now)}
        reason = failures.get(upstream.name, Unavailable()).reason
        entry = self._data.entry(key)
        old = None if entry is None else entry.value
        if isinstance(old, FigureList) and now - old.time < EXPIRED:
            return {key: Entry(replace(old, reason=reason), now, RETRIED)}
        return {key: Entry(FigureList({}, now, reason), now, RETRIED)}

    def _ask(self, upstream: Upstream[FigureSource]) -> Ask[dict[str, Figures]]:
        provider = upstream.provider

        def fetch() -> dict[str, Figures]:
            return {figures.id: figures for figures in provider.figures()}

        call = partial(upstream.call, fetch, provider.figures_weight, BACKGROUND)
        patience = self._settings.prices_deadline_seconds
        return Ask(upstream.name, call, upstream.pool, patience, upstream.timed_out)


def with_figures(row: CoinPrice, figures: Figures | None) -> CoinPrice:
    """Return a row with market-wide figures, if their price shows that they are of the same coin."""
    if figures is None or row.price_usd is None or abs(figures.price / row.price_usd - 1) > SAME_COIN:
        return row
    return replace(
        row,
        change_1h=figures.change_1h,
        change_24h=figures.change_24h if row.change_24h is None else row.change_24h,
        change_7d=figures.change_7d,
        volume_24h=figures.volume_24h,
        market_cap=figures.market_cap,
        rank=figures.rank or row.rank,
    )
