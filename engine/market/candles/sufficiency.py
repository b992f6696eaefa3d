"""How many candles are enough for a request. Pure functions."""

from collections.abc import Iterable, Mapping

from engine.analysis.candles import MAY_BE_SHORT, MINIMUM
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.upstream.fan_out import Outcome
from providers import Unsupported

OK, INSUFFICIENT = "ok", "Insufficient data"
"""Outcomes of an attempt: enough candles, or too few."""


def may_be_short(request: CandleRequest) -> bool:
    """Return whether fewer than `MINIMUM` candles are an answer, because no more may exist yet."""
    return request.newest and request.interval.code in MAY_BE_SHORT


def is_enough(series: Series, request: CandleRequest) -> bool:
    """Return whether the candles suffice, so that no other provider is called."""
    return len(series.candles) >= (MINIMUM if request.newest else 1)


def is_servable(series: Series, request: CandleRequest) -> bool:
    """Return whether the candles can be served if no provider has more."""
    return is_enough(series, request) or (may_be_short(request) and series.whole and bool(series.candles))


def can_stand_in(series: Series, request: CandleRequest) -> bool:
    """Return whether the candles can be served if every provider fails. The forming one may be missing."""
    return is_servable(series, request) or len(series.candles) >= MINIMUM - 1


def can_go_on(series: Series, request: CandleRequest, now: int) -> bool:
    """Return whether only the newest candles may have changed since `series` was fetched.

    A past window is fetched again for its missing candles, and so is one without its oldest candles.
    """
    window, interval = request.within(now), request.interval
    if request.newest or not series.candles:
        return request.newest
    first, last = window.bounds(interval, now)
    return interval.after(last) > now and series.candles[0].open_time <= first


def is_short(series: Series, request: CandleRequest) -> bool:
    """Return whether the answer must say that fewer than `MINIMUM` candles exist."""
    return not is_enough(series, request) and is_servable(series, request)


def attempt(outcome: Outcome[Series], request: CandleRequest) -> dict[str, object]:
    """Return the row of a provider that was called: the `outcome`, and how long it took."""
    if outcome.error:
        word = outcome.error.reason
    else:
        word = OK if outcome.value and is_servable(outcome.value, request) else INSUFFICIENT
    return {"provider": outcome.provider, "outcome": word, "latencyMs": round(outcome.seconds * 1000)}


def answered(attempts: Iterable[Mapping[str, object]]) -> set[object]:
    """Return the providers that answered, with or without candles."""
    return {it["provider"] for it in attempts if it["outcome"] in (OK, INSUFFICIENT)}


def longest_known(old: Series | None, request: CandleRequest) -> str | None:
    """Return the provider whose short series `old` is the longest that exists, `None` if it is not known.

    Every provider answered when it was fetched, so a refresh has to ask this one only.
    """
    if old is None or not is_short(old, request):
        return None
    outcomes = {attempt["outcome"] for attempt in old.attempts}
    return old.provider if outcomes <= {OK, INSUFFICIENT, Unsupported.reason} else None
