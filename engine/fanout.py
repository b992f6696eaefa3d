"""Asking several providers over the thread pool: all of them at once, or one after the other."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from providers import ProviderError, Unavailable

T = TypeVar("T")

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of asking `provider`: a `value`, or an `error` with its reason."""

    provider: str
    seconds: float
    value: T | None = None
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One provider to ask. After `patience` seconds without an answer the next one is asked as well."""

    provider: str
    call: Callable[[], T]
    patience: float = 1.0


def gather(pool: Executor, asks: Iterable[Ask[T]], deadline: float) -> list[Outcome[T]]:
    """The outcome of every ask, in their order. Who has not answered in time counts as timed out."""
    started = [(ask, pool.submit(_timed, ask)) for ask in asks]
    done, _ = wait([future for _, future in started], timeout=deadline)
    return [future.result() if future in done else _late(ask, deadline) for ask, future in started]


def first_good(
    pool: Executor,
    asks: Iterable[Ask[T]],
    deadline: float,
    good: Callable[[T], bool],
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
            waiting[pool.submit(_timed, ask)] = (ask, clock())
            patience = clock() + ask.patience
        until = min(patience, end) if queue else end
        done, _ = wait(waiting, timeout=max(0.0, until - clock()), return_when=FIRST_COMPLETED)
        for future in done:
            del waiting[future]
            outcomes.append(future.result())
            if outcomes[-1].value is not None and good(outcomes[-1].value):
                return outcomes
    return [*outcomes, *(_late(ask, clock() - since) for ask, since in waiting.values())]


def errors(outcomes: Iterable[Outcome[T]]) -> Mapping[str, ProviderError]:
    """Who failed, and how."""
    return {outcome.provider: outcome.error for outcome in outcomes if outcome.error}


def _timed(ask: Ask[T]) -> Outcome[T]:
    start = time.monotonic()
    try:
        value = ask.call()
    except ProviderError as error:
        return Outcome(ask.provider, time.monotonic() - start, error=error)
    return Outcome(ask.provider, time.monotonic() - start, value=value)


def _late(ask: Ask[T], seconds: float) -> Outcome[T]:
    return Outcome(ask.provider, seconds, error=Unavailable(reason="Timeout"))
