"""Responses in each provider's format, with invented values and the expected results.

Each provider has a module with `PAYLOADS`. All of them use the same time and the same candles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from msgspec.structs import replace

from providers import ASSET_BY_NAME, TETHER, Candle, Pair, Provider, ProviderError, Window

BTC, ETH = ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"]
ASKED = (BTC, ETH, TETHER)
PAIR = Pair(BTC, "USDT")
NOW = 1_767_324_600.0
"""2026-01-02 03:30 UTC, a Friday."""
JANUARY_1 = 1_767_225_600_000
NOON = 1_767_268_800_000
WINDOWS = {
    "newest": Window(3),
    "start": Window(3, start=JANUARY_1),
    "end": Window(3, end=NOON),
    "both": Window(3, start=JANUARY_1, end=NOON),
}
CANDLES = [
    Candle(1_767_315_600_000, 100.5, 110.25, 95.0, 105.75, 12.5),
    Candle(1_767_319_200_000, 105.75, 120.0, 105.5, 118.0, 7.25),
    Candle(1_767_322_800_000, 118.0, 119.5, 117.25, 117.5, 0.5),
]
"""The hours from 01:00 to 03:00, of which the last one is open."""
QUOTE_VOLUMES = (1291.0, 812.0, 58.9)
VALUED = [replace(candle, quote_volume=it) for candle, it in zip(CANDLES, QUOTE_VOLUMES, strict=True)]
"""The same with volumes in the quote currency."""


@dataclass(frozen=True)
class Answer:
    """A body and its expected values. `rule` is the rule that it shows, `calls` the number of requests."""

    rule: str
    body: object
    gives: object
    calls: int = 1


@dataclass(frozen=True)
class Failure:
    """The body of a failure and its expected error."""

    body: object
    error: type[ProviderError]
    status: int = 200
    reason: str | None = None


@dataclass(frozen=True)
class Payloads:
    """The test data of a provider."""

    quotes: Sequence[Answer] = ()
    candles: Sequence[Answer] = ()
    fear_greed: Sequence[Answer] = ()
    headlines: Sequence[Answer] = ()
    overview: Sequence[Answer] = ()
    listings: Sequence[Answer] = ()
    listing: Sequence[Answer] = ()
    coins: Sequence[Answer] = ()
    figures: Sequence[Answer] = ()
    trending: Sequence[Answer] = ()
    categories: Sequence[Answer] = ()
    errors: Sequence[Failure] = ()
    requests: Mapping[str, str] = field(default_factory=dict)
    """Path and query for each of `WINDOWS` and for every other ability."""
    interval: str = "1h"
    lists: Sequence[str] = ()
    """The abilities whose response is a list, which may be empty."""


def payloads_of(provider: type[Provider]) -> Payloads:
    """Return the payloads of the provider's module, empty without a module, which another test reports."""
    module = f"{__name__}.{provider.name}"
    found: Payloads = import_module(module).PAYLOADS if find_spec(module) else Payloads()
    return found
