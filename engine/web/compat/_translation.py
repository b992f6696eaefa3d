"""Answers in the formats of other interfaces; headers have what these formats have no field for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec
import orjson
from flask import Response

from engine.cache import Validity
from engine.errors import AllProvidersFailed, ApiError
from engine.market.candles.slices import CandleSlice
from engine.web.responses import aged
from engine.web.services import current_services
from schemas import shorten

T = TypeVar("T")

RETRY_AFTER = 30
"""Seconds until clients should try again."""


class Outdated(ApiError):
    """The cached data is too old for a client whose format has no field for its age."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, age: float) -> "Outdated":
        """Return the error for data of an age in seconds."""
        return cls(
            f"All data providers are currently unavailable; the cached data is {age:.0f} seconds old",
            retry_after=RETRY_AFTER,
        )


class Sourced(Protocol):
    """A value of a use case, with the labels of its providers and its age."""

    @property
    def sources(self) -> Sequence[str]:
        """The labels of the providers."""

    @property
    def validity(self) -> Validity:
        """The time of the data, and how long it is fresh."""


class Origin(msgspec.Struct, frozen=True):
    """The data behind an answer, for its headers. Times are open times in Unix milliseconds."""

    validity: Validity
    sources: Sequence[str]
    quote: str | None = None
    gaps: Sequence[tuple[int, int]] = ()
    unfinished: int | None = None

    @classmethod
    def of(cls, value: Sourced) -> "Origin":
        """Return the origin of any value."""
        return cls(value.validity, value.sources)

    @classmethod
    def of_candles(cls, candles: CandleSlice) -> "Origin":
        """Return the origin of candles."""
        return cls(candles.validity, candles.sources, candles.quote, candles.gaps, _unfinished(candles))


def require_recent(validity: Validity, patience: float) -> None:
    """Raise `Outdated` for data that is stale and older than `patience` seconds."""
    now = current_services().clock()
    if validity.stale(now) and validity.age(now) > patience:
        raise Outdated.of(validity.age(now))


def present(part: T | None, name: str, failed: Mapping[str, object]) -> T:
    """Return a part of the data. Raises `AllProvidersFailed` with the reasons where it is missing."""
    if part is None:
        message = f"No data provider currently has {name}"
        raise AllProvidersFailed(message, failed, retry_after=RETRY_AFTER)
    return part


def received(candles: CandleSlice) -> float:
    """Return the time when `candles` were received, in Unix seconds of the corrected clock."""
    return current_services().clock.correct(candles.validity.made)


def respond(body: object, *origins: Origin) -> Response:
    """Return `body` as JSON. The first of its `origins` to go stale sets its freshness."""
    return Response(orjson.dumps(body), headers=quality(origins), mimetype="application/json")


def unkept(body: object, sources: Iterable[str] = (), missing: Iterable[str] = ()) -> Response:
    """Return `body` as JSON that no cache may keep: it needs no provider, or names its `sources`."""
    headers = {"Cache-Control": "no-store"}
    listed = {"X-Data-Source": ", ".join(sources), "X-Data-Missing": ", ".join(map(shorten, missing))}
    headers |= {name: text for name, text in listed.items() if text}
    return Response(orjson.dumps(body), headers=headers, mimetype="application/json")


def quality(origins: Sequence[Origin]) -> list[tuple[str, str]]:
    """Return the headers on the quality of an answer.

    `X-Data-Source`: the providers. `X-Data-Gaps`: the open times in milliseconds of the first and the last
    missing candle of each gap. `X-Data-Unfinished`: the open time of a candle that was received before it
    closed. `X-Data-Quote`: the currency of candles. `Age`, `Cache-Control` and `Cache-Status` are those of
    `/api`.
    """
    first = min((it.validity for it in origins), key=lambda validity: validity.made + validity.lifetime)
    # Without stale-if-error: other caches must not serve data where the engine would send an error.
    headers = aged(first, first.age(current_services().clock()))
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
    """Return the open time of a candle that was received before it closed, and has closed since."""
    candle = candles.unfinished
    if (
        candle is None
        or candles.interval.after(candle.open_time) > current_services().clock.corrected() * 1000
    ):
        return None
    return candle.open_time
