"""Ping, time, and the list of markets."""

from itertools import chain

import orjson
from flask import Response

from engine.web import packed
from engine.web.access.quota_waits import patient
from engine.web.access.quotas import caller
from engine.web.compat.binance import _exchange
from engine.web.compat.binance._blueprint import bp, catalogue, served
from engine.web.compat.binance._clock import now, unit
from engine.web.services import current_services
from schemas.compat import binance as shapes


@bp.get("/api/v3/ping")
@patient("default")
@served(answer=shapes.Ping)
def get_ping() -> dict[str, object]:
    """Get an empty object, which shows that the server runs."""
    return {}


@bp.get("/api/v3/time")
@patient("default")
@served(answer=shapes.Time)
def get_time() -> dict[str, object]:
    """Get the time."""
    return {"serverTime": now() * unit()}


@bp.get("/api/v3/exchangeInfo")
@patient("default")
@served(query=shapes.ExchangeQuery, answer=shapes.Exchange)
def get_exchange(
    symbol: str | None,
    symbols: list[str] | None,
    status: str | None,
    permissions: list[str] | None,
    sets: str,
) -> Response | dict[str, object]:
    """Get every market whose coins are known, and the quotas."""
    known = catalogue()
    with_sets, names = sets == "true", [symbol] if symbol else symbols
    exchange = {
        "timezone": "UTC",
        "serverTime": now() * unit(),
        "rateLimits": _exchange.limits(current_services().settings, caller().times),
        "exchangeFilters": [],
    }
    if names is None and status in (None, "TRADING") and (permissions is None or "SPOT" in permissions):
        rows = packed.rows(_exchange.row(it, sets=with_sets) for it in _exchange.every(known))
        pieces = chain([b'{"symbols":['], rows)
        lists = current_services().lists
        head = lists.get(f"binance {sets}", known.version, lambda: packed.PackedHead.of(pieces))
        return packed.respond(head, b"]," + orjson.dumps(exchange)[1:])
    markets = [_exchange.market_of(name, known) for name in names or ()]
    return exchange | {"symbols": [_exchange.row(market, sets=with_sets) for market in markets]}
