"""Repair XML that is not well-formed where its meaning is clear."""

import re
from html.entities import html5
from xml.sax.saxutils import escape

MAX_REPAIRS = 100_000
"""Repairs at most. A feed that needs more stays broken, and is refused."""
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 forbids."""
DOUBTFUL = re.compile(
    r"""
    < (?P<literal> !\[CDATA\[ .*? (?:\]\]>|\Z) )
    | < (?P<comment> !-- .*? (?:-->|\Z) )
    | & (?: \#(?P<decimal>[0-9]{1,7}); | \#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6}); | (?P<name>\w{1,31}); )?
    | < (?![^\W\d]|[:/!?])
    | \]\]>
    """,
    re.S | re.X,
)
"""Each alternative begins with one known character, so that the search can skip all others."""


def repaired(text: str) -> str:
    """Return `text` without unknown references, bare `&` and `<`, and forbidden characters."""
    return DOUBTFUL.sub(_repair, FORBIDDEN.sub("", text), count=MAX_REPAIRS)


def _repair(place: re.Match[str]) -> str:
    if place["literal"]:
        return place[0]
    if place["comment"]:
        return ""
    if place[0] == "<":
        return "&lt;"
    if place[0] == "]]>":
        return "]]&gt;"
    if number := place["decimal"] or place["hexadecimal"]:
        return _character(int(number, 10 if place["decimal"] else 16))
    name = place["name"] or ""
    if name in XML_ENTITIES:
        return place[0]
    letters = html5.get(f"{name};")
    return f"&amp;{place[0][1:]}" if letters is None else escape(letters)


def _character(number: int) -> str:
    """Return a character by its number, escaped for XML; an empty text if XML forbids it."""
    character = chr(number) if number <= 0x10FFFF else "\ufffe"
    return "" if FORBIDDEN.match(character) else escape(character)
