"""News: every source is asked at once, and their headlines become one list of stories."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson

from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.fanout import Ask, errors, gather
from engine.freshness import Answer, Freshness
from engine.headlines import Story, merge, story
from engine.upstream import Upstream
from providers import Asset, FeedSource, Headline, NewsSource

T = TypeVar("T")
Row = dict[str, Any]

KEPT_STORIES = 500


class News:
    """Serves stories from all `sources` and `feeds` together."""

    def __init__(
        self,
        sources: Sequence[Upstream[NewsSource]],
        feeds: Sequence[Upstream[FeedSource]],
        pool: Executor,
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._sources = sources
        self._feeds = feeds
        self._pool = pool
        self._freshness = freshness
        self._settings = settings
        self._clock = clock

    def serve(self, coins: Sequence[Asset] | None, limit: int, sentiment: str | None) -> Answer:
        """The newest stories about any of `coins`, of one sentiment where one is asked for."""
        found = self.collection()
        held = contents(found)
        rows = [
            {name: value for name, value in row.items() if name != "time"}
            for row in about(held["stories"], coins)
            if sentiment in (None, row["sentiment"])
        ]
        body = {"data": rows[:limit], "timestamp": int(found.made)}
        meta = {name: held["meta"][name] for name in ("sources", "failed")}
        return Answer.of(body, meta, found.made, found.lifetime)

    def collection(self) -> Answer:
        """All stories, from which every answer about news is cut. Raises `AllProvidersFailed`."""
        return self._freshness.serve("news", self._make)

    def _make(self) -> Answer:
        outcomes = gather(self._pool, self._asks(), self._settings.sentiment_deadline_seconds)
        failures = errors(outcomes)
        answered = [outcome for outcome in outcomes if outcome.value is not None]
        if not answered:
            raise AllProvidersFailed(failures)
        now = self._clock()
        told = (headline for outcome in answered for headline in outcome.value or ())
        stories = merge(
            found for headline in _in_turns(told) if (found := story(headline, int(now * 1000))) is not None
        )
        meta = {
            "sources": [self._settings.label(outcome.provider) for outcome in answered],
            "failed": {name: error.reason for name, error in failures.items()},
        }
        body = {"stories": [_row(one) for one in stories[:KEPT_STORIES]]}
        return Answer.of(body, meta, now, self._settings.cache_ttl_sentiment)

    def _asks(self) -> Iterator[Ask[list[Headline]]]:
        """One for each source and each feed; a feed is named for its host."""
        for source in self._sources:
            yield Ask(source.name, partial(source.call, source.provider.headlines))
        for upstream in self._feeds:
            for feed, name in _names(self._settings.news_rss_feeds).items():
                read = partial(upstream.provider.headlines_of, feed)
                yield Ask(f"{upstream.name}:{name}", partial(upstream.call, read))


def contents(answer: Answer) -> Any:
    """What an answer says, to cut others from it."""
    return orjson.loads(answer.body(answer.made))


def about(rows: Iterable[Row], coins: Sequence[Asset] | None) -> list[Row]:
    """The stories that name one of `coins`; all of them where none is asked for."""
    if coins is None:
        return list(rows)
    symbols = {coin.symbol for coin in coins}
    return [row for row in rows if symbols.intersection(row["symbols"])]


def iso(time: float) -> str:
    """Unix milliseconds as ISO 8601."""
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(one: Story) -> Row:
    return {
        "title": one.title,
        "url": one.url,
        "source": one.source,
        "publishedAt": iso(one.time),
        "symbols": [coin.symbol for coin in one.coins],
        "sentiment": one.sentiment,
        "time": one.time,
    }


def _names(feeds: Iterable[str]) -> dict[str, str]:
    """Each feed's host; with the path where several have one host."""
    parts = {feed: urlsplit(feed) for feed in feeds}
    hosts = [part.netloc for part in parts.values()]
    return {
        feed: part.netloc.removeprefix("www.") + (part.path if hosts.count(part.netloc) > 1 else "")
        for feed, part in parts.items()
    }


def _in_turns(items: Iterable[T]) -> Iterator[T]:
    """The items, with a chance for other requests between any two: to judge hundreds takes a while."""
    for item in items:
        yield item
        time.sleep(0)
