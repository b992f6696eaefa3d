"""Mending XML that is not well-formed, where it is clear what was meant."""

import re
from html.entities import html5
from xml.sax.saxutils import escape

MOST_REPAIRS = 100_000
"""Places that are looked at; what has more stays broken, and is refused."""
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Letters that XML 1.0 does not have."""
DOUBTFUL = re.compile(
    r"""
    (?P<literal> <!\[CDATA\[ .*? (?:\]\]>|\Z) )
    | (?P<comment> <!-- .*? (?:-->|\Z) )
    | & (?: \#(?P<decimal>[0-9]{1,7}); | \#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6}); | (?P<name>\w{1,31}); )?
    | (?P<angle> < (?![^\W\d]|[:/!?]) )
    | (?P<bracket> \]\]> )
    """,
    re.S | re.X,
)


def repaired(text: str) -> str:
    """Return `text` with references that XML knows, no bare `&` and `<`, and no letters that it forbids."""
    return DOUBTFUL.sub(_mended, FORBIDDEN.sub("", text), count=MOST_REPAIRS)


def _mended(place: re.Match[str]) -> str:
    if place["literal"]:
        return place[0]
    if place["comment"]:
        return ""
    if place["angle"]:
        return "&lt;"
    if place["bracket"]:
        return "]]&gt;"
    if number := place["decimal"] or place["hexadecimal"]:
        return _letter(int(number, 10 if place["decimal"] else 16))
    name = place["name"] or ""
    if name in XML_ENTITIES:
        return place[0]
    letters = html5.get(f"{name};")
    return f"&amp;{place[0][1:]}" if letters is None else escape(letters)


def _letter(number: int) -> str:
    """A letter by its number, as text of XML; nothing for one that XML does not have."""
    letter = chr(number) if number <= 0x10FFFF else "\ufffe"
    return "" if FORBIDDEN.match(letter) else escape(letter)
