"""Rules and rows for tests of alerts."""

from collections.abc import Mapping
from typing import Any

from engine.alerts.evaluation.active_rules import ActiveRules
from engine.alerts.evaluation.firing import Firing
from engine.alerts.evaluation.inputs import Loaded, Update
from engine.alerts.evaluation.running import Memory
from engine.alerts.rules.rule import Rule, read_rule
from engine.catalogue.building import build_catalogue
from engine.catalogue.facts import read_facts
from engine.streaming.channels import read_channel

CATALOGUE = build_catalogue(read_facts())
NOW = 1_790_274_180_000
"""The start of a minute, in Unix milliseconds."""
STALE_AFTER = 20_000
HOOK = [{"type": "webhook", "url": "https://example.org/hook"}]


def given(when: object, **members: object) -> dict[str, Any]:
    """Return a rule as clients send it."""
    return {"name": "a rule", "when": when, "notify": HOOK, **members}


def rule(when: object, **members: object) -> Rule:
    """Return a rule that is valid."""
    return read_rule(given(when, **members), CATALOGUE, NOW / 1000)


def compare(left: object, operator: str, right: object) -> dict[str, object]:
    """Return a comparison as clients send it."""
    return {"left": left, "op": operator, "right": right}


def row(price: float | None, quotes: Mapping[str, float] | None = None, **members: object) -> dict[str, Any]:
    """Return a row of prices that three providers agree on."""
    found = quotes or {"binance": price or 0.0, "kraken": price or 0.0, "okx": price or 0.0}
    sources = [
        {"provider": name, "price": quote, "deviation": 0.0, "outlier": False, "suspect": False}
        for name, quote in found.items()
    ]
    return {
        "symbol": "BTC",
        "price": price,
        "change24h": 1.5,
        "confidence": 0.9,
        "verified": True,
        "sources": sources,
        **members,
    }


class Stage:
    """Active rules with a clock that a test advances. Their ids are r1, r2 and so on."""

    def __init__(self) -> None:
        self.active_rules = ActiveRules(STALE_AFTER)
        self.now = NOW

    def add(self, when: object, memory: Memory | None = None, **members: object) -> str:
        """Add a rule, and return its id."""
        id_ = f"r{len(self.active_rules.runs) + 1}"
        confirming = (read_channel("prices:BTC", CATALOGUE, NOW / 1000),)
        self.active_rules.add(Loaded(id_, rule(when, **members), memory or Memory(), confirming=confirming))
        return id_

    def after(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 1000)
        self.active_rules.tick(self.now)

    def price(self, price: float | None, *, seconds: float = 1, age: float = 0, **members: Any) -> list[str]:
        """Take the price of BTC some seconds later. Return the rules that fire."""
        self.now += int(seconds * 1000)
        self.active_rules.price(
            "prices:BTC", row(price, **members), self.now - int(age * 1000), Update(self.now, "c-1-0")
        )
        return [it.rule for it in self.taken()]

    def candle(self, close: float, open_time: int, doubt: str = "", *, forming: bool = False) -> list[str]:
        """Take a candle of one minute. Return the rules that fire."""
        feed = self.active_rules.series("candles:BTCUSDT:1m")
        assert feed is not None
        take = self.active_rules.form if forming else self.active_rules.close
        values = {"close": close, "volume": 5.0}
        take(feed, values, open_time, Update(self.now, "c-2-0", "binance", doubt))
        return [it.rule for it in self.taken()]

    def indicator(self, value: float | None, open_time: int) -> list[str]:
        """Take the RSI at a candle of one minute. Return the rules that fire."""
        feed = self.active_rules.series("indicators:BTCUSDT:1m:rsi:14")
        assert feed is not None
        self.active_rules.close(feed, {"indicator": value}, open_time, Update(self.now, "c-3-0", "binance"))
        return [it.rule for it in self.taken()]

    def taken(self) -> list[Firing]:
        """Remove and return the firings."""
        found, self.active_rules.firings = self.active_rules.firings, []
        return found

    def state(self, id_: str = "r1") -> tuple[str, str]:
        """Return the state of a rule, and its reason."""
        memory = self.active_rules.runs[id_].memory()
        return memory.state, memory.reason
