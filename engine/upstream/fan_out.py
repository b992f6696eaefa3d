"""Ask several providers in their thread pools: all at once, or one after the other."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Generic, TypeVar

import msgspec

from engine.telemetry.logs import without_messages
from engine.telemetry.request_id import with_request_id
from providers import BadData, ProviderError, Unavailable

T = TypeVar("T")

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Unforeseen(BadData):
    """A call or its parsing failed with an error that no `ProviderError` describes.

    It counts as that provider's failure; the other providers serve.
    """


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """The result of asking `provider`: a `value`, or an `error` with its reason."""

    provider: str
    seconds: float
    value: T | None = None
    error: ProviderError | None = None


class Ask(msgspec.Struct, Generic[T], frozen=True):
    """One provider to ask, in its pool.

    After `patience` seconds without an answer the next provider is asked as well.
    """

    provider: str
    call: Callable[[], T]
    pool: Executor
    patience: float = 1.0
    timed_out: Callable[[], None] = lambda: None
    """Called when the caller stops waiting."""

    def start(self) -> Future[Outcome[T]]:
        """Start the call and return its future."""
        return self.pool.submit(with_request_id(_timed, self))


def gather(asks: Iterable[Ask[T]], deadline: float) -> list[Outcome[T]]:
    """Return the outcome of every ask, in order; late ones have timed out."""
    started = [(ask, ask.start()) for ask in asks]
    done, _ = wait([future for _, future in started], timeout=deadline)
    return [future.result() if future in done else _late(ask, future, deadline) for ask, future in started]


def first_acceptable(
    asks: Iterable[Ask[T]],
    deadline: float,
    acceptable: Callable[[T], bool],
    clock: Clock = time.monotonic,
) -> list[Outcome[T]]:
    """Ask in order until an answer is acceptable; return the outcomes in order of arrival, that one last.

    After a failure the next provider is asked at once, after a missing answer once the ask's patience is
    over. Then both calls run, and the first acceptable answer wins. Calls that still run at the deadline have
    timed out.
    """
    end = clock() + deadline
    queue = deque(asks)
    waiting: dict[Future[Outcome[T]], tuple[Ask[T], float]] = {}
    outcomes: list[Outcome[T]] = []
    patience = 0.0
    while (queue or waiting) and clock() < end:
        if queue and (not waiting or clock() >= patience):
            ask = queue.popleft()
            waiting[ask.start()] = (ask, clock())
            patience = clock() + ask.patience
        until = min(patience, end) if queue else end
        done, _ = wait(waiting, timeout=max(0.0, until - clock()), return_when=FIRST_COMPLETED)
        for future in done:
            del waiting[future]
            outcomes.append(future.result())
            if outcomes[-1].value is not None and acceptable(outcomes[-1].value):
                _give_up(waiting, clock)
                return outcomes
    return [*outcomes, *_give_up(waiting, clock)]


def errors(outcomes: Iterable[Outcome[T]]) -> Mapping[str, ProviderError]:
    """Return the error of each provider that failed."""
    return {outcome.provider: outcome.error for outcome in outcomes if outcome.error}


def _give_up(waiting: Mapping[Future[Outcome[T]], tuple[Ask[T], float]], clock: Clock) -> list[Outcome[T]]:
    return [_late(ask, future, clock() - since) for future, (ask, since) in waiting.items()]


def _timed(ask: Ask[T]) -> Outcome[T]:
    start = time.monotonic()
    try:
        value = _foreseen(ask)
    except ProviderError as error:
        return Outcome(ask.provider, time.monotonic() - start, error=_bare(error))
    return Outcome(ask.provider, time.monotonic() - start, value=value)


def _foreseen(ask: Ask[T]) -> T:
    """Return the answer. Raises a `ProviderError`, and logs where that was another error."""
    try:
        return ask.call()
    except ProviderError:
        raise
    except Exception as error:
        log.error("unforeseen failure of %s", ask.provider, exc_info=without_messages(error))
        raise Unforeseen(type(error).__name__) from None


def _bare(error: ProviderError) -> ProviderError:
    """Return `error` without its traceback, whose frames would keep whole response bodies in memory."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _late(ask: Ask[T], future: Future[Outcome[T]], seconds: float) -> Outcome[T]:
    """Cancel an ask or stop waiting for it, and report a missing answer that is unusual."""
    if not future.cancel() and seconds >= ask.patience:
        ask.timed_out()
    return Outcome(ask.provider, seconds, error=Unavailable(reason="Timeout"))
