"""Asking several providers over their pools: all of them at once, or one after the other."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.telemetry.logs import without_words
from engine.telemetry.request_id import with_request_id
from providers import BadData, ProviderError, Unavailable

T = TypeVar("T")

log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Unforeseen(BadData):
    """Asking a provider or reading its answer failed in a way that no other error stands for.

    It is that provider's failure: the others serve.
    """


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of asking `provider`: a `value`, or an `error` with its reason."""

    provider: str
    seconds: float
    value: T | None = None
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One provider to ask, in its pool. After `patience` seconds of silence the next is asked as well."""

    provider: str
    call: Callable[[], T]
    pool: Executor
    patience: float = 1.0
    timed_out: Callable[[], None] = lambda: None
    """Told when it has been given up."""

    def start(self) -> Future[Outcome[T]]:
        """Ask, without waiting."""
        return self.pool.submit(with_request_id(_timed, self))


def gather(asks: Iterable[Ask[T]], deadline: float) -> list[Outcome[T]]:
    """The outcome of every ask, in their order. Who has not answered in time counts as timed out."""
    started = [(ask, ask.start()) for ask in asks]
    done, _ = wait([future for _, future in started], timeout=deadline)
    return [future.result() if future in done else _late(ask, future, deadline) for ask, future in started]


def first_acceptable(
    asks: Iterable[Ask[T]],
    deadline: float,
    acceptable: Callable[[T], bool],
    clock: Clock = time.monotonic,
) -> list[Outcome[T]]:
    """Ask in order until an answer is good; outcomes in the order in which they came, a good one last.

    A failure moves on at once, silence after the ask's patience: then both are waited for, and the
    first good answer wins. Whoever was asked and is still silent at the end has timed out.
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
    """Who failed, and how."""
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
    """Return the answer. Raises a `ProviderError`, whatever goes wrong: the one place that logs the rest."""
    try:
        return ask.call()
    except ProviderError:
        raise
    except Exception as error:
        log.error("unforeseen failure of %s", ask.provider, exc_info=without_words(error))
        raise Unforeseen(type(error).__name__) from None


def _bare(error: ProviderError) -> ProviderError:
    """Without the frames that it passed, which would keep whole bodies for as long as it is remembered."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _late(ask: Ask[T], future: Future[Outcome[T]], seconds: float) -> Outcome[T]:
    """Give up: what has not begun need not begin any more, and unusual silence is told."""
    if not future.cancel() and seconds >= ask.patience:
        ask.timed_out()
    return Outcome(ask.provider, seconds, error=Unavailable(reason="Timeout"))
