"""Detect the charset of a feed. The bytes themselves count more than the declared charset."""

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
"""Byte order marks, and the first bytes of a UTF-16 feed without one."""
NAMED = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>", re.I)
BLANK = "\ufeff\x00 \t\r\n\v\f"
KNOWN = re.compile(
    r"(windows|cp)-?(125\d|874)|iso-?8859-?\d{1,2}|latin-?[1-9]|(us-)?ascii|koi8-[ru]|mac-?roman|"
    r"gb(k|2312|18030)|big5(-hkscs)?|shift_?jis|euc-?(jp|kr)|iso-2022-(jp|kr)",
    re.I,
)
"""Charsets that are accepted when declared. Some others that Python knows are very slow."""
LATIN = re.compile(r"iso-?8859-?1|latin-?1|(us-)?ascii", re.I)
"""Names that mean windows-1252, as in every browser."""
WINDOWS = re.compile(r"windows-?|cp-", re.I)
STRAY = re.compile("[\udc80-\udcff]")
MAX_STRAYS = 1000
"""A body with more bytes that are invalid UTF-8 is not UTF-8."""


def decoded(body: bytes, content_type: str) -> str:
    """Return a feed as text, without its XML declaration and leading blanks."""
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
    strays = len([*islice(STRAY.finditer(text), MAX_STRAYS)])
    if known and (strays or body.isascii()):  # valid UTF-8 is almost always meant as UTF-8
        return body.decode(known, "replace")
    if strays >= MAX_STRAYS:
        return body.decode("cp1252", "replace")
    return STRAY.sub(_letter, text) if strays else text


def _codec(name: str) -> str | None:
    """Return Python's name of a charset, `None` for one that is not accepted."""
    if LATIN.fullmatch(name):
        return "cp1252"
    try:
        return codecs.lookup(WINDOWS.sub("cp", name)).name if KNOWN.fullmatch(name) else None
    except LookupError:
        return None


def _letter(stray: re.Match[str]) -> str:
    """Decode a byte that is invalid UTF-8 as windows-1252, its usual origin."""
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")
