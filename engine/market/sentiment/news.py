"""News: fetch headlines from all sources at once, and merge them into one list of stories."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

import msgspec

from engine.analysis.headlines import Story, merge, newest, story
from engine.cache import Answer, Cache, Entries, Entry, Validity
from engine.cache.answers import Table
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.market.labels import Labels
from engine.market.parts import Gathering, Parts
from engine.market.sentiment.feeds import feed_names
from engine.market.sentiment.selecting import about
from engine.timestamps import iso
from engine.upstream import Upstream
from engine.upstream.fan_out import Ask
from engine.upstream.host_clock import HostClock
from engine.upstream.selection import Candidate
from providers import Asset, BadData, FeedSource, Headline, NewsSource

KEY = "news"
"""Key of the stories in the cache."""
COLUMNS = ("title", "url", "source", "publishedAt", "sentiment")
"""The columns of a table: all members of a row but its list of coins."""
KEPT_STORIES = 500
STORY_BYTES = 200
"""Approximate bytes of a story in the merged list, in addition to those in its part."""

Stories = tuple[Story, ...]


class Collected(msgspec.Struct, frozen=True):
    """All stories, the newest first, and those of each source."""

    stories: Stories
    by_source: Parts[Stories]

    def moved(self, seconds: float) -> "Collected":
        """Return the stories with the times of their sources moved."""
        return Collected(self.stories, self.by_source.moved(seconds))

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return self.by_source.weight + STORY_BYTES * len(self.stories)


class NewsList(msgspec.Struct, frozen=True):
    """Stories, the newest first, the labels of their sources, and the reasons of sources that failed."""

    stories: Stories
    sources: tuple[str, ...]
    failed: Mapping[str, str]
    validity: Validity

    @property
    def weight(self) -> int:
        """Approximate bytes in memory."""
        return STORY_BYTES * (5 + len(self.stories))


class News:
    """Serves stories from all `sources` and `feeds` together."""

    def __init__(
        self,
        sources: Sequence[Upstream[NewsSource]],
        feeds: Sequence[Upstream[FeedSource]],
        cache: Cache,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._sources = sources
        self._feeds = [
            (upstream.host(name), name, feed)
            for upstream in feeds
            for feed, name in feed_names(settings.news_rss_feeds).items()
        ]
        self._data, self._answers = cache.data, cache.answers
        self._label = Labels(settings.demo)
        self._settings = settings
        self._clock = clock
        self._gathering = Gathering(settings, clock)

    def serve(
        self, coins: Sequence[Asset] | None, limit: int, sentiment: str | None, *, csv: bool = False
    ) -> Answer:
        """Return the newest stories about any of `coins`, of one `sentiment` if it is given.

        Raises `AllProvidersFailed`.
        """
        names = "" if coins is None else ",".join(sorted({coin.id for coin in coins}))
        ready = self._answers.look(f"{'csv:' if csv else ''}news:{names}:{limit}:{sentiment}")
        if ready.fresh is not None:
            return ready.fresh
        try:
            found = self._list(coins, limit, sentiment, ready.asked)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed)
        write = table if csv else answer
        return self._answers.built(ready, found.validity) or self._answers.keep(ready, write(found))

    def stories(self, limit: int) -> NewsList:
        """Return the newest stories as values. Raises `AllProvidersFailed`."""
        ready = self._answers.look_value(f"news:{limit}", NewsList)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._list(None, limit, None, ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def collection(self) -> Entries:
        """Return all stories, from which each answer selects. Raises `AllProvidersFailed`."""
        seconds = self._settings.sentiment_deadline_seconds
        return self._data.obtain(self._data.read(KEY), self._fetch, seconds)

    def _list(
        self, coins: Sequence[Asset] | None, limit: int, sentiment: str | None, asked: float
    ) -> NewsList:
        entries = self.collection()
        collected: Collected = entries[KEY].value
        wanted = (one for one in about(collected.stories, coins) if sentiment in (None, one.sentiment))
        return NewsList(
            stories=tuple(islice(wanted, limit)),
            sources=tuple(map(self._label, collected.by_source.values)),
            failed=collected.by_source.failed,
            validity=Validity.of(entries.values(), asked),
        )

    def _fetch(self, keys: list[str]) -> dict[str, Entry]:
        known = self._data.entry(KEY)
        by_source = self._gathering.parts(list(self._asks()), known.value.by_source if known else None)
        each = (one for stories in by_source.values.values() for one in cooperatively(stories))
        merged = merge(each, cooperatively)
        return {KEY: by_source.entry(Collected(tuple(merged[:KEPT_STORIES]), by_source))}

    def _asks(self) -> Iterator[Candidate[Stories]]:
        """Yield a call for each source and each feed. The name of a feed is its host."""
        for source in self._sources:
            yield source, self._ask(source, source.name, source.provider.headlines)
        for upstream, name, feed in self._feeds:
            read = partial(upstream.provider.headlines_of, feed)
            yield upstream, self._ask(upstream, f"{upstream.name}:{name}", read)

    def _ask(self, upstream: Upstream[Any], name: str, fetch: Callable[[], list[Headline]]) -> Ask[Stories]:
        def scored() -> Stories:
            headlines = fetch()
            if not headlines:
                raise BadData(f"{name} has no story")
            now = int(self._clock.corrected() * 1000)
            news = newest(headlines, now, KEPT_STORIES)
            return tuple(found for one in cooperatively(news) if (found := story(one, now)) is not None)

        call, patience = partial(upstream.call, scored), self._settings.sentiment_deadline_seconds
        return Ask(name, call, upstream.pool, patience, upstream.timed_out)


def answer(it: NewsList) -> Answer:
    """Build the answer to send."""
    body = {"data": [row_of(one) for one in it.stories], "timestamp": int(it.validity.made)}
    return Answer.with_body(body, {"sources": it.sources, "failed": it.failed}, it.validity, negotiable=True)


def table(it: NewsList) -> Answer:
    """Build the answer to send as CSV, without the coins of each story."""
    rows = map(itemgetter(*COLUMNS), map(row_of, it.stories))
    return Answer.with_rows(COLUMNS, rows, Table(it.sources), it.validity)


def row_of(one: Story) -> dict[str, object]:
    """Return the row of a story in an answer."""
    return {
        "title": one.title,
        "url": one.url,
        "source": one.source,
        "publishedAt": iso(one.time / 1000),
        "symbols": [coin.symbol for coin in one.coins],
        "sentiment": one.sentiment,
    }
