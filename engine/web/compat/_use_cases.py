"""The use cases for other interfaces: with their limits, and with an error instead of outdated data."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from engine.cache import Validity
from engine.catalogue.pairs import quote_id
from engine.errors import AllProvidersFailed, InsufficientData
from engine.market import MINIMUM, CandleRequest, RequestedCoin
from engine.market.candles.slices import CandleSlice
from engine.market.overview.reports import CategoryList, OverviewReport
from engine.market.prices.days import MarketDay
from engine.market.prices.lists import PriceList
from engine.market.prices.pairs import PairPrices
from engine.market.sentiment.news import NewsList
from engine.market.sentiment.reports import SentimentReport
from engine.web.compat._changes import in_currency
from engine.web.compat._translation import Outdated, require_recent
from engine.web.services import current_services
from providers import Interval, Pair
from schemas import RequestedPair

PRICE_SECONDS = 300.0
"""Seconds after which a price is too old for a ticker."""
LONGEST_LIFETIME = 3600.0
"""Seconds that data of many parts are fresh at most."""
CANDLE_INTERVALS = 2
"""Intervals after which the newest candle is too old."""


def candles(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None = None, end: int | None = None
) -> CandleSlice:
    """Return at most `limit` candles, also fewer than `/api/ohlcv` allows. Times are milliseconds.

    Raises an `ApiError`, and `Outdated` where the newest cached candle is too old.
    """
    return found(request_of(coin, interval, limit, start, end)).newest(limit)


def request_of(
    coin: RequestedPair, interval: Interval, limit: int, start: int | None = None, end: int | None = None
) -> CandleRequest:
    """Return the request for at most `limit` candles, for at least as many as `/api/ohlcv` allows."""
    newest = start is None and end is None
    count = max(limit, MINIMUM) if newest else limit
    return replace(CandleRequest.of(coin.symbol, coin.pair, interval, count, start, end), in_time=True)


def found(request: CandleRequest) -> CandleSlice:
    """Return the candles of a request. Raises an `ApiError`, and `Outdated`."""
    candles = _few_or_many(request)
    require_recent(candles.validity, CANDLE_INTERVALS * request.interval.length / 1000)
    return candles


def _few_or_many(request: CandleRequest) -> CandleSlice:
    """Fetch the newest candles. Where too few exist, fetch a window that ends now, which needs one only."""
    try:
        return current_services().market.candles.slice(request)
    except InsufficientData:
        now = request.interval.open_time(current_services().market.now() * 1000)
        return current_services().market.candles.slice(
            replace(request, window=replace(request.window, end=now))
        )


def prices(coins: Sequence[RequestedPair] | None, convert: str) -> PriceList:
    """Return the prices of `coins`, or of all coins by rank, with their changes, in `convert`.

    Prices older than five minutes are left out. Raises an `ApiError`, and `Outdated` where none is left.
    """
    found, age = _recent(coins, convert)
    if age is not None:
        raise Outdated.of(age)
    return found


def prices_in(currencies: Iterable[str], coins: Sequence[RequestedPair]) -> dict[str, PriceList]:
    """Return the prices of `coins` in several currencies, by currency.

    Prices older than five minutes are left out. Raises an `ApiError`, and `Outdated` where none is left in
    any of the currencies.
    """
    found = {currency: _recent(coins, currency) for currency in currencies}
    ages = [age for _, age in found.values() if age is not None]
    if ages and len(ages) == len(found):
        raise Outdated.of(min(ages))
    return {currency: prices for currency, (prices, _) in found.items()}


def _recent(coins: Sequence[RequestedPair] | None, convert: str) -> tuple[PriceList, float | None]:
    """Return the recent prices, and the age in seconds of the newest where all are too old.

    One value is kept for coins in any order.
    """
    named = {coin.name: RequestedCoin(coin.name, coin.pair.base) for coin in coins or ()}
    ordered = None if coins is None else [named[name] for name in sorted(named)]
    found = current_services().market.prices.consensus(ordered, convert)
    if coins is not None:
        places = {name: place for place, name in enumerate(named)}
        found = replace(found, coins=tuple(sorted(found.coins, key=lambda coin: places[coin.symbol])))
    now = current_services().market.now()
    ages = [now - int(coin.time) for coin in found.coins]
    recent = [coin for coin, age in zip(found.coins, ages, strict=True) if age <= PRICE_SECONDS]
    outdated = min(ages) if ages and not recent else None
    return replace(found, coins=in_currency(recent, convert)), outdated


def exchange_pairs() -> PairPrices | None:
    """Return the prices of pairs by the exchanges' tickers; `None` while no exchange can be asked."""
    services = current_services()
    if not services.catalogue.catalogue.listed_venues:
        return None
    try:
        return services.market.prices.pairs()
    except AllProvidersFailed:
        return None


def day_of(found: PairPrices, pair: Pair) -> MarketDay | None:
    """Return the day of a pair at one exchange, `None` if no exchange reports it or it is too old."""
    services = current_services()
    quote = quote_id(pair.quote, services.catalogue.catalogue)
    one = None if quote is None else found.prices.get((pair.base.id, quote))
    if one is None or services.market.now() - services.clock.correct(one.time) > PRICE_SECONDS:
        return None
    return one.day


def overview() -> OverviewReport:
    """Return the overview of the market. Raises an `ApiError`, and `Outdated` after twice its lifetime."""
    found = current_services().market.overview.report()
    _require_recent(found.validity)
    return found


def categories() -> CategoryList:
    """Return the categories of coins. Raises as `overview` does."""
    found = current_services().market.overview.categories()
    _require_recent(found.validity)
    return found


def sentiment() -> SentimentReport:
    """Return the sentiment of the market. Raises as `overview` does."""
    found = current_services().market.sentiment.report()
    _require_recent(found.validity)
    return found


def news(limit: int) -> NewsList:
    """Return the newest stories. Raises as `overview` does."""
    found = current_services().market.news.stories(limit)
    _require_recent(found.validity)
    return found


def _require_recent(validity: Validity) -> None:
    """Raise `Outdated` after twice the usual lifetime, or that of a part with a small budget.

    A failed part shortens the lifetime, or lengthens it without end, but not this.
    """
    usual = current_services().settings.cache_ttl_sentiment
    require_recent(validity, 2 * max(usual, min(validity.lifetime, LONGEST_LIFETIME)))
