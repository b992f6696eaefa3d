"""Names of RSS feeds. A pure function."""

from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit


def feed_names(feeds: Iterable[str]) -> dict[str, str]:
    """Name each feed by its host; with the path if several share the host, and a number if they share both.

    Queries are left out, because they may contain a key.
    """
    parts = {feed: urlsplit(feed) for feed in feeds}
    hosts = Counter(part.netloc for part in parts.values())
    names: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for feed, part in parts.items():
        name = part.netloc.removeprefix("www.") + (part.path if hosts[part.netloc] > 1 else "")
        taken[name] += 1
        names[feed] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return names
