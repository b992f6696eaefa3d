"""Parse untrusted RSS and Atom: one pass of expat, within limits, after one repair at most."""

from providers._errors import BadData
from providers._feeds._charset import decoded
from providers._feeds._reader import NotWellFormed, Story, read
from providers._feeds._repair import repaired

__all__ = ["MAX_BYTES", "Story", "entries"]

MAX_BYTES = 2 * 1024 * 1024
"""A larger body is not a news feed, and would take too much processor time."""


def entries(body: bytes, content_type: str = "") -> list[Story]:
    """Return the title, link and time of each story. Stories that lack one of them are omitted.

    Raises `BadData` if that omits all stories, or if the body is not a feed.
    """
    if len(body) > MAX_BYTES:
        raise BadData(f"the feed has more than {MAX_BYTES} bytes")
    text = decoded(body, content_type)
    try:
        return read(text)
    except NotWellFormed:
        try:
            return read(repaired(text))
        except NotWellFormed as error:
            raise BadData(f"the XML is not well-formed: {error}") from None
