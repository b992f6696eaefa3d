"""What OpenAPI 3.0 cannot say: requests whose parameters contradict each other are left out, failures with
status 200 are told apart, names are those of coins that are there."""

from typing import Any

import schemathesis

from engine.analysis.indicators import INDICATORS, Unreadable, read
from providers import ASSETS
from schemas._fields import COIN
from schemas._pairs import PINNED_PAIR

LISTED = {f"{name}USDT" for asset in ASSETS for name in (asset.symbol, asset.code)}
"""Markets that exist without a catalogue. Which others do, a document cannot say."""

ALL_FAILED = b"All data providers are currently unavailable"


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Only the catalogue knows which names mean a coin: without one, those of the pinned coins do."""
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                shape = parameter["schema"].get("items", parameter["schema"])
                if shape.get("pattern") == f"^{COIN}$":
                    shape["pattern"] = f"^{PINNED_PAIR}$"


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """One name of a parameter at a time, windows that end after their start, coins named, bars counted or
    begun somewhere, Binance's ways."""
    query = case.query or {}
    if (
        case.operation.path == "/udf/history"
        and "from" not in query
        and query.get("countback") in (None, 0, "0")
    ):
        return False
    named = "".join(str(query.get(name, "")) for name in ("ids", "names", "symbols"))
    if case.operation.path.endswith("/simple/price") and not named.strip(", "):
        return False
    start, end = query.get("startTime"), query.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return False
    if case.operation.path == "/api/indicators" and not _indicators(query):
        return False
    return not {"interval", "timeframe"} <= set(query) and _binance(case.operation.path, query)


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
    """One way to name markets that exist, each once; by status only where none is named; candles of UTC."""
    listed = str(query.get("symbols", "")).split('"')[1::2]
    ways = [{"symbol"}, {"symbols"}, {"symbolStatus", "permissions"}]
    named = {*listed, *([str(query["symbol"])] if "symbol" in query else [])}
    if path.endswith("/exchangeInfo") and not named <= LISTED:
        return False
    used = sum(bool(way & set(query)) for way in ways)
    return used < 2 and len(set(listed)) == len(listed) and query.get("timeZone", "0") == "0"


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count UDF's failures with status 200 as the failures that they are."""
    content = response.content
    if case.operation.path.startswith("/udf/") and b'"s":"error"' in content and ALL_FAILED not in content:
        response.status_code = max(response.status_code, 400)
