"""The abilities for sentiment, news and market-wide figures."""

from typing import Any, ClassVar

from providers._base._provider import Provider
from providers._errors import BadData
from providers._intervals import DAY
from providers._models import Category, FearGreed, Figures, Headline, Listing, Overview
from providers._reading import readable, reading


class SentimentSource(Provider):
    """A provider of a Fear & Greed index."""

    def fear_greed(self, days: int) -> list[FearGreed]:
        """Return the index of the last `days`, newest first, with at least the newest value.

        A value may be up to a day in the future, since some providers stamp a day with its end.
        """
        with reading(self.name):
            values = self.fetch_fear_greed(days)
        valid = [value for value in values if value.time <= self.now() + DAY]
        return sorted(valid, key=lambda value: -value.time)

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """Request the index in one call. It may return fewer days than requested."""
        raise NotImplementedError


class NewsSource(Provider):
    """A provider of headlines."""

    def headlines(self) -> list[Headline]:
        """Return the newest headlines as they were sent: titles may contain markup."""
        with reading(self.name):
            return self.fetch_headlines()

    def fetch_headlines(self) -> list[Headline]:
        """Request the headlines in one call."""
        raise NotImplementedError


class FeedSource(Provider):
    """A provider of headlines at addresses that the operator may choose, with one call for each."""

    default_feeds: ClassVar[tuple[str, ...]]

    def headlines_of(self, feed: str) -> list[Headline]:
        """Return the newest headlines of one feed."""
        with reading(self.name):
            return self.fetch_headlines_of(feed)

    def fetch_headlines_of(self, feed: str) -> list[Headline]:
        """Request the address `feed` in one call."""
        raise NotImplementedError


class OverviewSource(Provider):
    """A provider of market-wide figures."""

    def overview(self) -> Overview:
        """Return the market overview. Unknown figures are `None`; raise `BadData` if all are unknown."""
        with reading(self.name):
            overview = self.fetch_overview()
        if overview == Overview():
            raise BadData(f"{self.name} sent an overview without figures")
        return overview

    def fetch_overview(self) -> Overview:
        """Request the overview in one call."""
        raise NotImplementedError


class ListingSource(Provider):
    """A provider of the largest coins, those that the engine does not serve included."""

    def listings(self) -> list[Listing]:
        """Return the 250 largest coins."""
        with reading(self.name):
            return self.fetch_listings()

    def fetch_listings(self) -> list[Listing]:
        """Request the listings in one call."""
        raise NotImplementedError


class FigureSource(Provider):
    """A provider of market-wide figures of its largest coins, under ids of its own."""

    figures_weight: ClassVar[int] = 1
    """What the calls for its figures take of its rate limit."""

    def figures(self) -> list[Figures]:
        """Return the figures of its largest coins. A row that cannot be read is left out."""
        with reading(self.name):
            rows = self.fetch_figures()
            return self._runner(lambda: readable(rows, self.read_figures))

    def fetch_figures(self) -> list[Any]:
        """Request the figures, for rows as they are sent."""
        raise NotImplementedError

    def read_figures(self, row: Any) -> Figures | None:
        """Parse a row; `None` where its coin has no price. Raises an `UNREADABLE`."""
        raise NotImplementedError


class TrendingSource(Provider):
    """A provider of the most searched coins."""

    def trending(self) -> list[Listing]:
        """Return the most searched coins, the most searched one first."""
        with reading(self.name):
            return self.fetch_trending()

    def fetch_trending(self) -> list[Listing]:
        """Request the trending coins in one call."""
        raise NotImplementedError


class CategorySource(Provider):
    """A provider of categories of coins."""

    def categories(self) -> list[Category]:
        """Return all categories in the provider's order, the largest first."""
        with reading(self.name):
            return self.fetch_categories()

    def fetch_categories(self) -> list[Category]:
        """Request the categories in one call."""
        raise NotImplementedError
