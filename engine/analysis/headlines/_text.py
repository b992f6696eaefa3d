"""Make the texts of strangers safe to show. Pure functions."""

import html
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

LONGEST_TITLE = 300
LONGEST_READ = 5_000
LONGEST_URL = 2_000
ROUNDS = 5
"""How many layers of escapes are resolved before a title is rejected."""
HIDDEN = re.compile(r"(?is)<(script|style)\b[^<>]*>.*?(?:</\1\s*>|$)")
TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>?")
TRACKING = re.compile(
    r"utm_\w+|\w*clk?id|gclsrc|[gw]braid|igsh(id)?|mkt_tok|_hs\w+|mc_[ce]id|_g[al]|cmp(id)?|wt_mc|at_\w+|"
    r"ref|ref_src|referrer|source|src|rss|amp|outputtype|guccounter|guce_\w+",
    re.I,
)
ANGLES = str.maketrans({"<": "\u2039", ">": "\u203a"})


def safe_text(text: str) -> str:
    """Return the text without markup, escapes, invisible letters and line breaks, at a limited length.

    Remaining angle brackets become quotation marks, so that no tag can be formed again.
    """
    text = text[:LONGEST_READ]
    for _ in range(ROUNDS):
        plain = TAG.sub(" ", HIDDEN.sub(" ", html.unescape(text)))
        if plain == text:
            break
        text = plain
    visible = text if text.isprintable() else "".join(each for each in text if not _invisible(each))
    words = unicodedata.normalize("NFC", visible.translate(ANGLES)).split()
    short = " ".join(words)
    return short if len(short) <= LONGEST_TITLE else short[: LONGEST_TITLE - 1].rstrip() + "\u2026"


def safe_url(url: str) -> str | None:
    """Return the URL if browsers may open it: http or https, with a host and nothing hidden."""
    url = url.strip()
    if len(url) > LONGEST_URL or re.search(r"[\s\\<>\"'`{}|^]", url) or not url.isprintable():
        return None
    if not _splits(url):
        return None
    parts = urlsplit(url)
    fair = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return url if fair else None


def canonical(url: str) -> str:
    """Return what two URLs of one page share: no scheme, no www, no tracking, no anchor."""
    parts = urlsplit(url)
    host = re.sub(r"^((www|m|amp|mobile)\.)+", "", parts.hostname or "")
    path = re.sub(r"(/amp)?/*$", "", parts.path)
    query = sorted(pair for pair in parse_qsl(parts.query) if not TRACKING.fullmatch(pair[0]))
    return f"{host}{path}?{urlencode(query)}" if query else f"{host}{path}"


def _invisible(letter: str) -> bool:
    """Return whether a letter is a control, formatting, surrogate or private one. Spaces are visible."""
    return not letter.isspace() and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _splits(url: str) -> bool:
    try:
        urlsplit(url).port  # noqa: B018 - reading it is the check
    except ValueError:
        return False
    return True
