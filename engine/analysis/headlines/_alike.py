"""Find the story that a headline repeats, without comparing it with all others.

Two titles that share at least 0.8 of their words also share one of the rarest words of each (prefix
filtering, as in "Scaling up all pairs similarity search", Bayardo et al. 2007). So only stories are compared
that share a rare word, appeared within the same days and name the same figures.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import merge as in_order
from itertools import groupby, islice

from engine.analysis.headlines._coins import coins_in
from providers import ASSETS

SAME_STORY = 172_800_000
"""Milliseconds within which two similar titles are one story."""
ALIKE = 0.8
"""The share of words that two titles of one story have in common."""
FEWEST_WORDS = 4
MOST_COMPARED = 20
"""How many stories a title is compared with; only titles made for the purpose have more near copies."""
BYLINE = re.compile(r"\s+[-|\u2013\u2014]\s+[^-|\u2013\u2014]{2,30}$")
WORD = re.compile(r"\w+")
GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
THOUSANDS = re.compile(r"(?<![\d.])(\d+)[kK]\b")
COIN_NAMES = frozenset(
    name.casefold() for asset in ASSETS for name in (asset.code, asset.symbol, asset.name, *asset.spellings)
)


@dataclass(frozen=True)
class Features:
    """The features of a story that identify repetitions."""

    title: str
    time: int
    sentiment: str

    @cached_property
    def written(self) -> list[str]:
        """The words without a byline; 90,000 and 90K are 90000."""
        plain = GROUPED.sub("", BYLINE.sub("", self.title))
        return WORD.findall(THOUSANDS.sub(r"\g<1>000", plain))

    @cached_property
    def words(self) -> frozenset[str]:
        """The same in lower case, each once."""
        return frozenset(word.casefold() for word in self.written)

    @cached_property
    def figures(self) -> frozenset[str]:
        """The words that are figures."""
        return frozenset(word for word in self.words if word[0].isdigit())

    @cached_property
    def names(self) -> frozenset[str]:
        """Its coins, and every other capitalised word, because some papers capitalise all words."""
        names = {word.casefold() for word in self.written if word[0].isupper()} - COIN_NAMES
        return frozenset(names | {coin.code for coin in coins_in(self.title)})


def same(one: Features, two: Features) -> bool:
    """Return whether two titles have nearly the same words, figures and names within two days.

    Opposite words make them different stories.
    """
    if abs(one.time - two.time) > SAME_STORY or not one.words or not _alike(one.words, two.words):
        return False
    if one.words == two.words:
        return True
    if one.figures != two.figures or one.sentiment != two.sentiment:
        return False
    return not (one.names - two.names and two.names - one.names)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < FEWEST_WORDS:
        return one == other
    if min(len(one), len(other)) < ALIKE * max(len(one), len(other)):
        return False
    common = len(other.intersection(one))
    return common >= ALIKE * (len(one) + len(other) - common)


class Known:
    """The stories so far, by the features that repetitions share."""

    def __init__(self, frequency: Mapping[str, int]) -> None:
        self._frequency = frequency
        """How many stories contain a word."""
        self._stories: list[Features] = []
        self._places: dict[tuple[object, ...], list[int]] = {}

    def place(self, story: Features) -> int | None:
        """Return the index of the first equal story among those compared; otherwise add the story."""
        day, keys = story.time // SAME_STORY, [*self._keys(story)]
        found = (self._places.get((near, *key)) for near in (day - 1, day, day + 1) for key in keys)
        places = in_order(*filter(None, found))
        compared = islice((place for place, _ in groupby(places)), MOST_COMPARED)
        first = next((place for place in compared if same(story, self._stories[place])), None)
        if first is None:
            for key in keys:
                self._places.setdefault((day, *key), []).append(len(self._stories))
            self._stories.append(story)
        return first

    def _keys(self, story: Features) -> Iterator[tuple[object, ...]]:
        """Yield keys of which equal stories share at least one."""
        yield (story.words,)
        if len(story.words) >= FEWEST_WORDS:
            rarest = sorted(story.words, key=lambda word: (self._frequency[word], word))
            for word in rarest[
                : len(rarest) // 5 + 1
            ]:  # so many words cannot all be among the 0.2 that differ
                yield word, story.figures, story.sentiment
