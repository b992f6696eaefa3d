"""From many providers' headlines to one list of stories. Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.headlines._coins import coins_in
from engine.headlines._text import canonical, safe_text, safe_url
from engine.scorer import BEARISH, BULLISH, NEUTRAL, judge_text
from providers import ASSETS, Asset, Headline, Votes

__all__ = ["Story", "merge", "safe_text", "safe_url", "story"]

AHEAD = 3_600_000
"""Milliseconds that a provider's clock may be ahead of ours."""
OLDEST = 30 * 86_400_000
"""Milliseconds after which a headline is no news."""
SAME_STORY = 172_800_000
"""Milliseconds within which two alike titles are one story."""
ALIKE = 0.8
"""The share of their words that two titles of one story have in common."""
FEWEST_WORDS = 4
BYLINE = re.compile(r"\s+[-|\u2013\u2014]\s+[^-|\u2013\u2014]{2,30}$")
WORD = re.compile(r"\w+")
GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
THOUSANDS = re.compile(r"(?<![\d.])(\d+)[kK]\b")
COIN_NAMES = frozenset(
    name.casefold() for asset in ASSETS for name in (asset.code, asset.symbol, asset.name, *asset.spellings)
)


@dataclass(frozen=True, slots=True)
class Story:
    """A headline that is safe to show: `time` in Unix milliseconds, `sentiment` one of three words."""

    title: str
    url: str
    source: str
    time: int
    coins: tuple[Asset, ...]
    sentiment: str


def story(headline: Headline, now: int) -> Story | None:
    """The story of a headline; `None` without a title or an address to be shown, or with an odd time."""
    title, url = safe_text(headline.title), safe_url(headline.url)
    if not title or url is None or not now - OLDEST <= headline.time <= now + AHEAD:
        return None
    coins = tuple(coins_in(title, headline.codes))
    source = safe_text(headline.source) or "unknown"
    return Story(title, url, source, min(headline.time, now), coins, _sentiment(title, headline.votes))


def merge(stories: Iterable[Story]) -> list[Story]:
    """One entry per story, the newest first. Of several the first one stands, for the coins of all."""
    kept: list[Story] = []
    words: list[frozenset[str]] = []
    by_url: dict[str, int] = {}
    for each in stories:
        address, own = canonical(each.url), _words(each.title)
        place = by_url.get(address)
        if place is None:
            place = next((n for n, other in enumerate(words) if _same(own, other, each, kept[n])), None)
        if place is None:
            by_url[address] = len(kept)
            kept.append(each)
            words.append(own)
        else:
            by_url[address] = place
            coins = tuple(dict.fromkeys((*kept[place].coins, *each.coins)))
            kept[place] = replace(kept[place], coins=coins)
    return sorted(kept, key=lambda story: (-story.time, story.url))


def _sentiment(title: str, votes: Votes | None) -> str:
    """What readers voted where anybody did, otherwise what the text says."""
    if votes is None or votes.bullish + votes.bearish == 0:
        return judge_text(title).sentiment
    if votes.bullish == votes.bearish:
        return NEUTRAL
    return BULLISH if votes.bullish > votes.bearish else BEARISH


def _words(title: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _written(title))


def _written(title: str) -> list[str]:
    """The words without a byline; 90,000 and 90K are 90000."""
    plain = GROUPED.sub("", BYLINE.sub("", title))
    return WORD.findall(THOUSANDS.sub(r"\g<1>000", plain))


def _same(own: frozenset[str], other: frozenset[str], one: Story, two: Story) -> bool:
    """Nearly the same words within two days, about the same figures and names, and not the contrary."""
    if abs(one.time - two.time) > SAME_STORY or not own or not _alike(own, other):
        return False
    if own == other:
        return True
    alike = _figures(own) == _figures(other) and one.sentiment == two.sentiment
    return alike and not _about_others(one.title, two.title)


def _alike(own: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(own), len(other)) < FEWEST_WORDS:
        return own == other
    if min(len(own), len(other)) < ALIKE * max(len(own), len(other)):
        return False
    common = len(other.intersection(own))
    return common >= ALIKE * (len(own) + len(other) - common)


def _about_others(one: str, two: str) -> bool:
    """Whether each title names what the other does not: another coin, another company, another day."""
    names, others = _names(one), _names(two)
    return bool(names - others and others - names)


def _names(title: str) -> set[str]:
    """Its coins, and every other word with a capital: some papers write all of them so."""
    names = {word.casefold() for word in _written(title) if word[0].isupper()} - COIN_NAMES
    return names | {coin.code for coin in coins_in(title)}


def _figures(words: frozenset[str]) -> set[str]:
    return {word for word in words if word[0].isdigit()}
