"""Fear & Greed: the index of the first provider with a recent one."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import takewhile
from math import inf

import msgspec

from engine.analysis.sentiment import WORTHLESS
from engine.cache import Entries, Entry, Freshness
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.parts import RETRIED
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask, errors, first_acceptable
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import available, unavailable
from providers import BadData, FearGreed, SentimentSource

KEY = "fear_greed"
"""Key of the index in the cache."""
DAYS = 30
"""Days of the index that are fetched and cached."""
AHEAD = 86_400
"""Seconds that the time of an index may be ahead: some providers date a day by its end."""


class Index(msgspec.Struct, frozen=True):
    """The readings of the first provider with any, newest first, and the reasons of those before it."""

    source: str
    readings: tuple[FearGreed, ...]
    failed: Mapping[str, str]

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return 300 * (1 + len(self.readings))


def usable(readings: Sequence[FearGreed], now: float) -> list[FearGreed]:
    """Return the readings, if they are valid and recent. Raises `BadData`."""
    if not readings:
        raise BadData("no index")
    if any(not 0 <= reading.value <= 100 or not reading.classification for reading in readings):
        raise BadData("an index that is not from 0 to 100")
    if not now - WORTHLESS <= readings[0].time / 1000 <= now + AHEAD:
        raise BadData("an index of another time")
    return list(readings)


class Indices:
    """Fetches the index from `upstreams`, in their order."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[SentimentSource]],
        data: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._upstreams = upstreams
        self._data = data
        self._settings = settings
        self._clock = clock

    def obtain(self) -> Entries:
        """Return the `Index` by its key. Raises `AllProvidersFailed`."""
        seconds = self._settings.sentiment_deadline_seconds
        return self._data.obtain(self._data.read(KEY), self._fetch, seconds)

    def _fetch(self, keys: list[str]) -> dict[str, Entry]:
        asks = [(upstream, self._ask(upstream)) for upstream in self._upstreams]
        resting = unavailable(asks, self._clock())
        outcomes = first_acceptable(available(asks), self._settings.sentiment_deadline_seconds, bool)
        failures = {**resting, **errors(outcomes)}
        best = next((outcome for outcome in outcomes if outcome.value), None)
        if best is None:
            raise AllProvidersFailed.of({name: failures[name] for name in self._titles if name in failures})
        before = takewhile(lambda name: name != best.provider, self._titles)
        failed = {name: failures[name].reason if name in failures else "Timeout" for name in before}
        lifetime = min(self._settings.cache_ttl_sentiment, RETRIED if failed else inf)
        return {KEY: Entry(Index(best.provider, tuple(best.value or ()), failed), self._clock(), lifetime)}

    @property
    def _titles(self) -> list[str]:
        return [_title(upstream) for upstream in self._upstreams]

    def _ask(self, upstream: Upstream[SentimentSource]) -> Ask[list[FearGreed]]:
        def fetch() -> list[FearGreed]:
            return usable(upstream.provider.fear_greed(DAYS), self._clock.corrected())

        call, patience = partial(upstream.call, fetch), upstream.patience
        return Ask(_title(upstream), call, upstream.pool, patience, upstream.timed_out)


def _title(upstream: Upstream[SentimentSource]) -> str:
    return upstream.provider.title or upstream.name
