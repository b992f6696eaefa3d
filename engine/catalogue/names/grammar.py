"""The form of a text: a name without a separator, or a pair, an id and a venue."""

import re
from typing import NamedTuple

from engine.catalogue.folding import LONGEST, fold

_PART = r"[^\W_]|[().$+*!]"
_FORM = re.compile(
    rf"(?:@(?P<id>(?:{_PART}|-)+)|(?P<base>(?:{_PART})+))"
    rf"(?:[/_-](?P<quote>(?:{_PART})+))?"
    r"(?::(?P<venue>[A-Z0-9_]+))?"
)
_ID_FORM = re.compile(rf"@(?P<id>(?:{_PART}|-)+)(?:[/_](?P<quote>(?:{_PART})+))?(?::(?P<venue>[A-Z0-9_]+))?")


class Form(NamedTuple):
    """The parts of a text: a coin's name or `id`, and the optional quote and venue."""

    base: str
    id: str | None
    quote: str | None
    venue: str | None


def form_of(text: str) -> Form | None:
    """Return the parts of a text, `None` for an invalid form: two separators, or over 40 characters."""
    folded = fold(text)
    if len(folded) > LONGEST or len(text) > 2 * LONGEST:
        return None
    match = (_ID_FORM if folded.startswith("@") else _FORM).fullmatch(folded)
    if match is None:
        return None
    id_, venue = match["id"], match["venue"]
    base = "" if id_ else match["base"]
    return Form(base, id_.lower() if id_ else None, match["quote"], venue.lower() if venue else None)
