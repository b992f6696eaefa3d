"""Refresh cached data on a client's request, at most once a minute."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import msgspec

from engine.cache.entries import RENEWED, RENEWED_KEPT
from engine.cache.host_times import HostTimes
from engine.errors import ApiError, unforeseen
from engine.market import Market
from engine.store import Store
from engine.telemetry.request_id import with_request_id
from providers import ASSET_BY_NAME, INTERVALS, Pair

TURN = "refresh:turn"
PAUSE = 60.0
"""Seconds between two refreshes, over all workers."""
PATIENCE = 10.0
"""Seconds to wait for the refreshes; later ones complete in the background."""
AT_ONCE = 4


class Refreshed(msgspec.Struct, frozen=True):
    """The result by name: `done`, still `pending`, or `failed` with the reasons.

    The next refresh is possible after `wait` seconds.
    """

    wait: int
    done: list[str] = msgspec.field(default_factory=list)
    pending: list[str] = msgspec.field(default_factory=list)
    failed: dict[str, object] = msgspec.field(default_factory=dict)


class RequestedRefresh:
    """Refreshes prices and the usual series of `coins`, as far as clients have asked for them before.

    It uses the background's share of the budgets. Sentiment, news and overview consist of parts that are
    refreshed when they expire, and not earlier.
    """

    def __init__(
        self, market: Market, store: Store, coins: Sequence[str], clock: Callable[[], float]
    ) -> None:
        self._market = market
        self._store = store
        self._coins = coins
        self._clock = clock
        self._times = HostTimes(store, clock)
        store.add(RENEWED, 0.0, RENEWED_KEPT)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="refreshing")

    def refresh(self) -> Refreshed:
        """Refresh, unless a refresh ran within the last minute.

        Raises the `ApiError` if everything failed.
        """
        now = self._clock()
        if not self._store.add(TURN, now, PAUSE):
            turn = self._times.moment(TURN, PAUSE) or now
            return Refreshed(max(1, math.ceil(min(turn, now) + PAUSE - now)))
        submitted = {self._pool.submit(with_request_id(refresh)): name for name, refresh in self._tasks(now)}
        done, pending = wait(submitted, PATIENCE)
        self._store.set(RENEWED, now, RENEWED_KEPT)
        failed = {submitted[one]: _as_api_error(error) for one in done if (error := one.exception())}
        if len(failed) == len(submitted):
            raise next(iter(failed.values()))
        return Refreshed(
            math.ceil(PAUSE),
            [submitted[one] for one in submitted if one in done and submitted[one] not in failed],
            [submitted[one] for one in pending],
            {name: error.details or error.message for name, error in failed.items()},
        )

    def _tasks(self, now: float) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "prices", partial(self._market.prices.refresh, now)
        for code in self._coins:
            for quote in ("USDT", "USD"):
                pair = Pair(ASSET_BY_NAME[code], quote)
                for interval in INTERVALS.values():
                    if self._market.candles.kept(pair, interval)[0] is not None:
                        refresh = partial(self._market.candles.refresh, pair, interval, now)
                        yield f"{code}{quote} {interval.code}", refresh


def _as_api_error(error: BaseException) -> ApiError:
    """Return the error as clients see it. Unexpected errors are logged, and the other refreshes go on."""
    return error if isinstance(error, ApiError) else unforeseen(error)
