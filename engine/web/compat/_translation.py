"""Answers in the shapes of other interfaces: what such a shape cannot say goes into headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import orjson
from flask import Response

from engine.cache import Validity
from engine.errors import AllProvidersFailed, ApiError
from engine.market.candles.slices import CandleSlice
from engine.web.responses import aged
from engine.web.services import current_services

T = TypeVar("T")

RETRY_AFTER = 30
"""Seconds after which a provider may be back."""


class Outdated(ApiError):
    """Only data are kept that are too old for a client that cannot be told so."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, age: float) -> "Outdated":
        """Return the error for data of an age in seconds."""
        return cls(
            f"All data providers are currently unavailable, what is kept is {age:.0f} seconds old",
            retry_after=RETRY_AFTER,
        )


class Sourced(Protocol):
    """A value of a use case: the labels of its providers, and how old it is."""

    @property
    def sources(self) -> Sequence[str]:
        """The labels."""

    @property
    def validity(self) -> Validity:
        """The age."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an answer is made from, as its headers say it. Times are open times in Unix milliseconds."""

    validity: Validity
    sources: Sequence[str]
    quote: str | None = None
    gaps: Sequence[tuple[int, int]] = ()
    unfinished: int | None = None

    @classmethod
    def of(cls, value: Sourced) -> "Origin":
        """Return that of any value."""
        return cls(value.validity, value.sources)

    @classmethod
    def of_candles(cls, candles: CandleSlice) -> "Origin":
        """Return that of candles."""
        return cls(candles.validity, candles.sources, candles.quote, candles.gaps, _unfinished(candles))


def require_recent(validity: Validity, patience: float) -> None:
    """Raise `Outdated` for data that are stale and older than `patience` seconds."""
    now = current_services().clock()
    if validity.stale(now) and validity.age(now) > patience:
        raise Outdated.of(validity.age(now))


def present(part: T | None, name: str, failed: Mapping[str, object]) -> T:
    """Return a part of the data. Raises `AllProvidersFailed` with the reasons where it could not be had."""
    if part is None:
        message = f"No data provider gives {name} right now"
        raise AllProvidersFailed(message, failed, retry_after=RETRY_AFTER)
    return part


def received(candles: CandleSlice) -> float:
    """Return when `candles` were received, in Unix seconds by the corrected clock."""
    return current_services().clock.correct(candles.validity.made)


def respond(body: object, *origins: Origin) -> Response:
    """Return `body` as JSON: it is as fresh as the first of its `origins` to go stale."""
    return Response(orjson.dumps(body), headers=_quality(origins), mimetype="application/json")


def _quality(origins: Sequence[Origin]) -> list[tuple[str, str]]:
    """Return the headers that say what an answer is worth.

    `X-Data-Source`: the providers. `X-Data-Gaps`: the open times in milliseconds of the first and the last
    candle of each gap. `X-Data-Unfinished`: that of a candle whose end no provider was asked for.
    `X-Data-Quote`: the currency of candles. `Age`, `Cache-Control` and `Cache-Status` as on the engine's own
    answers.
    """
    first = min((it.validity for it in origins), key=lambda validity: validity.made + validity.lifetime)
    headers = aged(
        first, first.age(current_services().clock())
    )  # no cache may serve it where we would send an error
    if sources := dict.fromkeys(source for it in origins for source in it.sources):
        headers.append(("X-Data-Source", ", ".join(sources)))
    if quotes := dict.fromkeys(it.quote for it in origins if it.quote is not None):
        headers.append(("X-Data-Quote", ", ".join(quotes)))
    if gaps := [f"{start}-{end}" for it in origins for start, end in it.gaps]:
        headers.append(("X-Data-Gaps", ", ".join(gaps)))
    if unfinished := [str(it.unfinished) for it in origins if it.unfinished is not None]:
        headers.append(("X-Data-Unfinished", ", ".join(unfinished)))
    return headers


def _unfinished(candles: CandleSlice) -> int | None:
    """Return when a candle opened that was forming when it was received and has closed since."""
    candle = candles.unfinished
    if (
        candle is None
        or candle.open_time + candles.interval.length > current_services().clock.corrected() * 1000
    ):
        return None
    return candle.open_time
