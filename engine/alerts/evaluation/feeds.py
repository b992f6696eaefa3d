"""What the channels of the streams say, as figures for rules. Times are Unix milliseconds."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from engine.alerts.evaluation import quality
from engine.alerts.evaluation.figures import Cell
from engine.alerts.evaluation.inputs import News
from engine.alerts.evaluation.running import Running
from engine.alerts.rules.operands import Operand
from engine.analysis.consensus import AGREEING
from engine.streaming.channels import Channel
from providers import Interval

NEAR = 15_000
"""How far a verified price may be from the end of a candle that it confirms."""
REMEMBERED = 200
"""Verified prices that are remembered, at most one a second."""
LATE = 60_000
"""How long a closed candle may take beyond its interval before the last one is stale."""
Key = tuple[str, int | str | bool]
Figures = Mapping[str, float | None]


class Feed:
    """One channel: its cells, and the rules that its news concern."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.cells: dict[Key, Cell] = {}
        self.on_news: dict[str, Running] = {}
        self.on_close: dict[str, Running] = {}
        self.on_time: dict[str, Running] = {}
        """Rules with a figure that changes by itself."""
        self.users = 0
        """Rules that need this channel, be it to confirm another one."""

    def cell(self, operand: Operand, least_sources: int, on_close: bool) -> Cell:
        """Return the cell of an operand."""
        return self.cells.setdefault(self._key(operand, least_sources, on_close), Cell())

    def tick(self, now: int) -> bool:
        """Forget what is too old. Return whether a figure has changed."""
        raise NotImplementedError

    def _key(self, operand: Operand, least_sources: int, on_close: bool) -> Key:
        raise NotImplementedError


class PriceFeed(Feed):
    """The price of a coin. It is stale after `stale_after` milliseconds."""

    def __init__(self, channel: Channel, stale_after: int) -> None:
        super().__init__(channel)
        self._stale_after = stale_after
        self._time: int | None = None
        self._stale = True
        self._verified: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)
        self.present: float | None = None
        """The price of now, where it is good enough for rules."""

    def take(self, row: Mapping[str, Any], time: int, now: int, cursor: str | None) -> None:
        """Take a row of prices, whose oldest quote is of `time`."""
        self._time, self._stale = time, now - time > self._stale_after
        if row["verified"] and not self._stale:
            self._remember(time, row["price"])
        self.present = None if self._stale or quality.doubt_of_price(row, AGREEING) else row["price"]
        sources = quality.agreeing(row)
        for (kind, least), cell in self.cells.items():
            if kind == "age":
                self._age(cell, now, sources, cursor)
            elif self._stale:
                cell.doubt(quality.STALE)
            elif kind == "deviation":
                self._spread(cell, row, cursor)
            elif doubt := quality.doubt_of_price(row, int(least)):
                cell.doubt(doubt)
            elif (value := row[kind]) is None:
                cell.doubt("no provider has it")
            else:
                cell.know(value, time, sources, cursor)

    def tick(self, now: int) -> bool:
        """Forget a stale price, and let its age grow."""
        if self._time is None:
            return False
        changed, stale = False, now - self._time > self._stale_after
        for (kind, _), cell in self.cells.items():
            if kind == "age":
                self._age(cell, now, cell.sources, cell.cursor)
            elif stale and not self._stale:
                cell.doubt(quality.STALE)
                changed = True
        self._stale = stale
        if stale:
            self.present = None
        return changed

    def price_at(self, time: int) -> float | None:
        """Return the verified price that is nearest to a time, `None` where none is near."""
        nearest = min(self._verified, key=lambda known: abs(known[0] - time), default=None)
        return nearest[1] if nearest is not None and abs(nearest[0] - time) <= NEAR else None

    def _remember(self, time: int, price: float) -> None:
        if not self._verified or time >= self._verified[-1][0] + 1000:
            self._verified.append((time, price))

    def _age(self, cell: Cell, now: int, sources: Any, cursor: str | None) -> None:
        if self._time is not None:
            cell.know(max(0, now - self._time) / 1000, self._time, sources, cursor)

    def _spread(self, cell: Cell, row: Mapping[str, Any], cursor: str | None) -> None:
        apart = quality.spread(row)
        if apart is None:
            cell.doubt(quality.ALONE)
        else:
            cell.know(apart, self._time or 0, [it["provider"] for it in row["sources"]], cursor)

    def _key(self, operand: Operand, least_sources: int, on_close: bool) -> Key:
        return operand.kind, least_sources if operand.kind in ("price", "change24h") else 0


class SeriesFeed(Feed):
    """Figures of the candles of one pair and interval. Each has the open time of its candle."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        assert channel.interval is not None  # noqa: S101 - channels of series have one
        self.interval: Interval = channel.interval
        self._due: int | None = None

    def close(self, figures: Figures, time: int, news: News) -> bool:
        """Take the figures of a good closed candle. Return whether it is new.

        For ticks it counts at its end alone: later on, the candle that forms says how things are.
        """
        late = news.now > self.interval.after(time) + NEAR
        return self._take(figures, time, news, closes=True, ticks=not late)

    def form(self, figures: Figures, time: int, news: News) -> None:
        """Take the figures of a good candle that is still forming."""
        self._take(figures, time, news, closes=False, ticks=True)

    def doubt(self, reason: str, time: int | None = None, *, forming: bool = False) -> None:
        """Forget the figures: the candle of `time`, or all of them, is not good enough for rules."""
        for (_, on_close), cell in self.cells.items():
            if not (forming and on_close) and (time is None or time >= cell.time):
                cell.doubt(reason, time)

    def skip(self, last: int) -> None:
        """Note that there are no candles up to that of the open time `last`."""
        self._expect(last)

    def tick(self, now: int) -> bool:
        """Forget a candle that none has followed."""
        if self._due is None or now < self._due:
            return False
        self._due = None
        self.doubt(quality.STALE)
        return True

    def _take(self, figures: Figures, time: int, news: News, *, closes: bool, ticks: bool) -> bool:
        new = False
        for (name, on_close), cell in self.cells.items():
            if time < cell.time or not (closes if on_close else ticks):
                continue
            new = True
            value = figures.get(str(name))
            if value is None:
                cell.doubt("too few candles", time)
            else:
                cell.know(value, time, (news.source,), news.cursor)
        self._expect(time)
        return new

    def _expect(self, time: int) -> None:
        due = self.interval.after(time, 2) + LATE
        self._due = due if self._due is None else max(due, self._due)

    def _key(self, operand: Operand, least_sources: int, on_close: bool) -> Key:
        return operand.output or operand.kind, on_close or operand.kind == "indicator"
