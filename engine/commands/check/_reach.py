"""Call every provider once for each of its abilities."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import msgspec

from engine.config import Settings
from engine.market import build
from engine.upstream.fan_out import Ask, gather
from engine.upstream.host_clock import HostClock
from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    TETHER,
    BadData,
    CandleSource,
    Capacity,
    FeedSource,
    NewsSource,
    OverviewSource,
    Pair,
    Provider,
    ProviderError,
    QuoteSource,
    SentimentSource,
    Unavailable,
    Window,
    discover,
)

SECONDS = 6.0
"""Seconds until the report stops waiting."""
SECONDS_A_HOST = 3.0
"""Seconds for one host, so that a second host fits into that time."""
BITCOIN = ASSET_BY_NAME["BTC"]
NEEDED = ("candles", "prices")
"""Abilities of which at least one provider is required."""

Call = Callable[[], object]


class Finding(msgspec.Struct, frozen=True):
    """The result of asking `provider` for its `ability`: the seconds it took, or the reason of the failure.

    `asked` is false for a provider that is disabled or has no key; the server would not ask it either.
    """

    provider: str
    ability: str
    seconds: float | None = None
    reason: str | None = None
    asked: bool = True


def reach(settings: Settings, clock: HostClock | None = None) -> list[Finding]:
    """Return a finding for every ability of every provider, asked at once. Measures `clock` as well."""
    clock = clock or HostClock(time.time)
    quick = replace(
        settings,
        upstream_connect_seconds=min(settings.upstream_connect_seconds, SECONDS_A_HOST),
        upstream_read_seconds=min(settings.upstream_read_seconds, SECONDS_A_HOST),
        upstream_total_seconds=min(settings.upstream_total_seconds, SECONDS_A_HOST),
    )
    capacity = Capacity()
    asks: list[tuple[str, Ask[object]]] = []
    off: list[Finding] = []
    for kind in discover():
        for ability, name, call in _calls(build(kind, quick, capacity, clock), settings):
            if reason := disabled(kind, ability, settings):
                off.append(Finding(name, ability, reason=reason, asked=False))
            else:
                asks.append((ability, Ask(name, partial(_not_empty, call), ThreadPoolExecutor(1))))
    outcomes = gather([ask for _, ask in asks], SECONDS)
    return [
        Finding(outcome.provider, ability, reason=_explained(outcome.error))
        if outcome.error
        else Finding(outcome.provider, ability, seconds=outcome.seconds)
        for (ability, _), outcome in zip(asks, outcomes, strict=True)
    ] + off


def _explained(error: ProviderError) -> str:
    """Return the reason of a failure, with its cause where that says more."""
    return (
        f"{error.reason} ({error})"
        if isinstance(error, Unavailable) and str(error) != error.reason
        else error.reason
    )


def works(findings: Sequence[Finding]) -> bool:
    """Return whether every ability in `NEEDED` has a provider."""
    return {found.ability for found in findings if found.seconds is not None} >= set(NEEDED)


def disabled(kind: type[Provider], ability: str, settings: Settings) -> str | None:
    """Return why the server does not ask this provider for `ability`, `None` if it does."""
    chosen = {
        "candles": ("PROVIDERS_CANDLES", settings.providers_candles),
        "prices": ("PROVIDERS_QUOTES", settings.providers_quotes),
    }
    variable, names = chosen.get(ability, ("", None))
    if kind.needs_key and settings.provider(kind.name).api_key is None:
        return f"{kind.name.upper()}_API_KEY is not set"
    if names is not None and kind.name not in names:
        return f"not in {variable}"
    if ability == "sentiment" and not settings.enable_sentiment:
        return "ENABLE_SENTIMENT is false"
    if ability == "news" and not (settings.enable_news or settings.enable_sentiment):
        return "ENABLE_NEWS and ENABLE_SENTIMENT are false"
    return None


def _calls(provider: Provider, settings: Settings) -> Iterator[tuple[str, str, Call]]:
    """Yield the cheapest call for each ability: the ability, the name to show, and the call."""
    if isinstance(provider, CandleSource):
        interval = INTERVALS["1h" if "1h" in provider.intervals else next(iter(provider.intervals))]
        market = provider.market(Pair(BITCOIN, "USDT"))
        if market is not None:
            yield "candles", provider.name, partial(provider.candles, market, interval, Window(3))
    if isinstance(provider, QuoteSource):
        yield "prices", provider.name, partial(provider.quotes, [BITCOIN, TETHER])
    if isinstance(provider, SentimentSource):
        yield "sentiment", provider.name, partial(provider.fear_greed, 1)
    if isinstance(provider, NewsSource):
        yield "news", provider.name, provider.headlines
    if isinstance(provider, FeedSource):
        for feed in settings.news_rss_feeds:
            host = (urlsplit(feed).hostname or feed).removeprefix("www.")
            yield "news", f"{provider.name}:{host}", partial(provider.headlines_of, feed)
    if isinstance(provider, OverviewSource):
        yield "market", provider.name, provider.overview


def _not_empty(call: Call) -> object:
    """Return what `call` returns. Raises `BadData` for an empty answer, which is of no use."""
    answer = call()
    if answer == []:
        raise BadData("empty answer")
    return answer
