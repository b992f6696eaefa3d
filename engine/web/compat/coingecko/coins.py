"""All that is known of one coin: its figures, its markets, and its price at a date."""

from typing import Any

from flask import Response

from engine.catalogue.rows import TradedMarket
from engine.errors import ApiError
from engine.market import RequestedCoin
from engine.market.prices.days import VenueTicker
from engine.timestamps import iso
from engine.web.access.limiter import limiter
from engine.web.access.quotas import quota
from engine.web.compat._past import past_prices
from engine.web.compat._translation import Origin, respond, unkept
from engine.web.compat.coingecko._blueprint import bp, known_coin, served
from engine.web.compat.coingecko._coins import CURRENCIES, key_of, named
from engine.web.compat.coingecko._index import platforms_of
from engine.web.compat.coingecko._market_data import market_data
from engine.web.compat.coingecko.prices import origins, prices_in_all
from engine.web.services import current_services
from providers import Asset
from schemas.compat.coingecko import (
    COIN_ANSWER,
    HISTORY_ANSWER,
    TICKERS_ANSWER,
    CoinQuery,
    DateQuery,
    TickersQuery,
)

PAGE = 100
"""Tickers of a page."""
DATED = ("usd", "usdt")
"""The currencies of a price at a date."""


@bp.get("/coins/<coin>")
@limiter.limit(quota("prices"))
@served(query=CoinQuery, answer=COIN_ANSWER)
def get_coin(coin: str, with_market: bool, with_tickers: bool) -> Response:
    """CoinGecko: get what is known of a coin: names, contracts, figures in all currencies, and markets."""
    asset = known_coin(coin)
    lists = prices_in_all([asset], CURRENCIES if with_market else ("usd",))
    figures = lists["usd"].coins[0] if lists["usd"].coins else None
    tickers = _known_tickers(asset) if with_tickers else None
    contracts = platforms_of(asset)
    body = {
        **named(asset),
        "platforms": contracts,
        "detail_platforms": {chain: {"contract_address": address} for chain, address in contracts.items()},
        "market_cap_rank": None if figures is None else figures.rank,
        **({"market_data": market_data(lists)} if with_market else {}),
        **({} if tickers is None else {"tickers": tickers[:PAGE]}),
        "last_updated": None if figures is None else iso(figures.time),
    }
    response = respond(body, *origins(lists))
    if with_tickers and tickers is None:
        response.headers["X-Data-Missing"] = "tickers"
    return response


@bp.get("/coins/<coin>/tickers")
@limiter.limit(quota("prices"))
@served(query=TickersQuery, answer=TICKERS_ANSWER)
def get_tickers(coin: str, exchanges: list[str] | None, page: int) -> Response:
    """CoinGecko: get the markets of a coin at the exchanges of the engine, the most traded first."""
    asset = known_coin(coin)
    rows = [row for row in _tickers(asset) if exchanges is None or row["market"]["identifier"] in exchanges]
    body = {"name": asset.name, "tickers": rows[(page - 1) * PAGE : page * PAGE]}
    found = current_services().market.prices.pairs() if rows else None
    return unkept(body) if found is None else respond(body, Origin(found.validity, found.venues))


@bp.get("/coins/<coin>/history")
@limiter.limit(quota("prices"))
@served(query=DateQuery, answer=HISTORY_ANSWER)
def get_history(coin: str, date: int) -> Response:
    """CoinGecko: get the price of a coin at the beginning of a day, by the exchanges' candles."""
    asset = known_coin(coin)
    if date > current_services().market.milliseconds():
        raise ApiError("date is in the future", code="INVALID_PARAMETER", status=400)
    found = past_prices(RequestedCoin(key_of(asset), asset), [CURRENCIES[name] for name in DATED], date)
    known = {name: found.prices[CURRENCIES[name]] for name in DATED if CURRENCIES[name] in found.prices}
    body = {**named(asset), **({"market_data": {"current_price": known}} if known else {})}
    return unkept(body, found.sources)


def _known_tickers(asset: Asset) -> list[dict[str, Any]] | None:
    """Return the markets of a coin; `None` while all exchanges fail."""
    try:
        return _tickers(asset)
    except ApiError:
        return None


def _tickers(asset: Asset) -> list[dict[str, Any]]:
    """Return the markets of a coin at the exchanges; empty before there are any. Raises an `ApiError`."""
    if not current_services().catalogue.catalogue.listed_venues:
        return []
    found = current_services().market.prices.markets(asset.id)
    found.sort(key=lambda it: -(it[1].ticker.volume or 0.0) * it[2])
    return [_ticker(market, ticker, rate) for market, ticker, rate in found]


def _ticker(market: TradedMarket, found: VenueTicker, rate: float) -> dict[str, Any]:
    """Return the row of a market, whose quote costs `rate` US dollars (0 where that is unknown)."""
    ticker, day = found.ticker, found.ticker.day
    spread = None
    if day is not None and day.bid and day.ask:
        spread = (day.ask - day.bid) / day.ask * 100
    time = iso(found.time if ticker.time is None else ticker.time / 1000)
    turnover = None if ticker.volume is None or not rate else ticker.volume * rate
    return {
        "base": market.base.code,
        "target": market.quote.code,
        "market": {"name": market.venue.title(), "identifier": market.venue, "has_trading_incentive": False},
        "last": ticker.price,
        "volume": None if day is None else day.volume,
        "converted_last": {"usd": ticker.price * rate} if rate else {},
        "converted_volume": {} if turnover is None else {"usd": turnover},
        "trust_score": None,
        "bid_ask_spread_percentage": spread,
        "timestamp": time,
        "last_traded_at": time,
        "last_fetch_at": iso(found.time),
        "is_anomaly": False,
        "is_stale": False,
        "trade_url": None,
        "token_info_url": None,
        "coin_id": market.base.coingecko or market.base.id,
        "target_coin_id": market.quote.coingecko or market.quote.id,
    }
