"""The stories of a feed, read by expat.

Prefixes need not be declared: a name counts where it has the prefix of the story that it belongs to.
Nothing that a document declares is believed, so that nothing grows and nothing else is read.
"""

import re
from xml.parsers import expat

from providers._errors import BadData
from providers._feeds._dates import milliseconds

Story = tuple[str, str, int]
"""Title, link and time in Unix milliseconds."""

DEEPEST = 100
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 256
OVERLOADED = re.compile(
    rf"""<[^\s<>!?/][^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+){{{MOST_ATTRIBUTES + 1}}}"""
)
"""A tag of too many attributes: expat hands over all of them at once, when the work has been done."""
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
"""What a name in a story means, in small letters."""
SHARED_PREFIXES = frozenset({"dc", "dcterms", "atom"})
"""Prefixes under which these names mean the same in every story; others have titles of their own."""


class NotWellFormed(Exception):
    """The text is no XML as it stands."""


def read(text: str) -> list[Story]:
    """Return the stories that have a title, a link and a date.

    Raises `NotWellFormed`; `BadData` for what is no feed or not to be trusted, and where no story has these.
    """
    if OVERLOADED.search(text):
        raise BadData("a tag of too many attributes")
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    reader.listen(parser)
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        if not reader.complete:  # what follows a whole feed is not looked at
            raise NotWellFormed(expat.ErrorString(error.code)) from None
    if reader.told and not reader.stories:
        raise BadData("no story with a title, a link and a time")
    return reader.stories


class _Reader:
    """What has been read so far."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.told = 0
        self.complete = False
        self._depth = self._elements = 0
        self._story: dict[str, str] | None = None
        self._story_depth = 0
        self._prefix = ""
        self._field = ""
        self._letters: list[str] | None = None

    def listen(self, parser: expat.XMLParserType) -> None:
        """Have `parser` tell what it finds."""
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._declared
        parser.SkippedEntityHandler = self._unknown

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise BadData("a feed of too many elements, or of elements in elements without end")
        prefix, _, local = name.lower().rpartition(":")
        if self._depth == 1 and local not in ROOTS:
            raise BadData("neither RSS nor Atom")
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

    def _said(self, letters: str) -> None:
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
        self.told += 1
        title, link = story.get("title"), story.get("link") or story.get("guid")
        dates = (milliseconds(story[field]) for field in ("published", "updated") if field in story)
        time = next((date for date in dates if date is not None), None)
        if title and link and time is not None:
            self.stories.append((title, link, time))

    def _declared(self, name: str, system: str | None, public: str | None, own: int) -> None:
        if own:
            raise BadData("a feed that declares entities")

    def _unknown(self, name: str, parameter: bool) -> None:
        raise NotWellFormed(f"the entity {name[:40]} is not declared")
