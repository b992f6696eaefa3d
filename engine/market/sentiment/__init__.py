"""The mood: an index of fear and greed, and what the news says."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any

from engine.analysis.scorer import judging
from engine.analysis.sentiment import Part, count, index_part, news_part, overall
from engine.cache import Entries, Entry, Freshness
from engine.cache.answers import Answer
from engine.concurrency.yielding import cooperatively
from engine.config import Settings
from engine.errors import AllProvidersFailed, ApiError, unforeseen
from engine.market.parts import RETRIED
from engine.market.sentiment.fear_greed import KEY as INDEX
from engine.market.sentiment.fear_greed import Index, Indices
from engine.market.sentiment.news import KEY as NEWS
from engine.market.sentiment.news import Collected, News, about
from engine.telemetry.request_id import with_request_id
from engine.timestamps import iso
from engine.upstream.host_clock import HostClock
from providers import Asset, BadData, Unavailable

COUNTED = 100
"""How many of the newest headlines count."""


def analyse(texts: Sequence[str]) -> list[dict[str, object]]:
    """Return what each text says; other requests have their turn in between, within a long text too."""
    steps = (step for text in texts for step in judging(text))
    verdicts = [verdict for verdict in cooperatively(steps) if verdict is not None]
    return [{"text": text, **asdict(verdict)} for text, verdict in zip(texts, verdicts, strict=True)]


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that cannot be had, and the reasons."""

    failed: Mapping[str, str]


class Sentiment:
    """Serves the mood from one of the `indices` and from the `news`."""

    def __init__(
        self,
        indices: Indices,
        news: News,
        freshness: Freshness,
        settings: Settings,
        clock: HostClock,
    ) -> None:
        self._indices = indices
        self._news = news
        self._freshness = freshness
        self._settings = settings
        self._clock = clock
        # Not the pool that refreshes: who waits there for others could keep them from starting.
        self._errands = ThreadPoolExecutor(8, thread_name_prefix="mood")

    def serve(self, coin: Asset | None, days: int | None) -> Answer:
        """The mood, its news part about `coin` only where one is given, with `days` of the index's history.

        A part that cannot be had is null. Raises `AllProvidersFailed` where that is so for both.
        """
        name = f"sentiment:{coin.code if coin else ''}:{days}"
        return self._freshness.answer(name, self._parts, partial(self._build, coin, days))

    def _parts(self) -> Entries:
        """The index and the news, asked for side by side; `Missing` for a while where one cannot be had."""
        obtained = {
            key: self._errands.submit(with_request_id(obtain))
            for key, obtain in ((INDEX, self._indices.obtain), (NEWS, self._news.collection))
        }
        entries: Entries = {}
        for key, part in obtained.items():
            entries |= self._had(key, part)
        values = [entries[key].value for key in (INDEX, NEWS)]
        if all(isinstance(value, Missing) for value in values):
            reasons = {name: reason for value in values for name, reason in value.failed.items()}
            raise AllProvidersFailed.of(
                {name: Unavailable(reason=reason) for name, reason in reasons.items()}
            )
        return entries

    def _had(self, key: str, part: Future[Entries]) -> Entries:
        """The part once it is there; `Missing` where it failed, however that came about."""
        error = part.exception()
        if error is None:
            return part.result()
        if not isinstance(error, ApiError):
            unforeseen(error)
        details = error.details if isinstance(error, AllProvidersFailed) else {key: BadData.reason}
        reasons = {name: str(reason) for name, reason in (details or {}).items()}
        return {key: Entry(Missing(reasons), self._clock(), RETRIED)}

    def _build(
        self, coin: Asset | None, days: int | None, entries: Entries, made: float, lifetime: float
    ) -> Answer:
        index, news = entries[INDEX].value, entries[NEWS].value
        parts: list[Part] = []
        data = {
            "fearGreed": self._index(index, days, parts),
            "news": self._counts(news, coin, parts),
            "overall": self._overall(parts),
        }
        told = [] if isinstance(news, Missing) else list(news.told.values)
        sources = [*([] if isinstance(index, Missing) else [index.source]), *told]
        failed = {**index.failed, **(news.failed if isinstance(news, Missing) else news.told.failed)}
        meta = {"sources": list(map(self._settings.label, sources)), "failed": failed}
        return Answer.of({"data": data, "timestamp": int(made)}, meta, made, lifetime)

    def _index(self, index: Index | Missing, days: int | None, parts: list[Part]) -> dict[str, object] | None:
        if isinstance(index, Missing):
            return None
        newest = index.readings[0]
        age = self._clock.corrected() - newest.time / 1000
        parts.append(index_part(newest.value, age, self._settings.sentiment_weight_fear_greed))
        rows = [
            {"value": one.value, "classification": one.classification, "timestamp": iso(one.time / 1000)}
            for one in index.readings
        ]
        return rows[0] if days is None else {**rows[0], "history": rows[:days]}

    def _counts(
        self, news: Collected | Missing, coin: Asset | None, parts: list[Part]
    ) -> dict[str, object] | None:
        if isinstance(news, Missing):
            return None
        stories = about(news.stories, None if coin is None else [coin])[:COUNTED]
        counts = count([one.sentiment for one in stories])
        if stories:
            age = self._clock.corrected() - median(one.time for one in stories) / 1000
            parts.append(news_part(counts, age, self._settings.sentiment_weight_news))
        return {**asdict(counts), "total": counts.total}

    def _overall(self, parts: Sequence[Part]) -> dict[str, Any] | None:
        weights = self._settings.sentiment_weight_fear_greed + self._settings.sentiment_weight_news
        mood = overall(parts, weights)
        return None if mood is None else asdict(mood)
