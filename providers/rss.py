"""News feeds, RSS 2.0 and Atom: https://www.rssboard.org/rss-specification."""

from urllib.parse import urlsplit

from providers._base import FeedSource
from providers._feeds import entries
from providers._models import Headline, RateLimit


class Rss(FeedSource):
    """Keyless. Each feed has its own host.

    A configured base URL is a prefix for all feeds: the provider then requests `https://decrypt.co/feed` at
    `<base URL>/decrypt.co/feed`.
    """

    name = "rss"
    default_feeds = (
        "https://www.coindesk.com/arc/outboundfeeds/rss",
        "https://cointelegraph.com/rss",
        "https://decrypt.co/feed",
        "https://www.theblock.co/rss.xml",
    )
    base_urls = (
        "https://www.coindesk.com",
        "https://cointelegraph.com",
        "https://decrypt.co",
        "https://www.theblock.co",
    )
    priority = 58
    rate_limit = RateLimit(60, 60)

    def headers(self) -> dict[str, str]:
        """Return the accepted types, which some hosts check."""
        return {"Accept": "application/rss+xml, application/atom+xml, application/xml, text/xml"}

    def fetch_headlines_of(self, feed: str) -> list[Headline]:
        """Request one feed. Omit stories without a title, a link or a valid time."""
        parts = urlsplit(feed)
        host = f"{parts.scheme}://{parts.netloc}"
        if self._hosts is not self.base_urls:
            host = f"{self._hosts[0]}/{parts.netloc}"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        name = (parts.hostname or "").removeprefix("www.")
        stories = self.ask_text(path, entries, [host])
        return [Headline(title, url, name, time) for title, url, time in stories]
