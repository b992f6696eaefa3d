"""Read the stories of a feed with expat.

Prefixes need no declaration: a name counts if it has the prefix of its story. Declarations of the document
are ignored, so that no entity expands and no other file is read.
"""

import re
from xml.parsers import expat

from providers._errors import BadData
from providers._feeds._dates import milliseconds

Story = tuple[str, str, int]
"""Title, link and time in Unix milliseconds."""

DEEPEST = 100
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 256
OVERLOADED = re.compile(
    rf"""<[^\s<>!?/][^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+){{{MAX_ATTRIBUTES + 1}}}"""
)
"""A tag with too many attributes. Expat reports them only after it has parsed all of them."""
ROOTS = frozenset({"rss", "rdf", "feed"})
STORIES = frozenset({"item", "entry"})
FIELDS = {
    "title": "title",
    "link": "link",
    "guid": "guid",
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "updated": "updated",
    "modified": "updated",
    "date": "updated",
}
"""The meaning of each element of a story, by its name in lower case."""
SHARED_PREFIXES = frozenset({"dc", "dcterms", "atom"})
"""Prefixes whose names mean the same in every story. Elements of other prefixes are unrelated."""


class NotWellFormed(Exception):
    """The text is not well-formed XML."""


def read(text: str) -> list[Story]:
    """Return the stories that have a title, a link and a date.

    Raises `NotWellFormed`, or `BadData` if the text is not a feed, exceeds a limit, or has no such story.
    """
    if OVERLOADED.search(text):
        raise BadData("a tag has too many attributes")
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    reader.listen(parser)
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        if not reader.complete:  # anything after a complete feed is ignored
            raise NotWellFormed(expat.ErrorString(error.code)) from None
    if reader.count and not reader.stories:
        raise BadData("no story has a title, a link and a time")
    return reader.stories


class _Reader:
    """The state of one pass over a feed."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.count = 0
        self.complete = False
        self._depth = self._elements = 0
        self._story: dict[str, str] | None = None
        self._story_depth = 0
        self._prefix = ""
        self._field = ""
        self._letters: list[str] | None = None

    def listen(self, parser: expat.XMLParserType) -> None:
        """Register the handlers with `parser`."""
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SkippedEntityHandler = self._skipped_entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MAX_ELEMENTS:
            raise BadData("the feed has too many elements, or nests them too deeply")
        prefix, _, local = name.lower().rpartition(":")
        if self._depth == 1 and local not in ROOTS:
            raise BadData("the document is neither RSS nor Atom")
        if self._story is None:
            if local in STORIES:
                self._story, self._story_depth, self._prefix = {}, self._depth, prefix
        elif self._depth == self._story_depth + 1:
            self._begin(self._story, prefix, local, attributes)

    def _begin(self, story: dict[str, str], prefix: str, local: str, attributes: dict[str, str]) -> None:
        field = FIELDS.get(local, "")
        if prefix != self._prefix and prefix not in SHARED_PREFIXES:
            return
        if field == "link" and "href" in attributes:
            if attributes.get("rel", "alternate") == "alternate":
                story.setdefault("link", attributes["href"].strip())
        elif field and not (field == "guid" and attributes.get("isPermaLink") == "false"):
            self._field, self._letters = field, []

    def _characters(self, letters: str) -> None:
        if self._letters is not None:
            self._letters.append(letters)

    def _end(self, name: str) -> None:
        if self._story is not None and self._depth == self._story_depth:
            self._finish(self._story)
            self._story = None
        elif self._story is not None and self._depth == self._story_depth + 1 and self._letters is not None:
            if text := "".join(self._letters).strip():
                self._story.setdefault(self._field, text)
            self._letters = None
        self._depth -= 1
        self.complete = self._depth == 0

    def _finish(self, story: dict[str, str]) -> None:
        self.count += 1
        title, link = story.get("title"), story.get("link") or story.get("guid")
        dates = (milliseconds(story[field]) for field in ("published", "updated") if field in story)
        time = next((date for date in dates if date is not None), None)
        if title and link and time is not None:
            self.stories.append((title, link, time))

    def _doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if has_subset:
            raise BadData("the feed declares entities")

    def _skipped_entity(self, name: str, parameter: bool) -> None:
        raise NotWellFormed(f"the entity {name[:40]} is undeclared")
