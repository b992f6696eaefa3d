"""An answer of the engine, told in another shape: what that shape cannot say goes into headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Response

from engine.cache.answers import Answer
from engine.errors import AllProvidersFailed, ApiError
from engine.web.responses import aged
from engine.web.services import current_services
from providers import INTERVALS

RETRY_AFTER = 30
"""Seconds after which a provider may be back."""


class Outdated(ApiError):
    """There is nothing but data that is too old to be given to a client that cannot be told so."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, age: float) -> "Outdated":
        """With its age in seconds."""
        return cls(
            f"All data providers are currently unavailable, what is kept is {age:.0f} seconds old",
            retry_after=RETRY_AFTER,
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """What a use case answered, read: `data` and `meta` are those of the contract."""

    answer: Answer
    body: Mapping[str, Any]

    @property
    def data(self) -> Any:
        """The rows, or the object."""
        return self.body["data"]

    @property
    def meta(self) -> Mapping[str, Any]:
        """What is known about the data."""
        meta: Mapping[str, Any] = self.body["meta"]
        return meta

    def part(self, name: str) -> Any:
        """One part of the data. Raises `AllProvidersFailed` with the reasons where it could not be had."""
        if (value := self.data[name]) is None:
            raise AllProvidersFailed(
                f"No data provider gives {name} right now", self.meta.get("failed"), retry_after=RETRY_AFTER
            )
        return value

    def told_by(self, sources: Sequence[str]) -> "Heard":
        """The same, where all that is used of it is from `sources`."""
        return replace(self, body={**self.body, "meta": {**self.meta, "sources": sources}})

    @property
    def sources(self) -> list[str]:
        """Whose data it is, those included that filled gaps of another one."""
        source = self.body.get("source")
        label = current_services().settings.label
        filled = [label(fill["provider"]) for fill in self.meta.get("filled", ())]
        return [source, *filled] if source else list(self.meta.get("sources", ()))

    @property
    def made(self) -> float:
        """When its data was had, in Unix seconds by the corrected clock."""
        return current_services().clock.correct(self.answer.made)

    def unfinished(self, now: float) -> int | None:
        """When a candle opened that was forming when it was had and has closed since: nobody saw its end."""
        if not self.data or self.meta.get("lastCandleClosed") is not False:
            return None
        opened: int = self.data[-1]["timestamp"]
        return opened if opened + INTERVALS[self.body["interval"]].length <= now * 1000 else None


def hear(answer: Answer, patience: float) -> Heard:
    """`answer`, read. Raises `Outdated` where it is stale and older than `patience` seconds."""
    now = current_services().clock()
    if answer.stale(now) and answer.age(now) > patience:
        raise Outdated.of(answer.age(now))
    return Heard(answer, orjson.loads(answer.body(now)))


def retell(body: object, *heard: Heard) -> Response:
    """`body`, which was made from what was `heard`, as JSON: as fresh as the first of it to go stale."""
    return Response(orjson.dumps(body), headers=quality(heard), mimetype="application/json")


def quality(heard: Sequence[Heard]) -> list[tuple[str, str]]:
    """The headers that say what an answer is worth.

    `X-Data-Source`: the providers. `X-Data-Gaps`: the open times in milliseconds of the first and the last
    candle of each gap. `X-Data-Unfinished`: that of a candle whose end nobody saw. `X-Data-Quote`: what
    candles are priced in. `Age`, `Cache-Control` and `Cache-Status` as on the engine's own answers.
    """
    now, corrected = current_services().clock(), current_services().clock.corrected()
    first = min((one.answer for one in heard), key=lambda answer: answer.made + answer.lifetime)
    headers = aged(first, first.age(now))  # no cache may give it where we give an error
    if sources := dict.fromkeys(source for one in heard for source in one.sources):
        headers.append(("X-Data-Source", ", ".join(sources)))
    if quotes := dict.fromkeys(one.meta["quote"] for one in heard if "quote" in one.meta):
        headers.append(("X-Data-Quote", ", ".join(quotes)))
    gaps = [f"{start}-{end}" for one in heard for start, end in one.meta.get("gaps", ())]
    if gaps:
        headers.append(("X-Data-Gaps", ", ".join(gaps)))
    if unfinished := [str(opened) for one in heard if (opened := one.unfinished(corrected)) is not None]:
        headers.append(("X-Data-Unfinished", ", ".join(unfinished)))
    return headers
