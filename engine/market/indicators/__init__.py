"""Indicators of the engine's candles, with the warm-up of each."""

import threading
import time

from engine.analysis import indicators
from engine.analysis.indicators import Bars
from engine.cache import Answer, Cache
from engine.concurrency.offload import Offload
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.importing import as_if_missing
from engine.market.candles import Candles
from engine.market.candles.slices import CandleSlice
from engine.market.indicators.reading import newest, with_older
from engine.market.indicators.request import IndicatorRequest, InvalidIndicator, read_indicators
from engine.market.indicators.table import Column, IndicatorTable, answer, csv_answer

__all__ = [
    "Column",
    "IndicatorRequest",
    "IndicatorTable",
    "Indicators",
    "InvalidIndicator",
    "read_indicators",
]


class Indicators:
    """Serves indicators of the candles that `candles` serves."""

    def __init__(self, candles: Candles, cache: Cache, settings: Settings) -> None:
        self._candles = candles
        self._seconds_for_older = settings.candles_deadline_seconds
        self._answers = cache.answers
        self._offload = Offload(1)
        self._loading = threading.Lock()
        self._is_loaded = False

    def serve(self, request: IndicatorRequest, *, csv: bool = False) -> Answer:
        """Return the answer to `request`. Raises an `ApiError` with the reason of each provider."""
        ready = self._answers.look(f"{'csv:' if csv else ''}indicators:{request.key}")
        if ready.fresh is not None:
            return ready.fresh
        try:
            known = newest(self._candles, request)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed, self._candles.undone)
        built = self._answers.built(ready, known.validity)
        write = csv_answer if csv else answer
        return built or self._answers.keep(ready, write(self._table(request, known)))

    def table(self, request: IndicatorRequest) -> IndicatorTable:
        """Return the values of `request`. Raises an `ApiError` as `serve` does."""
        return self._table(request, newest(self._candles, request))

    def _table(self, request: IndicatorRequest, known: CandleSlice) -> IndicatorTable:
        until = time.monotonic() + self._seconds_for_older
        read = with_older(self._candles, request, known, until)
        self._load()
        bars = Bars.of(read.candles, request.interval)
        columns = [
            Column(indicator, indicator.over(bars, request.limit))
            for indicator in cooperatively(request.indicators)
        ]
        return IndicatorTable(read.newest(request.limit), tuple(columns))

    def _load(self) -> None:
        """Import numpy and TA-Lib in another thread the first time, so that other requests can continue."""
        if self._is_loaded:
            return
        with self._loading:
            self._offload(load)
            self._is_loaded = True


def load() -> None:
    """Import numpy and TA-Lib, without pandas and polars, which would take 110 MB."""
    with as_if_missing("pandas", "polars"):
        indicators.load()
