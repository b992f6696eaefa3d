"""The figures of rules, by the channel that carries them. Times are Unix milliseconds."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from engine.alerts.evaluation import quality
from engine.alerts.evaluation.figures import Figure
from engine.alerts.evaluation.inputs import Update
from engine.alerts.evaluation.running import Running
from engine.alerts.rules.operands import Operand
from engine.analysis.consensus import AGREEING
from engine.streaming.channels import Channel
from providers import Interval

NEAR = 15_000
"""The longest time between a verified price and the end of a candle that it confirms."""
REMEMBERED = 200
"""The most verified prices that are remembered, at most one a second."""
LATE = 60_000
"""How long the next closed candle may be late before the last one is stale."""
Key = tuple[str, int | str | bool]
Values = Mapping[str, float | None]


class Feed:
    """The figures of one channel, and the rules to evaluate after an update, a close or a tick."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.figures: dict[Key, Figure] = {}
        self.on_update: dict[str, Running] = {}
        self.on_close: dict[str, Running] = {}
        self.on_time: dict[str, Running] = {}
        """Rules with a figure that changes with time."""
        self.users = 0
        """How many rules need this channel, also to confirm another one."""

    def figure(self, operand: Operand, least_sources: int, on_close: bool) -> Figure:
        """Return the figure of an operand."""
        return self.figures.setdefault(self._key(operand, least_sources, on_close), Figure())

    def tick(self, now: int) -> bool:
        """Mark old figures as stale. Return whether a figure has changed."""
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
        """The current price, `None` where it is not good enough for rules."""

    def take(self, row: Mapping[str, Any], time: int, now: int, cursor: str | None) -> None:
        """Take a row of prices with its time, that of its oldest quote."""
        self._time, self._stale = time, now - time > self._stale_after
        if row["verified"] and not self._stale:
            self._remember(time, row["price"])
        self.present = None if self._stale or quality.doubt_of_price(row, AGREEING) else row["price"]
        sources = quality.agreeing(row)
        for (kind, least), figure in self.figures.items():
            if kind == "age":
                self._age(figure, now, sources, cursor)
            elif self._stale:
                figure.doubt(quality.STALE)
            elif kind == "deviation":
                self._spread(figure, row, cursor)
            elif doubt := quality.doubt_of_price(row, int(least)):
                figure.doubt(doubt)
            elif (value := row[kind]) is None:
                figure.doubt("no provider has it")
            else:
                figure.know(value, time, sources, cursor)

    def tick(self, now: int) -> bool:
        """Mark an old price as stale, and let its age grow."""
        if self._time is None:
            return False
        changed, stale = False, now - self._time > self._stale_after
        for (kind, _), figure in self.figures.items():
            if kind == "age":
                self._age(figure, now, figure.sources, figure.cursor)
            elif stale and not self._stale:
                figure.doubt(quality.STALE)
                changed = True
        self._stale = stale
        if stale:
            self.present = None
        return changed

    def price_at(self, time: int) -> float | None:
        """Return the verified price nearest to a time, `None` where none is within `NEAR`."""
        nearest = min(self._verified, key=lambda known: abs(known[0] - time), default=None)
        return nearest[1] if nearest is not None and abs(nearest[0] - time) <= NEAR else None

    def _remember(self, time: int, price: float) -> None:
        if not self._verified or time >= self._verified[-1][0] + 1000:
            self._verified.append((time, price))

    def _age(self, figure: Figure, now: int, sources: Any, cursor: str | None) -> None:
        if self._time is not None:
            figure.know(max(0, now - self._time) / 1000, self._time, sources, cursor)

    def _spread(self, figure: Figure, row: Mapping[str, Any], cursor: str | None) -> None:
        apart = quality.spread(row)
        if apart is None:
            figure.doubt(quality.ALONE)
        else:
            figure.know(apart, self._time or 0, [it["provider"] for it in row["sources"]], cursor)

    def _key(self, operand: Operand, least_sources: int, on_close: bool) -> Key:
        return operand.kind, least_sources if operand.kind in ("price", "change24h") else 0


class SeriesFeed(Feed):
    """The figures of the candles of one pair and interval. `time` is the open time of a candle."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        assert channel.interval is not None  # noqa: S101 - channels of series have one
        self.interval: Interval = channel.interval
        self._due: int | None = None

    def close(self, values: Values, time: int, update: Update) -> bool:
        """Take the values of a good closed candle. Return whether it is new.

        A late one updates only rules of closes: those of ticks use the forming candle by then.
        """
        late = update.now > self.interval.after(time) + NEAR
        return self._take(values, time, update, closes=True, ticks=not late)

    def form(self, values: Values, time: int, update: Update) -> None:
        """Take the values of a good candle that is still forming."""
        self._take(values, time, update, closes=False, ticks=True)

    def doubt(self, reason: str, time: int | None = None, *, forming: bool = False) -> None:
        """Forget the figures of the candle of `time`, or all of them, which are not good enough for rules."""
        for (_, on_close), figure in self.figures.items():
            if not (forming and on_close) and (time is None or time >= figure.time):
                figure.doubt(reason, time)

    def skip(self, last: int) -> None:
        """Note that the candles up to the open time `last` are missing."""
        self._expect(last)

    def tick(self, now: int) -> bool:
        """Mark the figures as stale once the next candle is overdue."""
        if self._due is None or now < self._due:
            return False
        self._due = None
        self.doubt(quality.STALE)
        return True

    def _take(self, values: Values, time: int, update: Update, *, closes: bool, ticks: bool) -> bool:
        new = False
        for (name, on_close), figure in self.figures.items():
            if time < figure.time or not (closes if on_close else ticks):
                continue
            new = True
            value = values.get(str(name))
            if value is None:
                figure.doubt("too few candles", time)
            else:
                figure.know(value, time, (update.source,), update.cursor)
        self._expect(time)
        return new

    def _expect(self, time: int) -> None:
        due = self.interval.after(time, 2) + LATE
        self._due = due if self._due is None else max(due, self._due)

    def _key(self, operand: Operand, least_sources: int, on_close: bool) -> Key:
        return operand.output or operand.kind, on_close or operand.kind == "indicator"
