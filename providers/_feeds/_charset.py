"""The charset of a feed: what its bytes show counts more than what it says."""

import codecs
import re
from itertools import islice

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<\x00", "utf-16-be"),
)
"""Byte order marks, and how a feed without one begins in UTF-16."""
NAMED = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>", re.I)
BLANK = "\ufeff\x00 \t\r\n\v\f"
KNOWN = re.compile(
    r"(windows|cp)-?(125\d|874)|iso-?8859-?\d{1,2}|latin-?[1-9]|(us-)?ascii|koi8-[ru]|mac-?roman|"
    r"gb(k|2312|18030)|big5(-hkscs)?|shift_?jis|euc-?(jp|kr)|iso-2022-(jp|kr)",
    re.I,
)
"""Charsets that are read where they are named; Python knows more, and some of them take very long."""
LATIN = re.compile(r"iso-?8859-?1|latin-?1|(us-)?ascii", re.I)
"""Names under which windows-1252 is sent, as every browser takes them."""
WINDOWS = re.compile(r"windows-?|cp-", re.I)
STRAY = re.compile("[\udc80-\udcff]")
MOST_STRAYS = 1000
"""Bytes that are no UTF-8, beyond which nothing is."""


def decoded(body: bytes, content_type: str) -> str:
    """Return a feed as text, without its XML declaration and whatever is blank in front of it."""
    text = _text(body, content_type).lstrip(BLANK)
    declaration = DECLARATION.match(text)
    return text[declaration.end() :].lstrip(BLANK) if declaration else text


def _text(body: bytes, content_type: str) -> str:
    for mark, name in MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    named, declared = NAMED.search(content_type), DECLARED.match(body)
    known = _codec(named[1] if named else "") or _codec(declared[1].decode() if declared else "")
    text = body.decode("utf-8", "surrogateescape")
    strays = len([*islice(STRAY.finditer(text), MOST_STRAYS)])
    if known and (strays or body.isascii()):  # what is valid UTF-8 is hardly ever anything else
        return body.decode(known, "replace")
    return STRAY.sub(_letter, text) if strays < MOST_STRAYS else body.decode("cp1252", "replace")


def _codec(name: str) -> str | None:
    """Return Python's name of a charset, `None` for one that is not read."""
    if LATIN.fullmatch(name):
        return "cp1252"
    try:
        return codecs.lookup(WINDOWS.sub("cp", name)).name if KNOWN.fullmatch(name) else None
    except LookupError:
        return None


def _letter(stray: re.Match[str]) -> str:
    """A byte among UTF-8 that is none: somebody pasted it from windows-1252."""
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")
