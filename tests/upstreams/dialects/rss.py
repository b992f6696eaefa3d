"""News feeds under the name of their host: RSS 2.0, and Atom at www.theblock.co."""

from __future__ import annotations

from email.utils import formatdate
from html import escape

from ..feed import Feed
from ..stories import Story
from ..wire import NOT_FOUND, Answer, Request, iso

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as the feed's host does."""
    host, _, path = request.path.strip("/").partition("/")
    if not path:
        return NOT_FOUND
    newest = feed.stories(40)
    if host == "www.theblock.co":
        entries = "".join(_entry(story, feed) for story in newest)
        return _xml(f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>{host}</title>{entries}</feed>')
    items = "".join(_item(story, host, feed) for story in newest)
    kind = f"<!DOCTYPE rss [{LAUGHS}]>" if feed.has("laughs") else ""
    if feed.has("entity"):
        kind = '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
    title = "&l9;" if kind else host
    return _xml(f'{HEAD}{kind}<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>')


def _item(story: Story, host: str, feed: Feed) -> str:
    link = escape(f"{story.url}?utm_source={host}&utm_medium=rss")
    date = feed.stamp(formatdate(story.time_ms / 1000, usegmt=True))
    return f"<item><title>{escape(story.title)}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def _entry(story: Story, feed: Feed) -> str:
    return (
        f'<entry><title>{escape(story.title)}</title><link href="{escape(story.url)}"/>'
        f"<id>{story.number}</id><updated>{feed.stamp(iso(story.time_ms))}</updated></entry>"
    )


def _xml(text: str) -> Answer:
    return Answer(text.encode())
