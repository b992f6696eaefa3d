"""Choose the providers to ask and to wait for, by their circuits."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from engine.upstream import Upstream
from engine.upstream.fan_out import Ask
from providers import ProviderError

T = TypeVar("T")

Candidate = tuple[Upstream[Any], Ask[T]]
"""A call, and the upstream that would make it."""


def available(asks: Sequence[Candidate[T]]) -> list[Ask[T]]:
    """Return the asks to wait for: those whose circuit is closed.

    Providers that are due for a trial are tried in the background, unless no other provider is left.
    """
    welcome = [ask for upstream, ask in asks if upstream.circuit.open_state is None]
    due = [ask for upstream, ask in asks if upstream.circuit.trial_is_due]
    if welcome:
        for ask in due:
            ask.start()
    return welcome or due


def unavailable(asks: Iterable[Candidate[T]], now: float) -> dict[str, ProviderError]:
    """Return the error of each provider whose circuit is open at `now` (Unix seconds)."""
    return {
        ask.provider: opened.error(now) for upstream, ask in asks if (opened := upstream.circuit.open_state)
    }
