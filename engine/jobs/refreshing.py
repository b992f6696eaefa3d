"""Refreshing because a client wishes it: what is kept anyway, and not more than once a minute."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial

from engine.cache.entries import RENEWED, RENEWED_KEPT
from engine.cache.host_times import HostTimes
from engine.errors import ApiError, unforeseen
from engine.market import Market
from engine.store import Store
from engine.telemetry.request_id import with_request_id
from providers import ASSET_BY_NAME, INTERVALS, Pair

TURN = "refresh:turn"
PAUSE = 60.0
"""Seconds from one to the next, over all workers."""
PATIENCE = 10.0
"""Seconds to wait for what is being asked for; it goes on afterwards."""
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of it, by name: `done`, still `pending`, or `failed` with the reasons.

    After `wait` seconds it can be done again.
    """

    wait: int
    done: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    failed: dict[str, object] = field(default_factory=dict)


class Refreshing:
    """Asks for prices and for the usual series of `coins`, as far as anybody has asked for those before.

    It takes the background's share of budgets. Mood, news and the market as a whole are made of parts
    that are asked for when their own time is over, and not earlier.
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
        """Do it, unless somebody has within a minute. Raises the `ApiError` where all of it failed."""
        now = self._clock()
        if not self._store.add(TURN, now, PAUSE):
            turn = self._times.moment(TURN, PAUSE) or now
            return Refreshed(max(1, math.ceil(min(turn, now) + PAUSE - now)))
        asked = {self._pool.submit(with_request_id(refresh)): name for name, refresh in self._tasks(now)}
        done, pending = wait(asked, PATIENCE)
        self._store.set(RENEWED, now, RENEWED_KEPT)
        failed = {asked[one]: _told(error) for one in done if (error := one.exception())}
        if len(failed) == len(asked):
            raise next(iter(failed.values()))
        return Refreshed(
            math.ceil(PAUSE),
            [asked[one] for one in asked if one in done and asked[one] not in failed],
            [asked[one] for one in pending],
            {name: error.details or error.message for name, error in failed.items()},
        )

    def _tasks(self, now: float) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "prices", partial(self._market.prices.refresh, now)
        for code in self._coins:
            for quote in ("USDT", "USD"):
                pair = Pair(ASSET_BY_NAME[code], quote)
                for interval in INTERVALS.values():
                    if self._market.candles.keeps(pair, interval):
                        refresh = partial(self._market.candles.refresh, pair, interval, now)
                        yield f"{code}{quote} {interval.code}", refresh


def _told(error: BaseException) -> ApiError:
    """The failure as clients are told it; one that is unforeseen is logged, and the rest is refreshed."""
    return error if isinstance(error, ApiError) else unforeseen(error)
