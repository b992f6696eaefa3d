"""What OpenAPI 3.0 cannot say of parameters that depend on each other: such requests are left out."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """One name of a parameter at a time, windows that end after their start, coins named, Binance's ways."""
    query = case.query or {}
    named = "".join(str(query.get(name, "")) for name in ("ids", "names", "symbols"))
    if case.operation.path.endswith("/simple/price") and not named.strip(", "):
        return False
    start, end = query.get("startTime"), query.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return False
    return not {"interval", "timeframe"} <= set(query) and _binance(query)


def _binance(query: dict[str, Any]) -> bool:
    """One way to name markets, each once; by status only where none is named; candles of UTC."""
    listed = str(query.get("symbols", "")).split('"')[1::2]
    ways = [{"symbol"}, {"symbols"}, {"symbolStatus", "permissions"}]
    used = sum(bool(way & set(query)) for way in ways)
    return used < 2 and len(set(listed)) == len(listed) and query.get("timeZone", "0") == "0"
