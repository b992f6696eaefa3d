"""How many candles an answer in CryptoCompare's format has, and its rows."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Response
from msgspec import structs

from engine.errors import AllProvidersFailed, ApiError, InsufficientData, InvalidRequest
from engine.market import MAXIMUM
from engine.market.candles.slices import CandleSlice
from engine.web.compat._exact import candles, interval_of, most
from engine.web.compat._translation import Origin, respond
from engine.web.compat.cryptocompare._blueprint import NoMarket
from engine.web.compat.cryptocompare._coins import coin_of
from engine.web.services import current_services
from providers import INTERVALS, Candle, Interval
from schemas import RequestedPair
from schemas.compat.cryptocompare import DayQuery, HistoryQuery

MOST_PAGES = 10
"""Requests for candles behind one answer with all data."""
NEARLY = 0.9
FEWEST = 100
"""A page with fewer rows than this begins with the first one that there is."""


class NoData(ApiError):
    """No provider has candles of this time."""

    code = "INSUFFICIENT_DATA"
    status = 422


class History(msgspec.Struct, frozen=True):
    """The candles of an answer, at least one, in units of `aggregate`.

    `cut` is the parameter that asks for more than one answer has, empty where the answer has all.
    """

    found: CandleSlice
    aggregate: int
    cut: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the rows, in ascending order."""
        return [_row(candle) for candle in self.found.candles]

    def head(self) -> dict[str, Any]:
        """Return what an answer of either format has beside its data."""
        warning = f"{self.cut}: these are the newest {len(self.found.candles)} rows only"
        return {
            "Response": "Success",
            "Message": warning if self.cut else "",
            "HasWarning": bool(self.cut),
            "Type": 100,
            "RateLimit": {},
        }

    def span(self) -> dict[str, Any]:
        """Return what the candles are, without them."""
        times = [candle.open_time // 1000 for candle in self.found.candles]
        return {"Aggregated": self.aggregate > 1, "TimeFrom": times[0], "TimeTo": times[-1]}

    def respond(self, body: dict[str, Any]) -> Response:
        """Return an answer, with the origin of the candles in its headers."""
        response = respond(body, Origin.of_candles(self.found))
        if any(candle.quote_volume is None for candle in self.found.candles):
            response.headers["X-Data-Estimated"] = "volumeto"
        return response


def history_of(
    query: type[HistoryQuery],
    fsym: str,
    tsym: str,
    limit: int,
    aggregate: int,
    to: int | None,
    *,
    everything: bool = False,
) -> History:
    """Return one candle more than the limit, up to the maximum of the engine, or all that there are.

    Raises an `ApiError`.
    """
    coin = coin_of(fsym, "fsym", tsym, to)
    end = None if to is None or to >= current_services().market.now() else to * 1000
    interval = (
        INTERVALS["1w"] if (query, aggregate) == (DayQuery, 7) else interval_of(query.minutes * aggregate)
    )
    try:
        if everything:
            found, complete = _all(coin, interval, end)
            cut = "" if complete else "allData"
        else:
            found = _longest(coin, interval, min(limit + 1, MAXIMUM), end)
            cut = "limit" if _is_cut(found, limit + 1, most(interval)) else ""
    except InvalidRequest as error:
        raise NoMarket.of(fsym, tsym) from error
    if not found.candles:
        raise NoData(f"There is no data for the toTs {to}")
    return History(found, aggregate, cut)


def _is_cut(found: CandleSlice, wanted: int, most: int) -> bool:
    """Return whether an answer ends where the engine stops, and not where the market begins.

    An answer of nearly `most` rows does so: few are left out of it for their gaps.
    """
    rows = len(found.candles)
    return rows < wanted and rows >= NEARLY * most


def _all(coin: RequestedPair, interval: Interval, end: int | None) -> tuple[CandleSlice, bool]:
    """Return all candles up to `end`, and whether these are all: at most ten requests are made."""
    page = found = candles(coin, interval, MAXIMUM, end=end)
    for _ in range(MOST_PAGES - 1):
        if len(page.candles) < FEWEST:
            return found, True
        try:
            page = candles(coin, interval, MAXIMUM, end=interval.after(page.candles[0].open_time, -1))
        except InsufficientData:
            return found, True
        except AllProvidersFailed:
            return found, False
        found = structs.replace(
            found,
            candles=(*page.candles, *found.candles),
            gaps=(*page.gaps, *found.gaps),
            reasons=(*page.reasons, *found.reasons),
            filled=(*page.filled, *found.filled),
        )
    return found, len(page.candles) < FEWEST


def _longest(coin: RequestedPair, interval: Interval, count: int, end: int | None) -> CandleSlice:
    """Return `count` candles; those in tether where the markets in dollars have fewer."""
    found = candles(coin, interval, count, end=end)
    if len(found.candles) >= count or coin.pair.quote != "USD" or found.quote == "USDT":
        return found
    try:
        in_tether = replace(coin, pair=structs.replace(coin.pair, quote="USDT"))
        return max(found, candles(in_tether, interval, count, end=end), key=_length)
    except ApiError:
        return found


def _length(found: CandleSlice) -> int:
    return len(found.candles)


def _row(candle: Candle) -> dict[str, Any]:
    """Return the row of a candle. Where the provider has no `volumeto`, estimate it from the mean price."""
    coins, spent = candle.volume, candle.quote_volume
    if coins is not None and spent is None:
        spent = coins * (candle.open + candle.high + candle.low + candle.close) / 4
    return {
        "time": candle.open_time // 1000,
        "high": candle.high,
        "low": candle.low,
        "open": candle.open,
        "volumefrom": coins,
        "volumeto": spent,
        "close": candle.close,
        "conversionType": "direct",
        "conversionSymbol": "",
    }
