"""From many providers' headlines to one list of stories. Pure functions."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Any

from engine.analysis.headlines._alike import Known, Told
from engine.analysis.headlines._coins import coins_in
from engine.analysis.headlines._text import canonical, safe_text, safe_url
from engine.analysis.scorer import BEARISH, BULLISH, NEUTRAL, judge_text
from providers import Asset, Headline, Votes

__all__ = ["Story", "merge", "newest", "safe_text", "safe_url", "story"]

Cooperatively = Callable[[Iterable[Any]], Iterable[Any]]

AHEAD = 3_600_000
"""Milliseconds that a provider's clock may be ahead of ours."""
OLDEST = 30 * 86_400_000
"""Milliseconds after which a headline is no news."""


@dataclass(frozen=True, slots=True)
class Story:
    """A headline that is safe to show: `time` in Unix milliseconds, `sentiment` one of three words."""

    title: str
    url: str
    source: str
    time: int
    coins: tuple[Asset, ...]
    sentiment: str


def newest(headlines: Sequence[Headline], now: int, most: int) -> Sequence[Headline]:
    """The `most` newest that are news, where there are more: judging each takes its time."""
    if len(headlines) <= most:
        return headlines
    return nlargest(most, (one for one in headlines if _is_news(one, now)), key=lambda one: one.time)


def story(headline: Headline, now: int) -> Story | None:
    """The story of a headline; `None` without a title or an address to be shown, or with an odd time."""
    title, url = safe_text(headline.title), safe_url(headline.url)
    if not title or url is None or not _is_news(headline, now):
        return None
    coins = tuple(coins_in(title, headline.codes))
    source = safe_text(headline.source) or "unknown"
    return Story(title, url, source, min(headline.time, now), coins, _sentiment(title, headline.votes))


def merge(stories: Iterable[Story], cooperatively: Cooperatively = iter) -> list[Story]:
    """Return one entry per story, the newest first. Of several the first one stands, for the coins of all.

    `cooperatively` gives the items of a list, with a turn for other work in between.
    """
    told: list[tuple[Story, Told]] = []
    frequency: Counter[str] = Counter()
    for each in stories:
        one = Told(each.title, each.time, each.sentiment)
        frequency.update(one.words)
        told.append((each, one))
    known = Known(frequency)
    kept: list[Story] = []
    by_url: dict[str, int] = {}
    for each, one in cooperatively(told):
        address = canonical(each.url)
        place = by_url[address] if address in by_url else known.place(one)
        if place is None:
            by_url[address] = len(kept)
            kept.append(each)
        else:
            by_url[address] = place
            coins = tuple(dict.fromkeys((*kept[place].coins, *each.coins)))
            kept[place] = replace(kept[place], coins=coins)
    return sorted(kept, key=lambda story: (-story.time, story.url))


def _is_news(headline: Headline, now: int) -> bool:
    return now - OLDEST <= headline.time <= now + AHEAD


def _sentiment(title: str, votes: Votes | None) -> str:
    """What readers voted where anybody did, otherwise what the text says."""
    if votes is None or votes.bullish + votes.bearish == 0:
        return judge_text(title).sentiment
    if votes.bullish == votes.bearish:
        return NEUTRAL
    return BULLISH if votes.bullish > votes.bearish else BEARISH
