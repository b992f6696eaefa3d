"""Apply channel messages to the rules: check closes against prices, and keep the newest messages."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.evaluation import quality
from engine.alerts.evaluation.active_rules import ActiveRules
from engine.alerts.evaluation.feeds import SeriesFeed
from engine.alerts.evaluation.inputs import Update

Body = Mapping[str, Any]
SINGLE = "indicator"
"""The name of the figure of an indicator that has only one."""


class Dispatching:
    """Applies messages to `active_rules`. `references` are the prices that confirm each channel of a series.

    A close that they do not confirm goes to `confirm`, and comes back with the verdict of a second venue.
    """

    def __init__(
        self,
        active_rules: ActiveRules,
        confirm: Callable[[ChannelMessage], None],
        clock: Callable[[], int],
        references: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._active_rules = active_rules
        self._confirm = confirm
        self._clock = clock
        self._references = references
        self._newest: dict[tuple[str, bool], ChannelMessage] = {}
        """The newest message of each channel, and that of its forming candle (`True`)."""
        self._times: dict[str, int] = {}
        """When the newest message of each channel was made (Unix milliseconds)."""

    def dispatch(self, message: ChannelMessage) -> None:
        """Apply a message. Skip a snapshot that is no newer than the last message of its channel."""
        time, last = message.body.get("receivedAt", 0), self._times.get(message.channel, -1)
        if message.body["type"] == "snapshot" and time <= last:
            return
        self._times[message.channel] = max(time, last)
        self._apply(message)

    def _apply(self, message: ChannelMessage) -> None:
        body, now = message.body, self._clock()
        kind = body["of"] if body["type"] == "snapshot" else body["type"]
        if kind == "price":
            time = body["sourceTime"] or body["receivedAt"]
            self._newest[message.channel, False] = message
            self._active_rules.price(message.channel, body["data"], time, Update(now, message.cursor))
            return
        feed = self._active_rules.series(message.channel)
        if feed is None:
            return
        if kind == "candle" and not body["closed"]:
            self._form(feed, message, now)
        elif kind in ("candle", "indicator"):
            self._close(feed, message, now)
        elif kind == "gap":
            feed.skip(body["to"])
        elif kind == "stale":
            self._forget(lambda name: name == message.channel)
            self._active_rules.lose(feed, now)

    def replay(self, channels: Iterable[str]) -> None:
        """Apply the newest messages of channels again, for new rules: the next close may be days away."""
        for name in channels:
            for forming in (True, False):  # a forming candle is newer than the closed one
                if (message := self._newest.get((name, forming))) is not None:
                    self._apply(message)

    def retain(self, channels: Collection[str]) -> None:
        """Forget the messages of all other channels."""
        self._forget(lambda name: name not in channels)
        self._times = {name: time for name, time in self._times.items() if name in channels}

    def _forget(self, is_dropped: Callable[[str], bool]) -> None:
        self._newest = {key: message for key, message in self._newest.items() if not is_dropped(key[0])}

    def _form(self, feed: SeriesFeed, message: ChannelMessage, now: int) -> None:
        data = message.body["data"]
        self._newest[message.channel, True] = message
        price = self._reference(message.channel, None)
        agrees = price is not None and quality.agrees(data["close"], price)
        doubt = "" if agrees else quality.UNCONFIRMED
        self._active_rules.form(feed, data, data["timestamp"], _update(message, now, doubt))

    def _close(self, feed: SeriesFeed, message: ChannelMessage, now: int) -> None:
        data = message.body["data"]
        time, confirmed = data["timestamp"], message.confirmed
        if confirmed is None:
            price = self._reference(message.channel, feed.interval.after(time))
            if price is None or not quality.agrees(data["close"], price):
                self._confirm(message)
                return
        doubt = quality.UNCONFIRMED if confirmed is False else ""
        last = self._newest.get((message.channel, False))
        if last is None or last.body["data"]["timestamp"] <= time:
            self._newest[message.channel, False] = replace(message, confirmed=not doubt)
        self._active_rules.close(feed, _values(data), time, _update(message, now, doubt))

    def _reference(self, channel: str, time: int | None) -> float | None:
        names: Iterable[str] = self._references.get(channel, ())
        return self._active_rules.reference(names, time)


def _values(data: Body) -> Mapping[str, Any]:
    """Return the figures of a row by their names: those of a candle, or the outputs of an indicator."""
    found = dict(data)
    for name, value in data.items():
        if isinstance(value, Mapping):
            found |= value
        elif name not in ("timestamp", "close", "open", "high", "low", "volume"):
            found[SINGLE] = value
    return found


def _update(message: ChannelMessage, now: int, doubt: str) -> Update:
    return Update(now, message.cursor, str(message.body["source"]), doubt)
