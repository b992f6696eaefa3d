"""Finding the story that a headline tells again, without comparing it with every other one.

Two titles that have at least 0.8 of their words in common also have one in common among the rarest of each
(prefix filtering, as in "Scaling up all pairs similarity search", Bayardo et al. 2007). So only stories that
share a rare word, were told within the same days and name the same figures are compared.
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
"""Milliseconds within which two alike titles are one story."""
ALIKE = 0.8
"""The share of their words that two titles of one story have in common."""
FEWEST_WORDS = 4
MOST_COMPARED = 20
"""How many a title is compared with: only titles that are made for it have more that are nearly the same."""
BYLINE = re.compile(r"\s+[-|\u2013\u2014]\s+[^-|\u2013\u2014]{2,30}$")
WORD = re.compile(r"\w+")
GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
THOUSANDS = re.compile(r"(?<![\d.])(\d+)[kK]\b")
COIN_NAMES = frozenset(
    name.casefold() for asset in ASSETS for name in (asset.code, asset.symbol, asset.name, *asset.spellings)
)


@dataclass(frozen=True)
class Told:
    """What of a story says whether another one is the same."""

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
        """The same in small letters, each once."""
        return frozenset(word.casefold() for word in self.written)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Those that are figures."""
        return frozenset(word for word in self.words if word[0].isdigit())

    @cached_property
    def names(self) -> frozenset[str]:
        """Its coins, and every other word with a capital: some papers write all of them so."""
        names = {word.casefold() for word in self.written if word[0].isupper()} - COIN_NAMES
        return frozenset(names | {coin.code for coin in coins_in(self.title)})


def same(one: Told, two: Told) -> bool:
    """Nearly the same words within two days, about the same figures and names, and not the contrary."""
    if abs(one.time - two.time) > SAME_STORY or not one.words or not _alike(one.words, two.words):
        return False
    if one.words == two.words:
        return True
    if one.figures != two.figures or one.sentiment != two.sentiment:
        return False
    return not (one.names - two.names and two.names - one.names)


def _alike(own: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(own), len(other)) < FEWEST_WORDS:
        return own == other
    if min(len(own), len(other)) < ALIKE * max(len(own), len(other)):
        return False
    common = len(other.intersection(own))
    return common >= ALIKE * (len(own) + len(other) - common)


class Known:
    """The stories that stand so far, by what another one has in common with them."""

    def __init__(self, frequency: Mapping[str, int]) -> None:
        self._frequency = frequency
        """How many stories have a word."""
        self._stories: list[Told] = []
        self._places: dict[tuple[object, ...], list[int]] = {}

    def place(self, story: Told) -> int | None:
        """The place of the first story that is the same, among those that are looked at; else it is added."""
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

    def _keys(self, story: Told) -> Iterator[tuple[object, ...]]:
        """What two stories that are the same share one of."""
        yield (story.words,)
        if len(story.words) >= FEWEST_WORDS:
            rarest = sorted(story.words, key=lambda word: (self._frequency[word], word))
            for word in rarest[: len(rarest) // 5 + 1]:  # so many cannot all be among the 0.2 that differ
                yield word, story.figures, story.sentiment
