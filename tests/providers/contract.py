"""What holds for every result of every provider. Each function yields what is wrong in one, in words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, TypeVar

from engine.analysis.candles import check
from providers import (
    EURO,
    Asset,
    BadMarket,
    Candidate,
    Candle,
    Category,
    FearGreed,
    Figures,
    Headline,
    Interval,
    Listing,
    Market,
    MarketTrade,
    OrderBook,
    Overview,
    Provider,
    Quote,
    QuoteSource,
    Ticker,
    Window,
)

DAY = 86_400_000
CURRENCIES = ("USDT", "USD", "EUR")
T = TypeVar("T")


def candles(result: Sequence[Candle], interval: Interval, window: Window, now: int) -> Iterator[str]:
    """Candles are possible, in order, of the window and no more than requested; the newest are recent."""
    try:
        check(result, interval, now, newest=not window.bounded)
    except BadMarket as error:
        yield str(error)
    first, last = window.bounds(interval, now)
    if len(result) > window.limit:
        yield f"{len(result)} candles instead of {window.limit}"
    if window.bounded and not all(first <= candle.open_time <= last for candle in result):
        yield "a candle outside of the requested part of the history"


def quotes(result: Sequence[Quote], assets: Sequence[Asset], provider: QuoteSource) -> Iterator[str]:
    """A quote is of a requested coin, in dollars, USDT or (for USDT) euros, and not of the future."""
    for one in result:
        if one.asset not in (*assets, *provider.rate_assets, EURO):
            yield f"a quote of {one.asset.code}, which was not requested"
        if one.currency not in CURRENCIES or (one.currency == "EUR" and one.asset.code != "USDT"):
            yield f"{one.asset.code} in {one.currency}"
        if one.time is not None and not _can_be(one.time, provider.now()):
            yield f"a quote at {one.time}"
        yield from _amounts(one, needed=("price",), others=("volume_24h", "market_cap", "rank"))
        yield from _changes(one, "change_1h", "change_24h", "change_7d")


def fear_greed(result: Sequence[FearGreed], provider: Provider) -> Iterator[str]:
    """Values lie from 0 to 100, the newest first."""
    for one in result:
        if not 0 <= one.value <= 100 or not one.classification or not _can_be(one.time, provider.now()):
            yield f"the value {one}"
    if [one.time for one in result] != sorted((one.time for one in result), reverse=True):
        yield "values that are not the newest first"


def headlines(result: Sequence[Headline], provider: Provider) -> Iterator[str]:
    """A headline has a title, an address, a source and a time."""
    for one in result:
        if not (one.title and one.url and one.source and one.time > 0):
            yield f"the headline {one}"


def overview(result: Overview, provider: Provider) -> Iterator[str]:
    """Figures are positive, and shares are per cent."""
    yield from _amounts(result, others=("market_cap", "volume_24h", "coins", "markets"))
    yield from _changes(result, "market_cap_change_24h")
    shares = [share for share in (result.btc_dominance, result.eth_dominance) if share is not None]
    if not all(0 <= share <= 100 for share in shares) or sum(shares) > 100:
        yield f"the shares {shares}"


def listings(result: Sequence[Listing], provider: Provider) -> Iterator[str]:
    """A coin has a code and a name, and a figure that is known is possible."""
    for one in result:
        if not one.code or not one.name:
            yield f"the coin {one}"
        yield from _amounts(one, others=("price", "volume_24h", "market_cap", "rank"))
        yield from _changes(one, "change_24h")


def categories(result: Sequence[Category], provider: Provider) -> Iterator[str]:
    """A category has an id and a name, and a figure that is known is possible."""
    yield from _repeated(result, lambda one: one.id)
    for one in result:
        if not one.id or not one.name:
            yield f"the category {one}"
        yield from _amounts(one, others=("market_cap", "volume_24h"))


def listing(result: Sequence[Market], provider: Provider) -> Iterator[str]:
    """A market is the venue's own, with two codes and a name of its own; its steps are positive."""
    yield from _repeated(result, lambda one: one.native)
    for one in result:
        if one.venue != provider.name or not (one.base and one.quote and one.native):
            yield f"the market {one}"
        yield from _amounts(one, others=("tick", "step"))


def coins(result: Sequence[Candidate], provider: Provider) -> Iterator[str]:
    """A coin is the aggregator's own, under one id, with a code and a name."""
    yield from _repeated(result, lambda one: one.id)
    for one in result:
        if one.source != provider.name or not (one.id and one.code and one.name):
            yield f"the coin {one}"
        if not all(":" in contract for contract in one.contracts):
            yield f"the contracts {one.contracts}"
        yield from _amounts(one, others=("rank",))


def figures(result: Sequence[Figures], provider: Provider) -> Iterator[str]:
    """A coin has an id and a price. Two pages may have the same coin, since ranks change between them."""
    for one in result:
        yield from _amounts(one, needed=("id", "price"), others=("volume_24h", "market_cap", "rank"))
        yield from _changes(one, "change_1h", "change_24h", "change_7d")


def tickers(result: Sequence[Ticker], provider: Provider) -> Iterator[str]:
    """A market has a price, and is named once."""
    yield from _repeated(result, lambda one: one.native)
    for one in result:
        yield from _amounts(one, needed=("native", "price"), others=("volume",))
        yield from _changes(one, "change")
        if one.time is not None and not _can_be(one.time, provider.now()):
            yield f"a ticker at {one.time}"


def book(result: OrderBook, provider: Provider) -> Iterator[str]:
    """A book has the best price of each side first, and all prices and amounts are positive."""
    bids, asks = ([price for price, _ in side] for side in (result.bids, result.asks))
    if bids != sorted(bids, reverse=True) or asks != sorted(asks):
        yield "levels that are not the best first"
    if not all(figure > 0 and isfinite(figure) for level in result.bids + result.asks for figure in level):
        yield "a level without a price or an amount"


def trades(result: Sequence[MarketTrade], provider: Provider) -> Iterator[str]:
    """Trades are the oldest first, each with an id of its own, a price and an amount."""
    yield from _repeated(result, lambda one: one.id)
    if [one.id for one in result] != sorted(one.id for one in result):
        yield "trades that are not the oldest first"
    for one in result:
        yield from _amounts(one, needed=("price", "amount"))
        if not _can_be(one.time, provider.now()):
            yield f"a trade at {one.time}"


def _can_be(time: int, now: int) -> bool:
    """Return whether a time is not of the future. Some providers stamp a day with its end."""
    return 0 < time <= now + DAY


def _amounts(one: object, needed: Iterable[str] = (), others: Iterable[str] = ()) -> Iterator[str]:
    """Yield the fields that must have a value and have none, and amounts that no market has."""
    for name in needed:
        if not getattr(one, name):
            yield f"{one} without {name}"
    for name in (*needed, *others):
        figure: Any = getattr(one, name)
        if isinstance(figure, int | float) and not (figure >= 0 and isfinite(figure)):
            yield f"{name} {figure} in {one}"


def _changes(one: object, *names: str) -> Iterator[str]:
    for name in names:
        change = getattr(one, name)
        if change is not None and not (change >= -100 and isfinite(change)):
            yield f"{name} {change} in {one}"


def _repeated(rows: Sequence[T], key: Callable[[T], object]) -> Iterator[str]:
    keys = [key(row) for row in rows]
    if len({*keys}) < len(keys):
        yield f"{len(keys) - len({*keys})} of {len(keys)} rows under a name that others have"
