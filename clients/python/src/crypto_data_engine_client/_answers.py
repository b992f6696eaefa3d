"""Answers: their data, and how old they are and where they are from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crypto_data_engine_client import _frames
from crypto_data_engine_client._errors import seconds
from crypto_data_engine_client._rows import Candle

if TYPE_CHECKING:
    import pandas
    import polars

Data = TypeVar("Data")
Row = TypeVar("Row")
Times = Sequence[tuple[int, int]]
"""First and last missing open times of gaps, in Unix milliseconds."""
CANDLE = tuple(name for name in Candle.__annotations__ if name not in ("quoteVolume", "trades"))
SEVERAL = "multi-provider"


@dataclass(frozen=True)
class Answer(Generic[Data]):
    """`data` of an answer. `body` is all of it, with every member that this class does not name."""

    data: Data
    body: Any
    headers: Mapping[str, str]

    @property
    def meta(self) -> Mapping[str, Any]:
        """Return what the engine says about the data; empty where it says nothing."""
        return self.body.get("meta", {}) if isinstance(self.body, dict) else {}

    @property
    def stale(self) -> bool | None:
        """Return whether the data are older than their lifetime; `None` where they have none."""
        return self.meta.get("stale")

    @property
    def age_seconds(self) -> float | None:
        """Return how long ago the data arrived from their provider; `None` where no provider is asked."""
        age = self.meta.get("ageSeconds")
        return seconds(self.headers.get("age")) if age is None else float(age)

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the providers of the data."""
        if "sources" in self.meta:
            return tuple(self.meta["sources"])
        source = self.body.get("source") if isinstance(self.body, dict) else None
        if source not in (None, SEVERAL):
            return (source,)
        rows = self.data if isinstance(self.data, list) else []
        each = (it["provider"] for row in rows for it in row.get("sources", ()) if isinstance(it, dict))
        return tuple(dict.fromkeys(each))

    @property
    def request_id(self) -> str | None:
        """Return the id of the request, which the engine's log has, too."""
        return self.headers.get("x-request-id")


@dataclass(frozen=True)
class Rows(Answer[list[Row]]):
    """A list of rows."""

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the rows as a pandas DataFrame; `attrs` has `sources`, `stale` and `ageSeconds`."""
        return _frames.to_pandas(self._records(), self._columns(), self._attributes())

    def to_polars(self) -> "polars.DataFrame":
        """Return the rows as a polars DataFrame."""
        return _frames.to_polars(self._records(), self._columns())

    def _records(self) -> list[Mapping[str, Any]]:
        return [dict(row) for row in self.data]  # type: ignore[call-overload]

    def _columns(self) -> Sequence[str]:
        """Return the columns of a frame without rows."""
        return ()

    def _attributes(self) -> dict[str, Any]:
        return {"sources": list(self.sources), "stale": self.stale, "ageSeconds": self.age_seconds}


@dataclass(frozen=True)
class Indicators(Rows[dict[str, Any]]):
    """One row for each candle: `timestamp`, `close`, and each indicator under the name that was asked."""

    def _records(self) -> list[Mapping[str, Any]]:
        """Return rows without rows in them: `macd` with three outputs becomes `macd.signal` and so on."""
        return [dict(_flat(row)) for row in self.data]


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{output}", one) for output, one in value.items())
        else:
            yield name, value


@dataclass(frozen=True)
class Page(Rows[Row]):
    """A page of a long list."""

    @property
    def next(self) -> str | None:
        """Return the cursor of the next page; `None` on the last one."""
        return self.meta.get("next")


@dataclass(frozen=True)
class Candles(Page[Candle]):
    """Candles of one series, the oldest first. `next` is the path of the next page."""

    @property
    def symbol(self) -> str:
        """Return the pair."""
        return str(self.body["symbol"])

    @property
    def interval(self) -> str:
        """Return the length of a candle."""
        return str(self.body["interval"])

    @property
    def quote(self) -> str:
        """Return the currency of the prices."""
        return str(self.meta["quote"])

    @property
    def last_closed(self) -> bool | None:
        """Return whether the newest candle has closed; `None` without candles."""
        return self.meta["lastCandleClosed"]  # type: ignore[no-any-return]

    @property
    def gaps(self) -> Times:
        """Return the first and last missing open times of each gap, in Unix milliseconds."""
        return [(first, last) for first, last in self.meta["gaps"]]

    def _columns(self) -> Sequence[str]:
        return CANDLE

    def _attributes(self) -> dict[str, Any]:
        named = {"symbol": self.symbol, "interval": self.interval, "quote": self.quote}
        return named | super()._attributes()
