"""Channels fed by requests: indicators at each close, news and sentiment when they change."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any

from engine.errors import ApiError
from engine.market import Market
from engine.market.indicators import IndicatorRequest, read_indicators
from engine.market.indicators.table import last_row
from engine.market.sentiment.news import row_of
from engine.market.sentiment.reports import data_of
from engine.streaming.channels import Channel
from engine.streaming.publishing import Publisher
from engine.telemetry.request_id import with_new_id
from engine.upstream import BACKGROUND
from providers import Interval, Pair

EACH = 30_000
"""Milliseconds between two requests for news and sentiment, whose answers are cached for longer."""
GRACE = 2_000
"""Milliseconds after a close until providers have the candle."""
AGAIN, LONGEST = 5_000, 60_000
"""Milliseconds until the first retry of a request that failed or lacked the last candle, and at most.

Each wait is twice as long as the one before.
"""
EXPECTED = 60_000
"""Milliseconds after a close within which a provider may still add the candle. A quiet market has none."""
STORIES = 20

Body = dict[str, object]
log = logging.getLogger(__name__)


class RequestedChannels:
    """Requests the wanted channels from `market`, in `pool`, and publishes what has changed."""

    def __init__(
        self,
        market: Market,
        publisher: Publisher,
        pool: Executor,
        pair_of: Callable[[Channel], Pair],
        clock: Callable[[], int],
        reached: Callable[[str], int | None],
    ) -> None:
        self._market = market
        self._publisher = publisher
        self._pool = pool
        self._pair_of = pair_of
        self._clock = clock
        self._reached = reached
        self._due: dict[str, int] = {}
        self._tries: dict[str, int] = {}
        self._last: dict[str, object] = {}

    def tick(self, channels: Iterable[Channel]) -> None:
        """Request the wanted channels that are due."""
        now = self._clock()
        wanted = {one.name: one for one in channels if one.kind in ("indicators", "news", "sentiment")}
        self._due = {name: due for name, due in self._due.items() if name in wanted}
        self._last = {name: last for name, last in self._last.items() if name in wanted}
        self._tries = {name: tries for name, tries in self._tries.items() if name in wanted}
        for name, channel in wanted.items():
            if now >= self._due.get(name, 0):
                self._due[name] = _next(channel.interval, now)
                self._pool.submit(with_new_id("stream", self._ask, channel))

    def _ask(self, channel: Channel) -> None:
        try:
            body = self._body(channel)
        except ApiError as error:
            log.debug("request for channel %s failed: %s", channel.name, error)
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # other errors last until the next close
                self._soon(channel)
            return
        if channel.name not in self._due:
            return  # the channel is no longer wanted
        data: Any = body["data"]
        if channel.interval is not None and _lacks_last(data["timestamp"], channel.interval, self._clock()):
            self._soon(channel)
        else:
            self._tries.pop(channel.name, None)
        if data != self._last.get(channel.name):
            begins = channel.name not in self._last
            self._last[channel.name] = data
            time: int | None = data["timestamp"] if channel.kind == "indicators" else None
            reached = self._reached(channel.name) if begins else None
            if time is None or reached is None or reached < time:
                conflated = channel.kind != "indicators"
                self._publisher.publish(channel.name, body, conflated=conflated, reached=time)

    def _soon(self, channel: Channel) -> None:
        """Request an indicator again before the next close. News and sentiment need no retry."""
        if channel.name in self._due and channel.interval is not None:
            tries = self._tries.get(channel.name, 0)
            self._tries[channel.name] = tries + 1
            wait = min(AGAIN * 2 ** min(tries, 10), LONGEST)
            self._due[channel.name] = min(self._due[channel.name], self._clock() + wait)

    def _body(self, channel: Channel) -> Body:
        """Return the current message of a channel. Raises an `ApiError`."""
        if channel.kind == "sentiment":
            report = self._market.sentiment.report()
            return {"type": "sentiment", "data": data_of(report), "sources": report.sources}
        if channel.kind == "news":
            found = self._market.news.stories(STORIES)
            return {
                "type": "news",
                "data": [row_of(story) for story in found.stories],
                "sources": found.sources,
            }
        return self._indicator(channel)

    def _indicator(self, channel: Channel) -> Body:
        pair, interval, text = channel.pair, channel.interval, channel.indicator
        assert pair is not None and interval is not None and text is not None  # noqa: S101, PT018 - it has them
        request = IndicatorRequest(
            pair.symbol,
            self._pair_of(channel),
            interval,
            1,
            read_indicators([text]),
            closed_only=True,
            venue=pair.venue,
            share=BACKGROUND,
            in_time=True,
        )
        table = self._market.indicators.table(request)
        return {
            "type": "indicator",
            "data": last_row(table),
            "closed": True,
            "quote": table.candles.quote,
            "source": table.candles.source,
            "receivedAt": self._clock(),
        }


def _lacks_last(time: int, interval: Interval, now: int) -> bool:
    """Return whether a row lacks the candle that has just closed. Its own candle opened at `time`."""
    closed = interval.open_time(now)
    return interval.after(time) < closed and now - closed < min(EXPECTED, interval.length // 4)


def _next(interval: Interval | None, now: int) -> int:
    """Return when a channel is due again: after the next close if it has an interval."""
    return now + EACH if interval is None else interval.after(interval.open_time(now)) + GRACE
