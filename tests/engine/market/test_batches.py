"""Batches of series, and the room that they leave."""

import threading

from engine.cache import Answer, Validity
from engine.config import load_settings
from engine.errors import AllProvidersFailed, ApiError, InvalidRequest
from engine.market import CandleRequest
from engine.market.batches import OF_ONE, Batches
from providers import ASSETS, INTERVALS, Pair, Window

REQUESTS = [
    CandleRequest(f"{asset.symbol}USDT", Pair(asset, "USDT"), INTERVALS["1h"], Window(50))
    for asset in ASSETS[:20]
]


class Counting:
    """A use case that serves candles once as many callers wait as a batch may have, and counts them."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.most = 0
        self.requests: list[CandleRequest] = []
        self._now = 0
        self._lock = threading.Lock()
        self._together = threading.Barrier(OF_ONE)

    def serve(self, request: CandleRequest) -> Answer:
        """Wait for the others of the batch."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.requests.append(request)
        self._together.wait(10)
        with self._lock:
            self._now -= 1
        if request.symbol == self.failing:
            raise InvalidRequest("wrong")
        return Answer.with_body({"symbol": request.symbol}, {}, Validity(made=0.0, lifetime=1.0))


def batches(deadline: float = 10.0) -> Batches:
    """Return batches with a deadline in seconds."""
    return Batches(load_settings(candles_deadline_seconds=deadline))


def symbol(result: Answer | ApiError) -> str:
    """Return the symbol of an answer."""
    assert isinstance(result, Answer)
    return result.head.split(b'"')[5].decode()


def test_some_series_are_served_together_and_in_order() -> None:
    """A limited number of series runs at a time, so that other batches find free threads."""
    candles = Counting()
    results = batches().serve(candles.serve, REQUESTS)

    assert [symbol(result) for result in results] == [request.symbol for request in REQUESTS]
    assert candles.most == OF_ONE


def test_a_part_of_the_budgets_is_left_for_single_requests() -> None:
    """A series of a batch leaves a part of a provider's budget for single requests."""
    candles = Counting()
    batches().serve(candles.serve, REQUESTS[:OF_ONE])

    assert all(request.share < 1 for request in candles.requests)


def test_an_error_is_a_result() -> None:
    """A series that fails is an error in its place, and leaves the others as they are."""
    results = batches().serve(Counting(REQUESTS[1].symbol).serve, REQUESTS[:OF_ONE])

    assert [isinstance(result, InvalidRequest) for result in results] == [False, True, False, False]


def test_the_deadline_is_that_of_the_whole_batch() -> None:
    """A series that has not arrived at the batch's deadline is an error with the time to wait."""
    arrived = threading.Event()

    def waiting(request: CandleRequest) -> Answer:
        arrived.wait(10)
        raise AllProvidersFailed("later")

    results = batches(deadline=0.05).serve(waiting, REQUESTS[:10])
    arrived.set()

    assert len(results) == 10
    assert all(isinstance(result, AllProvidersFailed) and result.retry_after for result in results)
    assert {str(result) for result in results} == {"The deadline of the batch is over"}
