"""Faults, and the effect of those of data on rows and quotes.

Dialects do not know them: candles and tickers are changed before they get a provider's format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from msgspec import structs

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
    """A fault. The fields that matter depend on its kind.

    - `status`, `headers` and `body` belong to "status".
    - `seconds` is the wait of "delay", the pause per byte of "drip", and the error of the `Date` header for
      "date", which also adds `headers`.
    - `days` is the age for "old", and `factor` belongs to "price".
    - `count` is the number of rows that "gap" removes, and `size` the bytes of "huge" and "lists".
    - `times` limits a fault to the next calls, `path` to calls whose path contains it, and `coins` to data
      of those coins.

    About values: "bogus" lists a coin of an absurd size. "odd_row" writes `body` over the row with the index
    `count`. "unsized" writes 0 for volumes and sizes, "dollars" multiplies prices in dollars only, and
    "standstill" keeps prices as they were `at` that time (Unix seconds). "entity", "hostile", "laughs",
    "no_votes" and "undated" are about news.

    About candles: "odd_opens" lets `count` rows in the middle open 28 min 14.789 s late, "halted" ends a
    market `days` ago, and "wrong_market" sends the rows of DOGE under the requested name.

    About a whole venue: "swapped" exchanges the prices of two `coins`, "dead" has a last price of 0,
    "short_listing" ends after `count` markets, "half_listing" after half of them, and "rebound" gives every
    market the coin of the next one.
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
        """Build a fault from a JSON object. Unknown names raise ValueError."""
        known = {each.name for each in fields(cls)}
        if "kind" not in facts or not known.issuperset(facts):
            raise ValueError(f"a fault has a kind and may have: {', '.join(sorted(known))}")
        return cls(**facts)

    def spoil_answer(self, body: object) -> object:
        """Return an answer's body with this fault."""
        if self.kind != "odd_row" or not isinstance(self.body, Mapping):
            return body
        return with_odd_row(body, self.body, self.count)

    @property
    def spoils_data(self) -> bool:
        """Return whether the fault changes the data, and not its transport."""
        return self.kind in DATA_KINDS

    def touches(self, code: str) -> bool:
        """Return whether the fault is about this coin."""
        return not self.coins or code in self.coins

    def spoil_candles(self, rows: list[Candle]) -> list[Candle]:
        """Return the rows with this fault. A fault of one row changes the row in the middle."""
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
            rows[middle] = structs.replace(row, volume=-row.volume - 1, quote_volume=-row.quote_volume - 1)
        elif self.kind == "high_below_low":
            rows[middle] = structs.replace(row, high=row.low * 0.99, low=row.high * 1.01)
        return rows

    def spoil_ticker(self, ticker: Ticker, *, dollars: bool = False) -> Ticker:
        """Return the quote with this fault. `dollars` is whether the quote is in dollars."""
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
    """Return a row like some of Binance's in February 2018, which open at an odd millisecond off the hour."""
    return structs.replace(row, open_ms=row.open_ms + 1_694_789 % row.size_ms)


def _repriced(row: Candle, factor: float) -> Candle:
    return structs.replace(
        row,
        open=row.open * factor,
        high=row.high * factor,
        low=row.low * factor,
        close=row.close * factor,
        quote_volume=row.quote_volume * factor,
    )


def repriced(ticker: Ticker, factor: float) -> Ticker:
    """Return the ticker with every price, and what follows from prices, multiplied."""
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
