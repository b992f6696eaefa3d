"""The mood: an index of fear and greed, and what the news says."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import takewhile
from statistics import median
from typing import Any

from engine.config import Settings
from engine.errors import AllProvidersFailed
from engine.fanout import Ask, errors, first_good
from engine.freshness import Answer, Freshness
from engine.market._news import News, about, contents, iso
from engine.mood import WORTHLESS, Part, count, index_part, news_part, overall
from engine.scorer import judge_text
from engine.upstream import Upstream
from providers import Asset, BadData, FearGreed, ProviderError, SentimentSource, Unavailable

DAYS = 30
"""How many days of the index are asked for and kept."""
COUNTED = 100
"""How many of the newest headlines count."""
AHEAD = 86_400
"""Seconds that an index's own time may be ahead: some stamp a day with its end."""


def usable(readings: Sequence[FearGreed], now: float) -> list[FearGreed]:
    """The readings, if they are an index of these days. Raises `BadData`."""
    if not readings:
        raise BadData("no index")
    if any(not 0 <= reading.value <= 100 or not reading.classification for reading in readings):
        raise BadData("an index that is not from 0 to 100")
    if not now - WORTHLESS <= readings[0].time / 1000 <= now + AHEAD:
        raise BadData("an index of another time")
    return list(readings)


def analyse(texts: Sequence[str]) -> list[dict[str, object]]:
    """What each text says; others have their turn in between."""
    rows: list[dict[str, object]] = []
    for text in texts:
        rows.append({"text": text, **asdict(judge_text(text))})
        time.sleep(0)
    return rows


class Sentiment:
    """Serves the mood from the first of `upstreams` that has an index, and from the `news`."""

    def __init__(
        self,
        upstreams: Sequence[Upstream[SentimentSource]],
        news: News,
        pool: Executor,
        freshness: Freshness,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._upstreams = upstreams
        self._news = news
        self._pool = pool
        self._freshness = freshness
        self._settings = settings
        self._clock = clock
        # Not the pool that asks providers: who waits there for others could keep them from starting.
        self._errands = ThreadPoolExecutor(4, thread_name_prefix="mood")

    def serve(self, coin: Asset | None, days: int | None) -> Answer:
        """The mood, its news part about `coin` only where one is given, with `days` of the index's history.

        A part that cannot be had is null. Raises `AllProvidersFailed` where that is so for both.
        """
        errand = self._errands.submit(_attempt, partial(self._freshness.serve, "fear_greed", self._make))
        news, no_news = _attempt(self._news.collection)
        index, no_index = errand.result()
        failures = {**no_index, **no_news}
        known = [answer for answer in (index, news) if answer is not None]
        if not known:
            raise AllProvidersFailed(failures)
        made = min(answer.made for answer in known)
        parts: list[Part] = []
        data = {
            "fearGreed": self._index(index, days, parts),
            "news": self._counts(news, coin, parts),
            "overall": self._overall(parts),
        }
        held = [contents(answer)["meta"] for answer in known]
        meta = {
            "sources": [source for one in held for source in one["sources"]],
            "failed": {name: reason for one in held for name, reason in one["failed"].items()}
            | {name: error.reason for name, error in failures.items()},
        }
        body = {"data": data, "timestamp": int(made)}
        return Answer.of(body, meta, made, self._settings.cache_ttl_sentiment)

    def _make(self) -> Answer:
        outcomes = first_good(
            self._pool,
            [self._ask(upstream) for upstream in self._upstreams],
            self._settings.sentiment_deadline_seconds,
            bool,
        )
        best = next((outcome for outcome in outcomes if outcome.value), None)
        failures = errors(outcomes)
        if best is None:
            raise AllProvidersFailed(failures)
        before = takewhile(lambda name: name != best.provider, map(_title, self._upstreams))
        failures = {name: Unavailable(reason="Timeout") for name in before} | dict(failures)
        readings = [
            {
                "value": one.value,
                "classification": one.classification,
                "timestamp": iso(one.time),
                "time": one.time,
            }
            for one in best.value or ()
        ]
        meta = {
            "sources": [self._settings.label(best.provider)],
            "failed": {name: error.reason for name, error in failures.items()},
        }
        return Answer.of({"readings": readings}, meta, self._clock(), self._settings.cache_ttl_sentiment)

    def _ask(self, upstream: Upstream[SentimentSource]) -> Ask[list[FearGreed]]:
        def fetch() -> list[FearGreed]:
            return usable(upstream.provider.fear_greed(DAYS), self._clock())

        return Ask(_title(upstream), partial(upstream.call, fetch), upstream.patience)

    def _index(self, index: Answer | None, days: int | None, parts: list[Part]) -> dict[str, object] | None:
        if index is None:
            return None
        readings = contents(index)["readings"]
        age = self._clock() - readings[0]["time"] / 1000
        parts.append(index_part(readings[0]["value"], age, self._settings.sentiment_weight_fear_greed))
        rows = [{name: row[name] for name in ("value", "classification", "timestamp")} for row in readings]
        return rows[0] if days is None else {**rows[0], "history": rows[:days]}

    def _counts(self, news: Answer | None, coin: Asset | None, parts: list[Part]) -> dict[str, object] | None:
        if news is None:
            return None
        rows = about(contents(news)["stories"], None if coin is None else [coin])[:COUNTED]
        counts = count([row["sentiment"] for row in rows])
        if rows:
            age = self._clock() - median(row["time"] for row in rows) / 1000
            parts.append(news_part(counts, age, self._settings.sentiment_weight_news))
        return {**asdict(counts), "total": counts.total}

    def _overall(self, parts: Sequence[Part]) -> dict[str, Any] | None:
        weights = self._settings.sentiment_weight_fear_greed + self._settings.sentiment_weight_news
        mood = overall(parts, weights)
        return None if mood is None else asdict(mood)


def _title(upstream: Upstream[SentimentSource]) -> str:
    return upstream.provider.title or upstream.name


def _attempt(serve: Callable[[], Answer]) -> tuple[Answer | None, Mapping[str, ProviderError]]:
    """The answer, or who failed and how."""
    try:
        return serve(), {}
    except AllProvidersFailed as error:
        reasons = error.details or {}
        return None, {name: Unavailable(reason=str(reason)) for name, reason in reasons.items()}
