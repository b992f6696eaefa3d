"""Statistics of a day and of five minutes, from candles. Pure functions.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from collections.abc import Mapping, Sequence

from engine.analysis.consensus import tidy
from engine.web.compat.binance._figures import known
from engine.web.compat.binance._prices import MarketPrice
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
FIELDS = {"FULL": FULL, "MINI": MINI}
ESTIMATED = ("weightedAvgPrice", "quoteVolume")
"""Figures that are derived from the `typical` price of candles without a volume in the quote currency."""


def of_candles(symbol: str, candles: Sequence[Candle], made: float) -> dict[str, object] | None:
    """Return the 24 hours before `made` (Unix seconds), from candles; `None` without candles.

    They begin at the open time of the first candle, which is `openTime`. A candle without a quote volume has
    its volume at its `typical` price.
    """
    now = int(made * 1000)
    inside = [it for it in candles if now - DAY < it.open_time <= now]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    before = [it for it in candles if it.open_time == STEP.after(first.open_time, -1)]
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
        "closeTime": _closed(last, STEP, now),
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


def shown(day: Mapping[str, object], kind: str, unit: int) -> dict[str, object]:
    """Return the fields of `kind` (FULL or MINI), with times in units of which a millisecond has `unit`."""
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
