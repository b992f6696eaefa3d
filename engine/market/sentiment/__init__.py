"""Sentiment: an index of fear and greed, combined with the sentiment of news."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median

import msgspec

from engine.analysis.scorer import Verdict, judging
from engine.analysis.sentiment import Counts, Part, count, index_part, news_part, overall
from engine.cache import Answer, Cache, Entries, Entry, Validity
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed, ApiError, unforeseen
from engine.market.labels import Labels
from engine.market.parts import RETRIED
from engine.market.sentiment.fear_greed import KEY as INDEX
from engine.market.sentiment.fear_greed import Index, Indices
from engine.market.sentiment.news import KEY as NEWS
from engine.market.sentiment.news import Collected, News
from engine.market.sentiment.reports import SentimentReport, answer
from engine.market.sentiment.selecting import about
from engine.telemetry.request_id import with_request_id
from engine.upstream.host_clock import HostClock
from providers import Asset, BadData, Unavailable

COUNTED = 100
"""Number of newest headlines that count."""


def analyse(texts: Sequence[str]) -> list[Verdict]:
    """Return the verdict on each text, with pauses for other requests, even within a long text."""
    steps = (step for text in texts for step in judging(text))
    return [verdict for verdict in cooperatively(steps) if verdict is not None]


class Missing(msgspec.Struct, frozen=True):
    """A part that failed, with the reason of each provider."""

    failed: Mapping[str, str]


class Sentiment:
    """Serves the sentiment from one of the `indices` and the `news`."""

    def __init__(
        self, indices: Indices, news: News, cache: Cache, settings: Settings, clock: HostClock
    ) -> None:
        self._indices = indices
        self._news = news
        self._answers = cache.answers
        self._settings = settings
        self._label = Labels(settings.demo)
        self._clock = clock
        # A separate pool, because waiting calls could fill the refresh pool, so that these would never start.
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="sentiment")

    def serve(self, coin: Asset | None, days: int | None) -> Answer:
        """Return the sentiment, with news about `coin` only if one is given, and `days` of the index.

        A part that no provider has is null. Raises `AllProvidersFailed` if both parts fail.
        """
        ready = self._answers.look(f"sentiment:{coin.id if coin else ''}:{days}")
        if ready.fresh is not None:
            return ready.fresh
        try:
            found = self._report(coin, days, ready.asked)
        except AllProvidersFailed as failed:
            return self._answers.last(ready, failed)
        return self._answers.built(ready, found.validity) or self._answers.keep(ready, answer(found))

    def report(self) -> SentimentReport:
        """Return the sentiment of the whole market as values. Raises `AllProvidersFailed`."""
        ready = self._answers.look_value("sentiment", SentimentReport)
        if ready.fresh is not None:
            return ready.fresh
        try:
            return self._answers.keep_value(ready, self._report(None, None, ready.asked))
        except AllProvidersFailed as failed:
            return self._answers.last_value(ready, failed)

    def _report(self, coin: Asset | None, days: int | None, asked: float) -> SentimentReport:
        entries = self._parts()
        index: Index | Missing = entries[INDEX].value
        news: Collected | Missing = entries[NEWS].value
        parts: list[Part] = []
        if isinstance(index, Index):
            parts.append(self._index_part(index))
        counts = None if isinstance(news, Missing) else self._counts(news, coin, parts)
        source = self._label(index.source) if isinstance(index, Index) else None
        sources = [] if isinstance(news, Missing) else map(self._label, news.by_source.values)
        weights = self._settings.sentiment_weight_fear_greed + self._settings.sentiment_weight_news
        return SentimentReport(
            index=index.readings if isinstance(index, Index) else None,
            index_source=source,
            news=counts,
            overall=overall(parts, weights),
            days=days,
            sources=(*([] if source is None else [source]), *sources),
            failed={**index.failed, **(news.failed if isinstance(news, Missing) else news.by_source.failed)},
            validity=Validity.of(entries.values(), asked),
        )

    def _parts(self) -> Entries:
        """Return the index and the news, fetched in parallel. A failed one is `Missing` for a while."""
        obtained = {
            key: self._pool.submit(with_request_id(obtain))
            for key, obtain in ((INDEX, self._indices.obtain), (NEWS, self._news.collection))
        }
        entries: Entries = {}
        for key, part in obtained.items():
            entries |= self._result(key, part)
        values = [entries[key].value for key in (INDEX, NEWS)]
        if all(isinstance(value, Missing) for value in values):
            reasons = {name: reason for value in values for name, reason in value.failed.items()}
            raise AllProvidersFailed.of(
                {name: Unavailable(reason=reason) for name, reason in reasons.items()}
            )
        return entries

    def _result(self, key: str, part: Future[Entries]) -> Entries:
        """Wait for the part and return it, or `Missing` if it failed, even by an internal error."""
        error = part.exception()
        if error is None:
            return part.result()
        if not isinstance(error, ApiError):
            unforeseen(error)
        details = error.details if isinstance(error, AllProvidersFailed) else {key: BadData.reason}
        reasons = {name: str(reason) for name, reason in (details or {}).items()}
        return {key: Entry(Missing(reasons), self._clock(), RETRIED)}

    def _index_part(self, index: Index) -> Part:
        newest = index.readings[0]
        age = self._clock.corrected() - newest.time / 1000
        return index_part(newest.value, age, self._settings.sentiment_weight_fear_greed)

    def _counts(self, news: Collected, coin: Asset | None, parts: list[Part]) -> Counts:
        stories = about(news.stories, None if coin is None else [coin])[:COUNTED]
        counts = count([one.sentiment for one in stories])
        if stories:
            age = self._clock.corrected() - median(one.time for one in stories) / 1000
            parts.append(news_part(counts, age, self._settings.sentiment_weight_news))
        return counts
