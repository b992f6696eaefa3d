"""Relations between parameters, names and failures that OpenAPI 3.0 cannot express."""

from typing import Any

import schemathesis

from engine.analysis.indicators import INDICATORS, Unreadable, read
from providers import ASSETS
from schemas._fields import COIN
from schemas._pairs import PINNED_PAIR
from schemas.compat._binance_fields import LEGAL
from tests.documentation.patterns import build_once
from tests.garbage import collect_rarely

build_once()
collect_rarely()

LISTED = {f"{name}USDT" for asset in ASSETS for name in (asset.symbol, asset.code)}
"""Markets that exist without a catalogue. Which others do, a document cannot say."""

TOO_MANY = ["hourly", "90"]
"""CoinGecko's interval that is too short for so many days."""
COINGECKO = "/compat/coingecko/api/v3"
ALWAYS: dict[tuple[str, str], Any] = {
    ("/api/export", "startTime"): {"type": "integer", "enum": [1_767_225_600]},
    ("/api/export", "endTime"): {"type": "integer", "enum": [1_767_312_000_000]},
    ("/api/prices/at", "time"): {"type": "integer", "enum": [1_767_225_600, 1_767_312_000_000]},
    ("/api/prices/at.csv", "time"): {"type": "integer", "enum": [1_767_225_600, 1_767_312_000_000]},
    ("/compat/binance/api/v3/depth", "limit"): {"type": "integer", "enum": [5, 100]},
    (f"{COINGECKO}/coins/{{coin}}/history", "date"): {"type": "string", "enum": ["01-11-2024"]},
    **{
        (f"{COINGECKO}/coins/{{coin}}/{chart}", "vs_currency"): {"type": "string", "enum": ["usd", "usdt"]}
        for chart in ("ohlc", "market_chart", "market_chart/range")
    },
    **{
        (f"{COINGECKO}/simple/{prices}", "vs_currencies"): {"type": "string", "enum": ["usd", "usd,usdt"]}
        for prices in ("price", "token_price/{platform}")
    },
    ("/api/stream/since", "channels"): {
        "type": "string",
        "enum": ["prices:BTC", "candles:BTCUSDT:1m,status"],
    },
}
"""Parameters with values of a time that is past, of what is short or light, and of channels that exist."""
NAMED = ("/v3/ticker", "/ticker/tradingDay")
"""Calls of Binance's for which markets have to be named."""
INDICATOR_LISTS = ("/api/indicators", "/api/indicators.csv")
BATCHES = ("/api/ohlcv/batch", "/api/ohlcv/batch.csv")
NO_MESSAGE = (b'"code":-32600', b"Parameters are an object")
"""What JSON-RPC answers to what is no message."""
ALL_FAILED = b"All data providers are currently unavailable"


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Restrict names of coins to the pinned ones, because only a catalogue knows others."""
    for path, methods in raw_schema["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if path.endswith(NAMED) and parameter["name"] == "symbol":
                    parameter["required"] = True
                if (path, parameter["name"]) in ALWAYS:
                    parameter["required"] = True
                    parameter["schema"] = ALWAYS[path, parameter["name"]]
                shape = parameter["schema"].get("items", parameter["schema"])
                if shape.get("pattern") == f"^{COIN}$":
                    shape["pattern"] = f"^{PINNED_PAIR}$"
                if parameter["name"] == "source":  # others lack intervals, or the times before their reach
                    shape["enum"] = ["binance"]
                if parameter["name"] == "symbol" and shape.get("pattern") == f"^{LEGAL}$":
                    shape["pattern"] = f"^({'|'.join(sorted(LISTED))})$"


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Return whether the parameters are consistent.

    A parameter has one name at a time, a window ends after its start, coins are named, bars are counted
    or have a beginning, and Binance's rules hold.
    """
    query = case.query or {}
    if case.operation.path == "/mcp" and isinstance(case.body, list):
        return False  # a list of messages has a list of answers, each of which may be a refusal
    if (
        case.operation.path == "/udf/history"
        and "from" not in query
        and query.get("countback") in (None, 0, "0")
    ):
        return False
    begin, until = query.get("from"), query.get("to")
    if case.operation.path.endswith("/range") and not (
        isinstance(begin, int) and isinstance(until, int) and begin <= until
    ):
        return False
    named = "".join(str(query.get(name, "")) for name in ("ids", "names", "symbols"))
    if case.operation.path.endswith("/simple/price") and not named.strip(", "):
        return False
    start, end = query.get("startTime"), query.get("endTime")
    if start is not None and end is not None and not (isinstance(start, int) and isinstance(end, int)):
        return False
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return False
    if case.operation.path in INDICATOR_LISTS and not _indicators(query):
        return False
    if case.operation.path.endswith("/ohlc") and [query.get("interval"), query.get("days")] == TOO_MANY:
        return False
    lists = [str(query.get(name, "")).split(",") for name in ("symbols", "intervals")]
    if case.operation.path in BATCHES and len(lists[0]) * len(lists[1]) > 100:
        return False
    once = not any({"interval", other} <= set(query) for other in ("timeframe", "intervals"))
    return once and _binance(case.operation.path, query)


def _indicators(query: dict[str, Any]) -> bool:
    """Return whether one way to name coins is used, parameters agree, and the product is within its limit."""
    names = str(query.get("indicators", "")).split(",")
    pairs = str(query.get("symbols", "")).split(",")
    try:
        for name in names:
            read(name, INDICATORS)
    except Unreadable:
        return False
    return ("symbol" in query) != ("symbols" in query) and len(names) * len(pairs) <= 100


def _binance(path: str, query: dict[str, Any]) -> bool:
    """Return whether markets exist and are named once, by one parameter, and candles are in UTC."""
    listed = str(query.get("symbols", "")).split('"')[1::2]
    ways = [{"symbol"}, {"symbols"}, {"symbolStatus", "permissions"}]
    named = {*listed, *([str(query["symbol"])] if "symbol" in query else [])}
    if "/binance/" in path and not named <= LISTED:
        return False
    if "fromId" in query and {"startTime", "endTime"} & set(query):
        return False
    used = sum(bool(way & set(query)) for way in ways)
    return (
        used < 2
        and len(set(listed)) == len(listed)
        and (path.endswith(NAMED) or query.get("timeZone", "0") == "0")
    )


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Give failures of UDF and refusals of JSON-RPC, which have status 200, that of a failure."""
    content = response.content
    failed = content.startswith(b'{"s":"error"')  # a quote of several may be one, too
    if case.operation.path.startswith("/udf/") and failed and ALL_FAILED not in content:
        response.status_code = max(response.status_code, 400)
    if case.operation.path == "/mcp" and any(words in content for words in NO_MESSAGE):
        response.status_code = max(response.status_code, 400)
