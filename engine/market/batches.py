"""Serve batches of series in parallel, with room for the requests of other clients."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from msgspec.structs import replace

from engine.config import Settings
from engine.errors import AllProvidersFailed, ApiError
from engine.market.candles.request import CandleRequest
from engine.market.indicators import IndicatorRequest

R = TypeVar("R", CandleRequest, IndicatorRequest)
A = TypeVar("A")

AT_ONCE = 16
"""Maximum number of series that a worker fetches in parallel for all batches. Threads start on demand."""
OF_ONE = 4
"""Maximum number of series of one batch in parallel, so that several batches progress together."""
SHARE = 0.75
"""The share of each provider's budget that batches may use. The rest is for single requests."""
RETRY_AFTER = 5
"""Seconds after which a late series has probably arrived, because its fetch continues."""


class Batches:
    """Serves batches of requests, each batch within the deadline of a single request."""

    def __init__(self, settings: Settings) -> None:
        self._deadline = settings.candles_deadline_seconds
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="batch")

    def serve(self, serve: Callable[[R], A], requests: Sequence[R]) -> list[A | ApiError]:
        """Return the result of `serve` for each of `requests`, or its error."""
        end = time.monotonic() + self._deadline
        queue, results = deque(enumerate(requests)), dict[int, A | ApiError]()
        running: dict[Future[A | ApiError], int] = {}
        while (queue or running) and (left := end - time.monotonic()) > 0:
            while queue and len(running) < OF_ONE:
                place, request = queue.popleft()
                running[self._pool.submit(copy_context().run, _tried, serve, request)] = place
            done, _ = wait(running, timeout=left, return_when=FIRST_COMPLETED)
            results |= {running.pop(future): future.result() for future in done}
        for future in running:
            future.cancel()
        return [results[place] if place in results else _late() for place in range(len(requests))]


def _tried(serve: Callable[[R], A], request: R) -> A | ApiError:
    try:
        return serve(replace(request, share=SHARE))
    except ApiError as error:
        return error


def _late() -> AllProvidersFailed:
    return AllProvidersFailed("The deadline of the batch is over", retry_after=RETRY_AFTER)
