"""Whom to ask and to wait for, by the doors that are open."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from engine.upstream import Upstream
from engine.upstream.fan_out import Ask
from providers import ProviderError

T = TypeVar("T")

Candidate = tuple[Upstream[Any], Ask[T]]
"""What would be asked, and behind which door."""


def available(asks: Sequence[Candidate[T]]) -> list[Ask[T]]:
    """Those that are worth waiting for: behind an open door.

    Who is due for a trial has it behind the back of the request, unless nobody else is left.
    """
    welcome = [ask for upstream, ask in asks if upstream.circuit.open_state is None]
    due = [ask for upstream, ask in asks if upstream.circuit.trial_is_due]
    if welcome:
        for ask in due:
            ask.start()
    return welcome or due


def unavailable(asks: Iterable[Candidate[T]], now: float) -> dict[str, ProviderError]:
    """Why those behind a shut door are not asked at `now` (Unix seconds)."""
    return {
        ask.provider: opened.error(now) for upstream, ask in asks if (opened := upstream.circuit.open_state)
    }
