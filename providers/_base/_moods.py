"""The abilities about the mood and the market as a whole."""

from typing import ClassVar

from providers._base._provider import Provider
from providers._errors import BadData
from providers._models import DAY, Category, FearGreed, Headline, Listing, Overview
from providers._reading import reading


class SentimentSource(Provider):
    """Has a Fear & Greed index."""

    def fear_greed(self, days: int) -> list[FearGreed]:
        """The index of the last `days`, newest first; at least the newest one.

        Some stamp a day with its end; what is further ahead is of no day that we know.
        """
        with reading(self.name):
            told = self.fetch_fear_greed(days)
        known = [one for one in told if one.time <= self.now() + DAY]
        return sorted(known, key=lambda one: -one.time)

    def fetch_fear_greed(self, days: int) -> list[FearGreed]:
        """One call; fewer days than asked for may come back."""
        raise NotImplementedError


class NewsSource(Provider):
    """Has headlines."""

    def headlines(self) -> list[Headline]:
        """The newest headlines, as they were sent: titles may contain anything."""
        with reading(self.name):
            return self.fetch_headlines()

    def fetch_headlines(self) -> list[Headline]:
        """One call."""
        raise NotImplementedError


class FeedSource(Provider):
    """Has headlines at addresses that an operator may choose, each of them a call of its own."""

    default_feeds: ClassVar[tuple[str, ...]]

    def headlines_of(self, feed: str) -> list[Headline]:
        """The newest headlines of one feed."""
        with reading(self.name):
            return self.fetch_headlines_of(feed)

    def fetch_headlines_of(self, feed: str) -> list[Headline]:
        """One call to the address `feed`."""
        raise NotImplementedError


class OverviewSource(Provider):
    """Has figures of the whole market."""

    def overview(self) -> Overview:
        """The market as a whole; what it does not know is `None`. Raises `BadData` where it knows nothing."""
        with reading(self.name):
            overview = self.fetch_overview()
        if overview == Overview():
            raise BadData(f"{self.name} sent no figure of the market")
        return overview

    def fetch_overview(self) -> Overview:
        """One call."""
        raise NotImplementedError


class ListingSource(Provider):
    """Has the largest coins, whether we serve them or not."""

    def listings(self) -> list[Listing]:
        """The 250 largest coins."""
        with reading(self.name):
            return self.fetch_listings()

    def fetch_listings(self) -> list[Listing]:
        """One call."""
        raise NotImplementedError


class TrendingSource(Provider):
    """Knows which coins people look for."""

    def trending(self) -> list[Listing]:
        """The coins that are looked for most, first of all."""
        with reading(self.name):
            return self.fetch_trending()

    def fetch_trending(self) -> list[Listing]:
        """One call."""
        raise NotImplementedError


class CategorySource(Provider):
    """Sorts coins into categories."""

    def categories(self) -> list[Category]:
        """All categories, the largest first as it says."""
        with reading(self.name):
            return self.fetch_categories()

    def fetch_categories(self) -> list[Category]:
        """One call."""
        raise NotImplementedError
