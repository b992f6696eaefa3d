"""A small UDF data feed made of formulas, which answers the requests of the chart's page."""

import math
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

LENGTHS = {"1": 60, "5": 300, "15": 900, "60": 3600, "240": 14_400, "1D": 86_400, "1W": 604_800}
SYMBOLS = {"BTCUSDT": "Bitcoin / Tether", "ETHUSDT": "Ethereum / Tether"}


class Feed:
    """A feed of `depth` bars up to `newest` in Unix seconds. Pass `answer` to a browser's route."""

    def __init__(self, newest: int, depth: int = 500) -> None:
        self.newest = newest
        self.depth = depth
        self.asked: list[dict[str, str]] = []

    def answer(self, route: Route) -> None:
        """Answer a request as the specification says."""
        parts = urlsplit(route.request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append({"path": parts.path, **query})
        route.fulfill(json=self._body(parts.path.rsplit("/", 1)[1], query))

    def _body(self, page: str, query: dict[str, str]) -> Any:
        match page:
            case "config":
                return {"supported_resolutions": list(LENGTHS), "supports_search": True}
            case "search":
                text = query.get("query", "").upper()
                return [_found(name) for name in SYMBOLS if text in name]
            case "symbols" if query["symbol"] in SYMBOLS:
                return _found(query["symbol"])
            case "history":
                return self.history(query)
        return {"s": "error", "errmsg": "unknown_symbol"}

    def history(self, query: dict[str, str]) -> Any:
        """Return the newest `countback` bars that opened before `to`."""
        length, to, count = LENGTHS[query["resolution"]], int(query["to"]), int(query["countback"])
        last = self.newest // length
        times = [last - back for back in range(self.depth) if (last - back) * length < to][:count]
        if not times:
            return {"s": "no_data"}
        numbers = sorted(times)
        closes = [round(100 + 10 * math.sin(number / 7), 2) for number in numbers]
        return {
            "s": "ok",
            "t": [number * length for number in numbers],
            "o": [close - 1 for close in closes],
            "h": [close + 2 for close in closes],
            "l": [close - 2 for close in closes],
            "c": closes,
            "v": [number % 50 for number in numbers],
        }


def _found(name: str) -> dict[str, object]:
    return {"symbol": name, "name": name, "ticker": name, "description": SYMBOLS[name], "type": "crypto"}
