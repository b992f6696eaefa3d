"""What the streams say about prices and series, for the book of rules."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.alerts.evaluation import quality
from engine.alerts.evaluation.active_rules import Book
from engine.alerts.evaluation.feeds import SeriesFeed
from engine.alerts.evaluation.inputs import News

Body = Mapping[str, Any]
SINGLE = "indicator"
"""The name of the figure of an indicator that has only one."""


class Heard(msgspec.Struct, frozen=True):
    """A message about a channel, which came at `received` (monotonic seconds).

    `confirmed` says whether a second venue confirms its close, if one was asked.
    """

    channel: str
    body: Body
    cursor: str | None
    received: float
    confirmed: bool | None = None


class Hearing:
    """Gives messages to `book`. `references` are the prices that confirm each channel of a series.

    A close that they do not confirm goes to `ask`, and comes back confirmed or not.
    """

    def __init__(
        self,
        book: Book,
        ask: Callable[[Heard], None],
        clock: Callable[[], int],
        references: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._book = book
        self._ask = ask
        self._clock = clock
        self._references = references
        self._newest: dict[tuple[str, bool], Heard] = {}
        """What was heard last of each channel, and of its forming candle."""
        self._times: dict[str, int] = {}
        """When the newest message of each channel was made (Unix milliseconds)."""

    def take(self, heard: Heard) -> None:
        """Take one message, unless it is a snapshot that is no newer than what was heard of its channel."""
        time, last = heard.body.get("receivedAt", 0), self._times.get(heard.channel, -1)
        if heard.body["type"] == "snapshot" and time <= last:
            return
        self._times[heard.channel] = max(time, last)
        self._hear(heard)

    def _hear(self, heard: Heard) -> None:
        body, now = heard.body, self._clock()
        kind = body["of"] if body["type"] == "snapshot" else body["type"]
        if kind == "price":
            time = body["sourceTime"] or body["receivedAt"]
            self._newest[heard.channel, False] = heard
            self._book.price(heard.channel, body["data"], time, News(now, heard.cursor))
            return
        feed = self._book.series(heard.channel)
        if feed is None:
            return
        if kind == "candle" and not body["closed"]:
            self._form(feed, heard, now)
        elif kind in ("candle", "indicator"):
            self._close(feed, heard, now)
        elif kind == "gap":
            feed.skip(body["to"])
        elif kind == "stale":
            self._forget(lambda name: name == heard.channel)
            self._book.lose(feed, now)

    def again(self, channels: Iterable[str]) -> None:
        """Take what was heard last of channels for rules that came later: the next close may be days away."""
        for name in channels:
            for forming in (True, False):  # a forming candle is newer than the closed one
                if (heard := self._newest.get((name, forming))) is not None:
                    self._hear(heard)

    def keep(self, channels: Collection[str]) -> None:
        """Forget what was heard of other channels than these."""
        self._forget(lambda name: name not in channels)
        self._times = {name: time for name, time in self._times.items() if name in channels}

    def _forget(self, goes: Callable[[str], bool]) -> None:
        self._newest = {key: heard for key, heard in self._newest.items() if not goes(key[0])}

    def _form(self, feed: SeriesFeed, heard: Heard, now: int) -> None:
        data = heard.body["data"]
        self._newest[heard.channel, True] = heard
        price = self._reference(heard.channel, None)
        agrees = price is not None and quality.agrees(data["close"], price)
        doubt = "" if agrees else quality.UNCONFIRMED
        self._book.form(feed, data, data["timestamp"], _news(heard, now, doubt))

    def _close(self, feed: SeriesFeed, heard: Heard, now: int) -> None:
        data = heard.body["data"]
        time, confirmed = data["timestamp"], heard.confirmed
        if confirmed is None:
            price = self._reference(heard.channel, feed.interval.after(time))
            if price is None or not quality.agrees(data["close"], price):
                self._ask(heard)
                return
        doubt = quality.UNCONFIRMED if confirmed is False else ""
        last = self._newest.get((heard.channel, False))
        if last is None or last.body["data"]["timestamp"] <= time:
            self._newest[heard.channel, False] = replace(heard, confirmed=not doubt)
        self._book.close(feed, _figures(data), time, _news(heard, now, doubt))

    def _reference(self, channel: str, time: int | None) -> float | None:
        names: Iterable[str] = self._references.get(channel, ())
        return self._book.reference(names, time)


def _figures(data: Body) -> Mapping[str, Any]:
    """Return the figures of a row by their names: those of a candle, or the outputs of an indicator."""
    found = dict(data)
    for name, value in data.items():
        if isinstance(value, Mapping):
            found |= value
        elif name not in ("timestamp", "close", "open", "high", "low", "volume"):
            found[SINGLE] = value
    return found


def _news(heard: Heard, now: int, doubt: str) -> News:
    return News(now, heard.cursor, str(heard.body["source"]), doubt)
