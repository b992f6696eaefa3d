"""The use cases as other interfaces ask them: with their own limits, and never with data too old."""

from collections.abc import Sequence
from dataclasses import replace

from engine.cache import Validity
from engine.errors import InsufficientData
from engine.market import MINIMUM, CandleRequest, RequestedCoin
from engine.market.candles.slices import CandleSlice
from engine.market.overview.reports import CategoryList, OverviewReport
from engine.market.prices.lists import PriceList
from engine.market.sentiment.news import NewsList
from engine.market.sentiment.reports import SentimentReport
from engine.web.compat._translation import Outdated, require_recent
from engine.web.services import current_services
from providers import Interval
from schemas import RequestedPair

QUOTES_COUNT = 300.0
"""Seconds after which a quote is no longer a price, and so no ticker either."""
INTERVALS_COUNT = 2
"""Intervals after which the newest candle is no longer the newest."""


def candles(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None = None, end: int | None = None
) -> CandleSlice:
    """Return at most `limit` candles, fewer than the engine's own interface as well; times in milliseconds.

    Raises an `ApiError`, and `Outdated` where the newest candle that is kept is no longer the newest.
    """
    newest = start is None and end is None
    count = max(limit, MINIMUM) if newest else limit
    request = replace(CandleRequest.of(coin.symbol, coin.pair, interval, count, start, end), in_time=True)
    found = _however_few(request)
    require_recent(found.validity, INTERVALS_COUNT * interval.length / 1000)
    return found.newest(limit)


def _however_few(request: CandleRequest) -> CandleSlice:
    """Ask for a window that ends now, where fewer candles exist than the newest have to be."""
    try:
        return current_services().market.candles.slice(request)
    except InsufficientData:
        now = request.interval.open_time(current_services().market.now() * 1000)
        return current_services().market.candles.slice(
            replace(request, window=replace(request.window, end=now))
        )


def prices(coins: Sequence[RequestedPair] | None, convert: str) -> PriceList:
    """Return the price of each of `coins`, or of every coin by rank, in `convert` (USD or USDT).

    Prices older than five minutes are left out. Raises an `ApiError`, and `Outdated` where none is left.
    """
    named = {coin.name: RequestedCoin(coin.name, coin.pair.base) for coin in coins or ()}
    found = current_services().market.prices.consensus(
        None if coins is None else list(named.values()), convert
    )
    now = current_services().market.now()
    ages = [now - int(coin.time) for coin in found.coins]
    if ages and min(ages) > QUOTES_COUNT:
        raise Outdated.of(min(ages))
    recent = [coin for coin, age in zip(found.coins, ages, strict=True) if age <= QUOTES_COUNT]
    return replace(found, coins=tuple(recent))


def overview() -> OverviewReport:
    """Return the market as a whole. Raises an `ApiError`, and `Outdated` after twice its lifetime."""
    found = current_services().market.overview.report()
    _require_recent(found.validity)
    return found


def categories() -> CategoryList:
    """Return the kinds of coins, the same way."""
    found = current_services().market.overview.categories()
    _require_recent(found.validity)
    return found


def sentiment() -> SentimentReport:
    """Return how the market feels, the same way."""
    found = current_services().market.sentiment.report()
    _require_recent(found.validity)
    return found


def news(limit: int) -> NewsList:
    """Return the newest stories, the same way."""
    found = current_services().market.news.stories(limit)
    _require_recent(found.validity)
    return found


def _require_recent(validity: Validity) -> None:
    """Parts are soon fetched again where one failed; that makes the others no older."""
    usual = current_services().settings.cache_ttl_sentiment
    require_recent(validity, 2 * max(usual, validity.lifetime))
