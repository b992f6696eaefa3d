"""Candles: one series for each market and interval, of which every answer is a slice."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.analysis.candles import MINIMUM, closed
from engine.cache import Entries, Entry, Freshness
from engine.cache.answers import Answer
from engine.cache.entries import made_since
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.candles.fetching import Fetching
from engine.market.candles.request import Wanted
from engine.market.candles.series import Series, row
from engine.upstream import BACKGROUND
from engine.upstream.host_clock import HostClock
from providers import INTERVALS, Candle, Interval, Pair, Window

MAXIMUM = 1000
"""The most candles in one answer."""
LEAST_SECONDS = 5
FINAL = 86_400.0
"""Seconds that a window which lies in the past is kept as fresh: nothing in it will change."""


def lifetime(interval: Interval, ceiling: float) -> float:
    """Seconds that the newest candles are fresh: a twelfth of the interval, within bounds."""
    most = ceiling if interval.length <= INTERVALS["1h"].length else 3 * ceiling
    return min(max(interval.length / 12_000, LEAST_SECONDS), most)


class Candles:
    """Serves candles that are had by `fetching`, and keeps what it has seen of them."""

    def __init__(
        self,
        fetching: Fetching,
        freshness: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self.upstreams = fetching.upstreams
        self._fetching = fetching
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self, wanted: Wanted) -> Answer:
        """The answer to `wanted`. Raises an `ApiError` with the reasons where there is none."""
        now = self._fetching.now()
        wanted = wanted.traded()
        first, last = wanted.within(now).bounds(wanted.interval, now)
        if first > last:
            return self._nothing(wanted)
        window = wanted.window
        key = f"{wanted.symbol}:{wanted.interval.code}:{window.limit}:{window.start}:{window.end}"
        return self._freshness.answer(
            f"candles:{key}:{wanted.closed_only}", partial(self._parts, wanted), partial(self._build, wanted)
        )

    def _nothing(self, wanted: Wanted) -> Answer:
        """No candle opens in the window: nobody has to be asked to know that."""
        body = {
            "data": [],
            "symbol": wanted.symbol,
            "interval": wanted.interval.code,
            "count": 0,
            "source": None,
        }
        meta: dict[str, object] = {"quote": wanted.pair.quote, "lastCandleClosed": None}
        meta |= {"gaps": [], "attempts": []}
        return Answer.of(body, meta, self._clock(), LEAST_SECONDS)

    def refresh(self, wanted: Wanted, since: float) -> None:
        """Ask for what is new, unless the series is fresh and was made at `since` or later.

        It takes the share of budgets that the background has. Raises an `ApiError`.
        """
        make = partial(self._make, wanted, BACKGROUND)
        self._freshness.refresh([_series_key(wanted)], make, made_since(since))

    def keeps(self, pair: Pair, interval: str) -> bool:
        """Whether a series is kept, however old."""
        return self._freshness.known(_series_name(pair, interval)) is not None

    def _parts(self, wanted: Wanted) -> Entries:
        """The series that has what is wanted: the market's own, or one of just this window."""
        now = self._fetching.now()
        key = _series_key(wanted)
        window = wanted.within(now)
        shared = replace(wanted, window=Window(window.limit + wanted.closed_only), closed_only=False)
        if wanted.newest and shared.window.limit <= MAXIMUM:
            return self._shared(key, shared, now)
        known = self._freshness.known(key)
        if known is not None and self._answers(known, window, wanted.interval, now):
            return {key: known}
        own = f"window:{key}:{window.limit}:{window.start}:{window.end}"
        try:
            outlived = partial(self._outlived, wanted=wanted, now=now)
            return self._freshness.obtain([own], partial(self._make, wanted, 1.0), outlived=outlived)
        except AllProvidersFailed:
            if known is None or not known.value.slice(window):
                raise
            return {key: known}

    def _shared(self, key: str, wanted: Wanted, now: int) -> Entries:
        """The market's series, long enough; a shorter one only where no provider can be had."""
        good = partial(_covers, wanted=wanted, now=now)
        make, outlived = partial(self._make, wanted, 1.0), partial(self._outlived, wanted=wanted, now=now)
        try:
            entries = self._freshness.obtain([key], make, good, outlived)
            if not good(entries[key]):  # somebody who wanted less was first
                entries = self._freshness.obtain([key], make, good, outlived)
        except AllProvidersFailed:
            known = self._freshness.known(key)
            if known is None or len(known.value.candles) < MINIMUM:
                raise
            return {key: known}
        return entries

    def _answers(self, known: Entry, window: Window, interval: Interval, now: int) -> bool:
        """Whether a kept series has all of `window`, and nothing of it may have changed since."""
        _, last = window.bounds(interval, now)
        final = last + interval.length <= self._clock.correct(known.made) * 1000
        fresh = known.age(self._clock()) < known.lifetime
        return (final or fresh) and known.value.covers(window, interval, now)

    def _make(self, wanted: Wanted, share: float, keys: list[str]) -> dict[str, Entry]:
        made = self._clock()  # before anybody answers: what closes meanwhile was not closed then
        known = self._freshness.known(keys[0])
        series = self._fetching.series(wanted, known.value if known else None, share)
        lifetime = self._lifetime(wanted, series.candles, self._milliseconds(made))
        return {keys[0]: Entry(series, made, lifetime)}

    def _build(self, wanted: Wanted, entries: Entries, made: float, lifetime: float) -> Answer:
        (entry,) = entries.values()
        series: Series = entry.value
        then = self._milliseconds(made)
        window = wanted.within(then)
        candles = series.slice(window)
        finished = not candles or closed(candles[-1], wanted.interval, then)
        if self._is_final(wanted, candles, then):
            lifetime = FINAL
        inside = {candle.open_time for candle in candles}
        body = {
            "data": [row(candle) for candle in candles],
            "symbol": wanted.symbol,
            "interval": wanted.interval.code,
            "count": len(candles),
            "source": self._settings.label(series.provider),
        }
        meta: dict[str, object] = {
            "quote": series.market.quote,
            "lastCandleClosed": finished if candles else None,
            "gaps": series.missing(window, wanted.interval),
            "attempts": series.attempts,
        }
        if filled := [fill for fill in series.filled if fill[0] in inside]:
            meta["filled"] = [{"timestamp": time, "provider": provider} for time, provider in filled]
        if series.resampled_from:
            meta["resampledFrom"] = series.resampled_from
        return Answer.of(body, meta, made, lifetime)

    def _lifetime(self, wanted: Wanted, candles: Sequence[Candle], now: int) -> float:
        """Until the forming candle closes at the latest: then there is a new one to be had."""
        if self._is_final(wanted, candles, now):
            return FINAL
        next_open = wanted.interval.open_time(now) + wanted.interval.length
        usual = lifetime(wanted.interval, self._settings.cache_ttl_ohlcv)
        return min(usual, (next_open - now) / 1000)

    def _milliseconds(self, made: float) -> int:
        """When something was `made` (Unix seconds by this host's clock), by the corrected clock."""
        return int(self._clock.correct(made) * 1000)

    def _outlived(self, entry: Entry, wanted: Wanted, now: int) -> bool:
        return wanted.outlived(self._clock.correct(entry.made), now)

    @staticmethod
    def _is_final(wanted: Wanted, candles: Sequence[Candle], now: int) -> bool:
        """Whether a window was asked for that ended in the past."""
        end, start = wanted.window.end, wanted.window.start
        past = end is not None and end + wanted.interval.length <= now
        finished = not candles or closed(candles[-1], wanted.interval, now)
        return finished and (past or (start is not None and len(candles) == wanted.window.limit))


def _series_key(wanted: Wanted) -> str:
    return _series_name(wanted.pair, wanted.interval.code)


def _series_name(pair: Pair, interval: str) -> str:
    return f"series:{pair.base.code}{pair.quote}:{interval}"


def _covers(entry: Entry, wanted: Wanted, now: int) -> bool:
    return bool(entry.value.covers(wanted.window, wanted.interval, now))
