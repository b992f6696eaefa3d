"""Reading RSS and Atom that strangers wrote: one pass of expat, within bounds, after one repair at most."""

from providers._errors import BadData
from providers._feeds._charset import decoded
from providers._feeds._reader import NotWellFormed, Story, read
from providers._feeds._repair import repaired

__all__ = ["MOST_BYTES", "Story", "entries"]

MOST_BYTES = 2 * 1024 * 1024
"""What is larger is no news feed, and would keep a processor busy."""


def entries(body: bytes, content_type: str = "") -> list[Story]:
    """Return the title, link and time of each story; one that lacks any of them is left out.

    Raises `BadData` where that is so for all of them, and for what is no feed.
    """
    if len(body) > MOST_BYTES:
        raise BadData(f"a feed of more than {MOST_BYTES} bytes")
    text = decoded(body, content_type)
    try:
        return read(text)
    except NotWellFormed:
        try:
            return read(repaired(text))
        except NotWellFormed as error:
            raise BadData(f"XML that is not well-formed: {error}") from None
