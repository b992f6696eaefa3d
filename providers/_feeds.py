"""Reading RSS and Atom that strangers wrote.

feedparser knows the dialects, but mends what is broken with a slow parser of its own, and relies on
patterns to keep entities out. So defusedxml looks first: what declares entities, refers to other files
or is not well-formed never gets to it.
"""

import calendar
import io
from collections.abc import Iterable, Iterator
from typing import Any

import feedparser
from defusedxml import DefusedXmlException, ElementTree

from providers._errors import BadData
from providers._models import SECOND

MOST_BYTES = 2 * 1024 * 1024
"""What is larger is no news feed, and would keep a processor busy."""
DEEPEST = 100
MOST_ELEMENTS = 20_000


def entries(body: bytes) -> list[tuple[str, str, int]]:
    """Title, link and time of each story; those that lack one of them or date it wrongly are left out.

    Raises `BadData` where that is so for all of them, and for what is no feed.
    """
    _inspect(body)
    # As a stream: given bytes, feedparser would try them as the name of a file.
    feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not feed.version:
        raise BadData("neither RSS nor Atom")
    found = list(_complete(feed.entries))
    if feed.entries and not found:
        raise BadData("no story with a title, a link and a time")
    return found


def _complete(stories: Iterable[Any]) -> Iterator[tuple[str, str, int]]:
    for entry in stories:
        when = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        time = _milliseconds(when)
        if entry.get("title") and entry.get("link") and time is not None:
            yield entry["title"], entry["link"], time


def _inspect(body: bytes) -> None:
    """Raises `BadData` for what is too large, too deep, not well-formed, or not to be trusted."""
    if len(body) > MOST_BYTES:
        raise BadData(f"a feed of more than {MOST_BYTES} bytes")
    depth = count = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(body), ("start", "end"), forbid_external=True):
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > DEEPEST or count > MOST_ELEMENTS:
                raise BadData("a feed of too many elements, or of elements in elements without end")
            if event == "end":
                element.clear()
    except (DefusedXmlException, ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadData(f"XML that is not to be read: {type(error).__name__}") from error


def _milliseconds(time: Any) -> int | None:
    """A time as feedparser gives it, in UTC; `None` for what it could not make sense of."""
    try:
        return None if time is None else calendar.timegm(time) * SECOND
    except ValueError:  # before the year 1
        return None
