"""The sentiment report, as values and as an answer."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import asdict

from engine.analysis.sentiment import Counts, Overall
from engine.cache import Answer, Validity
from engine.timestamps import iso
from providers import FearGreed


class SentimentReport(msgspec.Struct, frozen=True):
    """The `index` of fear and greed, newest reading first, headlines by sentiment, and both combined.

    A part that no provider has is `None`, and `failed` has the reasons. The history has `days` readings.
    """

    index: tuple[FearGreed, ...] | None
    index_source: str | None
    news: Counts | None
    overall: Overall | None
    days: int | None
    sources: tuple[str, ...]
    failed: Mapping[str, str]
    validity: Validity


def answer(it: SentimentReport) -> Answer:
    """Build the answer to send."""
    body = {"data": data_of(it), "timestamp": int(it.validity.made)}
    return Answer.with_body(body, {"sources": it.sources, "failed": it.failed}, it.validity)


def data_of(it: SentimentReport) -> dict[str, object]:
    """Return the data of an answer."""
    return {
        "fearGreed": None if it.index is None else _index(it.index, it.index_source, it.days),
        "news": None if it.news is None else {**asdict(it.news), "total": it.news.total},
        "overall": None if it.overall is None else asdict(it.overall),
    }


def _index(readings: tuple[FearGreed, ...], source: str | None, days: int | None) -> dict[str, object]:
    rows = [
        {"value": one.value, "classification": one.classification, "timestamp": iso(one.time / 1000)}
        for one in readings
    ]
    newest = {**rows[0], "source": source}
    return newest if days is None else {**newest, "history": rows[:days]}
