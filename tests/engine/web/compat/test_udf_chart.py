"""A chart over the real server, with the requests of TradingView's adapter, in its order.

The library is not public, so its adapter cannot be installed here. The requests and the parsing of
answers follow its published source (`datafeeds/udf` beside the library).
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from providers import INTERVALS
from tests.running import Engine

PERIODS = {"1": "1m", "15": "15m", "120": "2h", "240": "4h", "1D": "1d", "1W": "1w", "1M": "1M"}


class Refused(Exception):
    """An error that the adapter passes to the library."""


@dataclass
class Adapter:
    """The adapter, which reads `s` and never a status."""

    url: str
    config: dict[str, Any] = field(default_factory=dict)

    def send(self, path: str, **params: Any) -> Any:
        """Return an answer as JSON, including the time."""
        return json.loads(requests.get(f"{self.url}/{path}", params=params, timeout=20).text)

    def ready(self) -> None:
        """Check that the data feed supports a search or groups of symbols."""
        self.config = self.send("config")
        assert self.config["supports_search"] or self.config["supports_group_request"]

    def search(self, typed: str) -> list[dict[str, Any]]:
        """Search for a user's text, in capitals."""
        found = self.send("search", limit=30, query=typed.upper(), type="", exchange="")
        return [] if isinstance(found, dict) else list(found)

    def resolve(self, name: str) -> dict[str, Any]:
        """Resolve a symbol; any `s` means that it does not exist."""
        found: dict[str, Any] = self.send("symbols", symbol=name)
        if "s" in found:
            raise Refused("unknown_symbol")
        return found

    def quotes(self, *names: str) -> list[dict[str, Any]]:
        """Return the quotes of a list of symbols, which the adapter joins with commas."""
        answer = self.send("quotes", symbols=",".join(names))
        if answer["s"] != "ok":
            raise Refused(answer["errmsg"])
        return list(answer["d"])

    def bars(self, symbol: dict[str, Any], resolution: str, start: int, end: int, count: int) -> Any:
        """Return bars in milliseconds, with each figure parsed as a float."""
        answer = self.send(
            "history",
            **{"symbol": symbol["ticker"], "resolution": resolution, "from": start, "to": end},
            countback=count,
        )
        if answer["s"] not in ("ok", "no_data"):
            raise Refused(answer["errmsg"])
        if answer["s"] == "no_data":
            return []
        columns = zip(answer["t"], *(map(float, answer[name]) for name in "ohlcv"), strict=True)
        return [(opened * 1000, *figures) for opened, *figures in columns]


@pytest.fixture
def adapter(engine: Engine) -> Adapter:
    """Return the data feed, with the one line that a user changes."""
    adapter = Adapter(f"{engine.url}/udf")
    adapter.ready()
    return adapter


@pytest.mark.parametrize("resolution", list(PERIODS))
def test_a_chart_is_drawn_and_scrolled_back(adapter: Adapter, resolution: str) -> None:
    """A chart is found, resolved, filled and continued to the left without gaps or duplicates."""
    symbol = adapter.resolve(adapter.search("btcusdt")[0]["full_name"])
    assert resolution in symbol["supported_resolutions"]
    interval = INTERVALS[PERIODS[resolution]]
    period = interval.length // 1000
    now = adapter.send("time")
    bars = adapter.bars(symbol, resolution, now - 300 * period, now + period, 329)
    for _ in range(2):
        end = bars[0][0] // 1000
        bars = adapter.bars(symbol, resolution, end - 200 * period, end, 200) + bars
    times = [bar[0] for bar in bars]

    assert len(times) >= {"1W": 329, "1M": 100}.get(resolution, 329 + 400)
    assert times == [interval.after(times[0], place) for place in range(len(times))]
    assert times[-1] + period * 1000 > now * 1000
    assert all(low <= min(first, last) <= max(first, last) <= high for _, first, high, low, last, _ in bars)


def test_a_chart_follows_the_clock(adapter: Adapter) -> None:
    """Every ten seconds the adapter requests the last two bars, ten periods back from now."""
    symbol = adapter.resolve("ETHUSDT")
    now = int(time.time())
    before = adapter.bars(symbol, "1", now - 300 * 60, now, 300)
    news = adapter.bars(symbol, "1", now - 10 * 60, now, 2)

    assert len(news) == 2
    assert news[0][0] in {bar[0] for bar in before}
    assert news[-1][0] >= before[-1][0]


def test_a_watchlist_has_quotes(adapter: Adapter) -> None:
    """A list of symbols has the quotes that the library shows, under the names that it asked for."""
    quotes = adapter.quotes("BTCUSDT", "BINANCE:ETHUSDT", "FOOUSDT")

    assert [(quote["n"], quote["s"]) for quote in quotes] == [
        ("BTCUSDT", "ok"),
        ("BINANCE:ETHUSDT", "ok"),
        ("FOOUSDT", "error"),
    ]
    assert all(quote["v"]["lp"] > 0 for quote in quotes[:2])


def test_an_unknown_symbol(adapter: Adapter) -> None:
    """For an unknown symbol the library shows its error."""
    assert adapter.search("no such coin") == []
    with pytest.raises(Refused, match="unknown_symbol"):
        adapter.resolve("FOOUSDT")
    with pytest.raises(Refused, match="not one of"):
        adapter.bars({"ticker": "BTCUSDT"}, "7", 0, int(time.time()), 10)
