"""Merge the headlines of many providers into one list of stories. Pure functions."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from heapq import nlargest
from typing import Any

import msgspec
from msgspec.structs import replace

from engine.analysis.headlines._alike import Features, Known
from engine.analysis.headlines._coins import coins_in, full_name
from engine.analysis.headlines._text import canonical, safe_text, safe_url
from engine.analysis.scorer import BEARISH, BULLISH, NEUTRAL, judge_text
from providers import Asset, Headline, Votes

__all__ = ["Story", "full_name", "merge", "newest", "safe_text", "safe_url", "story"]

Cooperatively = Callable[[Iterable[Any]], Iterable[Any]]

AHEAD = 3_600_000
"""Milliseconds that a provider's clock may be ahead of ours."""
OLDEST = 30 * 86_400_000
"""Milliseconds after which a headline is no news."""
JUDGED = 2_048
"""How many titles the sentiment is kept of: a refresh brings mostly titles of the one before."""


class Story(msgspec.Struct, frozen=True):
    """A headline that is safe to show: `time` in Unix milliseconds, `sentiment` one of three words."""

    title: str
    url: str
    source: str
    time: int
    coins: tuple[Asset, ...]
    sentiment: str


def newest(headlines: Sequence[Headline], now: int, most: int) -> Sequence[Headline]:
    """Return at most `most` of the newest headlines that are news, because scoring each takes time."""
    if len(headlines) <= most:
        return headlines
    return nlargest(most, (one for one in headlines if _is_news(one, now)), key=lambda one: one.time)


def story(headline: Headline, now: int) -> Story | None:
    """Return the story of a headline; `None` without a title or URL to show, or with an impossible time."""
    title, url = safe_text(headline.title), safe_url(headline.url)
    if not title or url is None or not _is_news(headline, now):
        return None
    coins = tuple(coins_in(title, headline.codes))
    source = safe_text(headline.source) or "unknown"
    return Story(title, url, source, min(headline.time, now), coins, _sentiment(title, headline.votes))


def merge(stories: Iterable[Story], cooperatively: Cooperatively = iter) -> list[Story]:
    """Return one entry per story, the newest first: the first headline, with the coins of all.

    `cooperatively` yields the items of a list, and lets other work run in between.
    """
    features: list[tuple[Story, Features]] = []
    frequency: Counter[str] = Counter()
    for each in stories:
        one = Features(each.title, each.time, each.sentiment)
        frequency.update(one.words)
        features.append((each, one))
    known = Known(frequency)
    kept: list[Story] = []
    by_url: dict[str, int] = {}
    for each, one in cooperatively(features):
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
    """Return the votes of readers if there are any, otherwise the sentiment of the text."""
    if votes is None or votes.bullish + votes.bearish == 0:
        return _judged(title)
    if votes.bullish == votes.bearish:
        return NEUTRAL
    return BULLISH if votes.bullish > votes.bearish else BEARISH


@lru_cache(maxsize=JUDGED)
def _judged(title: str) -> str:
    return judge_text(title).sentiment
