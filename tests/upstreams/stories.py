"""The news of the invented market: the same stories for every provider, a new one every twenty minutes."""

from __future__ import annotations

from dataclasses import dataclass

from .coins import COINS, TRADED
from .market import Market
from .walk import draw

EVERY = 20 * 60_000
COINS_IN_NEWS = tuple(code for code in TRADED if code != "USDC")
"""The coins that stories are about: those that are listed."""
UP = (
    "{name} rallies as demand grows",
    "{name} surges past resistance",
    "Inflows lift {name} to a weekly high",
)
DOWN = ("{name} slides as sellers return", "{name} slumps after outflows", "Liquidations drag {name} lower")
LEVEL = (
    "{name} developers publish a roadmap",
    "A look at {name} by the numbers",
    "What to know about {name}",
)


@dataclass(frozen=True)
class Story:
    """A story. `number` counts from the epoch; `sentiment` is 1, -1 or 0."""

    number: int
    code: str
    title: str
    time_ms: int
    sentiment: int
    link: str = ""

    @property
    def url(self) -> str:
        """Return the address of the story."""
        return self.link or f"https://news.example/{self.code.lower()}/{self.number}"


def stories(market: Market, now_ms: int, count: int) -> list[Story]:
    """Return the newest stories, newest first."""
    newest = now_ms // EVERY
    return [_story(market, number) for number in range(newest, newest - count, -1)]


def fear_greed(market: Market, at_ms: int) -> tuple[int, str]:
    """Return the index of a day and its class: greed after a week in which bitcoin rose."""
    value = round(min(95.0, max(5.0, 50 + 4 * market.ticker("BTC", at_ms).change_7d)))
    words = ((25, "Extreme Fear"), (46, "Fear"), (55, "Neutral"), (75, "Greed"))
    return value, next((word for most, word in words if value < most), "Extreme Greed")


def _story(market: Market, number: int) -> Story:
    which, kind, words = draw(market.seed, "story", number)[:3]
    code = COINS_IN_NEWS[int(which * len(COINS_IN_NEWS))]
    sentiment = (1, -1, 0)[int(kind * 3)]
    titles = {1: UP, -1: DOWN, 0: LEVEL}[sentiment]
    name = code if code in ("XLM", "ATOM", "OP", "NEAR", "PEPE", "APT", "SUI", "POL") else COINS[code].name
    title = f"{titles[int(words * len(titles))].format(name=name)}, report {number}"
    return Story(number, code, title, number * EVERY, sentiment)
