"""Statistics of a day and of five minutes, from candles. Pure functions.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from collections.abc import Mapping, Sequence

from engine.analysis.consensus import tidy
from engine.market.prices.days import MarketDay
from engine.web.compat.binance._figures import known
from engine.web.compat.binance._prices import MarketPrice
from engine.web.compat.binance._tickers import MarketStatistics
from providers import INTERVALS, Candle, Interval

DAY = 86_400_000
STEP = INTERVALS["5m"]
"""The interval of candles for a day."""
COUNT = DAY // STEP.length + 2
"""The candles of a day, the forming one and the one before: every provider has them in one call."""
MINUTES = 5
"""The span of an average price."""
FULL = (
    "priceChange priceChangePercent weightedAvgPrice prevClosePrice lastPrice lastQty bidPrice bidQty "
    "askPrice askQty openPrice highPrice lowPrice volume quoteVolume openTime closeTime firstId lastId count"
).split()
MINI = (
    "openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime firstId lastId count"
).split()
WINDOW = (
    "priceChange priceChangePercent weightedAvgPrice openPrice highPrice lowPrice lastPrice volume "
    "quoteVolume openTime closeTime firstId lastId count"
).split()
FIELDS = {"FULL": FULL, "MINI": MINI, "WINDOW": WINDOW}
"""The fields of each kind; those of other spans than a day are `WINDOW`."""
ESTIMATED = ("weightedAvgPrice", "quoteVolume")
"""Figures that are derived from the `typical` price of candles without a volume in the quote currency."""


def of_candles(
    symbol: str, candles: Sequence[Candle], made: float, since: int | None = None, step: Interval = STEP
) -> dict[str, object] | None:
    """Return the time from `since` to `made` (Unix ms and s), from candles; `None` without candles.

    By default it is 24 hours. It begins at the open time of the first candle, which is `openTime`. A candle
    without a quote volume has its volume at its `typical` price.
    """
    now = int(made * 1000)
    since = now - DAY + 1 if since is None else since
    inside = [it for it in candles if since <= it.open_time <= now]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    before = [it for it in candles if it.open_time == step.after(first.open_time, -1)]
    volumes = [it.volume for it in inside if it.volume is not None]
    volume = tidy(sum(volumes)) if len(volumes) == len(inside) else None
    spent = None if volume is None else tidy(sum(map(_spent, inside)))
    return {
        "symbol": symbol,
        **_change(first.open, last.close),
        "weightedAvgPrice": tidy(spent / volume) if spent and volume else None,
        "prevClosePrice": before[0].close if before else None,
        "lastPrice": last.close,
        "openPrice": first.open,
        "highPrice": max(it.high for it in inside),
        "lowPrice": min(it.low for it in inside),
        "volume": volume,
        "quoteVolume": spent,
        "count": None if any(it.trades is None for it in inside) else sum(it.trades or 0 for it in inside),
        "openTime": first.open_time,
        "closeTime": _closed(last, step, now),
    }


def of_price(it: MarketPrice) -> dict[str, object]:
    """Return the 24 hours before a price, from the change and the volume that providers have."""
    change, price = it.change, it.price
    opened = tidy(price / (1 + change / 100)) if change is not None and change > -100 else None
    closed = int(it.time) * 1000
    return {
        "symbol": it.symbol,
        "priceChange": None if opened is None else tidy(price - opened),
        "priceChangePercent": None if opened is None else f"{change:.3f}",
        "lastPrice": price,
        "openPrice": opened,
        "volume": None if it.volume is None else tidy(it.volume / price),
        "quoteVolume": it.volume,
        "openTime": closed - DAY,
        "closeTime": closed,
    }


def of_exchange(symbol: str, it: MarketDay) -> dict[str, object]:
    """Return the 24 hours of an exchange's ticker."""
    closed = int(it.time * 1000)
    return {
        "symbol": symbol,
        "priceChange": None if it.open is None else tidy(it.last - it.open),
        "priceChangePercent": None if it.change is None else f"{it.change:.3f}",
        "weightedAvgPrice": it.mean,
        "lastPrice": it.last,
        **best(it),
        "openPrice": it.open,
        "highPrice": it.high,
        "lowPrice": it.low,
        "volume": it.volume,
        "quoteVolume": it.turnover,
        "openTime": closed - DAY,
        "closeTime": closed,
        "count": it.trades,
    }


def best(it: MarketDay) -> dict[str, object]:
    """Return the best prices of an exchange and their amounts."""
    return {
        "bidPrice": it.bid,
        "bidQty": it.bid_amount,
        "askPrice": it.ask,
        "askQty": it.ask_amount,
    }


def of(market: MarketStatistics) -> dict[str, object]:
    """Return the 24 hours of a market, from an exchange's ticker or from its price."""
    symbol, day = market
    return of_price(day) if isinstance(day, MarketPrice) else of_exchange(symbol, day)


def shown(day: Mapping[str, object], kind: str, unit: int) -> dict[str, object]:
    """Return the fields of `kind`, with times in units of which a millisecond has `unit`."""
    named = {name: day.get(name) for name in ("symbol", *FIELDS[kind])}
    times = {name: int(str(named[name])) * unit for name in ("openTime", "closeTime")}
    return known(named | times)


def average(candles: Sequence[Candle], made: float, step: Interval) -> tuple[float, int] | None:
    """Return the price of the five minutes before `made`, weighted by volume, and the end of these.

    Without a trade it is the last price, as at Binance. `None` where volumes are unknown.
    """
    now = int(made * 1000)
    inside = [it for it in candles if it.open_time > now - MINUTES * step.length] or candles[-1:]
    volumes = [it.volume for it in inside if it.volume is not None]
    if not inside or len(volumes) < len(inside):
        return None
    volume, spent = sum(volumes), sum(map(_spent, inside))
    return (tidy(spent / volume) if volume else inside[-1].close), _closed(inside[-1], step, now)


def typical(candle: Candle) -> float:
    """Return the mean of a candle's high, low and close, which is near the price of its trades."""
    return (candle.high + candle.low + candle.close) / 3


def is_estimated(candles: Sequence[Candle]) -> bool:
    """Return whether volumes in the quote currency are derived for some of the candles."""
    return any(it.quote_volume is None for it in candles)


def _spent(candle: Candle) -> float:
    """Return the volume in the quote: the provider's, unless rounding has put the mean outside the candle."""
    volume, spent = candle.volume or 0.0, candle.quote_volume
    if spent is not None and candle.low * volume <= spent <= candle.high * volume:
        return spent
    return typical(candle) * volume


def _change(opened: float, last: float) -> dict[str, object]:
    return {
        "priceChange": tidy(last - opened),
        "priceChangePercent": f"{(last / opened - 1) * 100:.3f}",
    }


def _closed(candle: Candle, step: Interval, now: int) -> int:
    """Return the close time of a candle; for a forming one, the time when it was received."""
    return min(candle.open_time + step.length - 1, now)
