"""Faults that can be switched on, and what the ones about data do to rows and quotes.

Dialects know nothing of this: candles and tickers are spoilt before they are put into a provider's words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .market import Candle, Ticker
from .oddities import with_odd_row

WIRE_KINDS = (
    *("status", "delay", "hang", "reset", "html", "cut", "cut_json", "drip", "huge", "date"),
    *("sloppy", "lists", "attributes"),
)
DATA_KINDS = (
    "empty",
    "old",
    "price",
    "nan",
    "negative_volume",
    "high_below_low",
    "unsorted",
    "doubled",
    "gap",
    "bogus",
    "entity",
    "hostile",
    "laughs",
    "no_votes",
    "undated",
    "odd_row",
    "dollars",
    "standstill",
    "unsized",
    "odd_opens",
    "halted",
    "wrong_market",
    "swapped",
    "dead",
    "short_listing",
    "half_listing",
    "rebound",
)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong; which fields matter depends on the kind.

    `status`, `headers` and `body` belong to "status"; `seconds` is the wait of "delay", the pause per
    byte of "drip" and what "date" adds to the `Date` of an answer, which it gives `headers` as well; `days`
    the age for "old"; `factor` for "price"; `count` the rows dropped by "gap"; `size` the bytes of "huge" and
    of "lists". `times` limits it to the next so many calls, `path` to calls whose path contains it,
    `coins` limits a fault of the data to those coins. "bogus" lists a coin of an absurd size; "entity",
    "hostile", "laughs", "no_votes" and "undated" are about news. "odd_row" lays `body` over the row at
    `count`, counted from 0. "unsized" writes 0 for volumes and sizes, "dollars" multiplies what is in
    dollars alone, "standstill" leaves prices as they were `at` that time (Unix seconds). About candles:
    "odd_opens" lets `count` rows in the middle open 28 min 14.789 s late, "halted" ends a market `days` ago,
    "wrong_market" tells the rows of DOGE under the name asked for. About a whole venue: "swapped" tells each
    of two `coins` at the price of the other, "dead" has a last price of 0, "short_listing" ends after `count`
    markets, "half_listing" after half of them, "rebound" gives every market the coin of the next one.
    """

    kind: str
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    seconds: float = 1.0
    days: float = 1.0
    factor: float = 1.5
    count: int = 3
    size: int = 50_000_000
    times: int | None = None
    at: float = 0.0
    path: str = ""
    coins: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.kind not in WIRE_KINDS + DATA_KINDS:
            raise ValueError(f"no such fault: {self.kind}")

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Fault:
        """Build a fault from a JSON object; unknown names raise ValueError."""
        known = {each.name for each in fields(cls)}
        if "kind" not in facts or not known.issuperset(facts):
            raise ValueError(f"a fault has a kind and may have: {', '.join(sorted(known))}")
        return cls(**facts)

    def spoil_answer(self, body: object) -> object:
        """An answer's body as it is told with this fault."""
        if self.kind != "odd_row" or not isinstance(self.body, Mapping):
            return body
        return with_odd_row(body, self.body, self.count)

    @property
    def spoils_data(self) -> bool:
        """Whether it changes what is told rather than how the answer travels."""
        return self.kind in DATA_KINDS

    def touches(self, code: str) -> bool:
        """Whether it is about this coin."""
        return not self.coins or code in self.coins

    def spoil_candles(self, rows: list[Candle]) -> list[Candle]:
        """The rows as they are told with this fault; one-row faults hit the row in the middle."""
        middle = len(rows) // 2
        if self.kind == "empty" or not rows:
            return []
        if self.kind in ("price", "nan"):
            return [_repriced(row, self._factor) for row in rows]
        if self.kind == "unsorted":
            return [*rows[middle:], *rows[:middle]]
        if self.kind in ("gap", "odd_opens"):
            start = max(0, middle - self.count // 2)
            late = [_late(row) for row in rows[start : start + self.count] if self.kind == "odd_opens"]
            return rows[:start] + late + rows[start + self.count :]
        if self.kind not in ("doubled", "negative_volume", "high_below_low"):
            return rows
        row = rows[middle]
        if self.kind == "doubled":
            return [*rows[:middle], row, *rows[middle:]]
        if self.kind == "negative_volume":
            rows[middle] = row._replace(volume=-row.volume - 1, quote_volume=-row.quote_volume - 1)
        elif self.kind == "high_below_low":
            rows[middle] = row._replace(high=row.low * 0.99, low=row.high * 1.01)
        return rows

    def spoil_ticker(self, ticker: Ticker, *, dollars: bool = False) -> Ticker:
        """The quote as it is told with this fault; whether it is in dollars."""
        if self.kind == "dollars" and dollars:
            return repriced(ticker, self.factor)
        if self.kind in ("price", "nan"):
            return repriced(ticker, self._factor)
        if self.kind == "negative_volume":
            return replace(ticker, volume=-ticker.volume - 1, quote_volume=-ticker.quote_volume - 1)
        if self.kind == "high_below_low":
            return replace(ticker, high=ticker.low * 0.99, low=ticker.high * 1.01)
        if self.kind == "dead":
            return replace(ticker, last=0.0)
        if self.kind == "unsized":
            return replace(ticker, quote_volume=0.0, market_cap=0.0)
        return ticker

    @property
    def _factor(self) -> float:
        return float("nan") if self.kind == "nan" else self.factor


def _late(row: Candle) -> Candle:
    """A row as Binance has some of February 2018: it opens off the hour, at an odd millisecond."""
    return row._replace(open_ms=row.open_ms + 1_694_789 % row.size_ms)


def _repriced(row: Candle, factor: float) -> Candle:
    return row._replace(
        open=row.open * factor,
        high=row.high * factor,
        low=row.low * factor,
        close=row.close * factor,
        quote_volume=row.quote_volume * factor,
    )


def repriced(ticker: Ticker, factor: float) -> Ticker:
    """The ticker with every price, and what follows from prices, multiplied."""
    return replace(
        ticker,
        last=ticker.last * factor,
        bid=ticker.bid * factor,
        ask=ticker.ask * factor,
        open=ticker.open * factor,
        high=ticker.high * factor,
        low=ticker.low * factor,
        quote_volume=ticker.quote_volume * factor,
        market_cap=ticker.market_cap * factor,
        today=_repriced(ticker.today, factor),
    )
