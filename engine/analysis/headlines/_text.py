"""Making what strangers wrote safe to show. Pure functions."""

import html
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

LONGEST_TITLE = 300
LONGEST_READ = 5_000
LONGEST_URL = 2_000
ROUNDS = 5
"""How often a title may be wrapped in escapes before it is no longer believed."""
HIDDEN = re.compile(r"(?is)<(script|style)\b[^<>]*>.*?(?:</\1\s*>|$)")
TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>?")
TRACKING = re.compile(
    r"utm_\w+|\w*clk?id|gclsrc|[gw]braid|igsh(id)?|mkt_tok|_hs\w+|mc_[ce]id|_g[al]|cmp(id)?|wt_mc|at_\w+|"
    r"ref|ref_src|referrer|source|src|rss|amp|outputtype|guccounter|guce_\w+",
    re.I,
)
ANGLES = str.maketrans({"<": "\u2039", ">": "\u203a"})


def safe_text(text: str) -> str:
    """The text without markup, escapes, invisible letters and line breaks, of a length that fits a list.

    What is left of an angle bracket becomes a quotation mark of that shape, so that nothing can be put
    together to a tag again.
    """
    text = text[:LONGEST_READ]
    for _ in range(ROUNDS):
        plain = TAG.sub(" ", HIDDEN.sub(" ", html.unescape(text)))
        if plain == text:
            break
        text = plain
    visible = "".join(letter for letter in text if not _invisible(letter))
    words = unicodedata.normalize("NFC", visible.translate(ANGLES)).split()
    short = " ".join(words)
    return short if len(short) <= LONGEST_TITLE else short[: LONGEST_TITLE - 1].rstrip() + "\u2026"


def safe_url(url: str) -> str | None:
    """The address if it is one that a browser may be sent to: http or https, a host, nothing hidden."""
    url = url.strip()
    if len(url) > LONGEST_URL or re.search(r"[\s\\<>\"'`{}|^]", url) or any(map(_invisible, url)):
        return None
    if not _splits(url):
        return None
    parts = urlsplit(url)
    fair = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return url if fair else None


def canonical(url: str) -> str:
    """What two addresses of one page have in common: no scheme, no www, no tracking, no anchor."""
    parts = urlsplit(url)
    host = re.sub(r"^((www|m|amp|mobile)\.)+", "", parts.hostname or "")
    path = re.sub(r"(/amp)?/*$", "", parts.path)
    query = sorted(pair for pair in parse_qsl(parts.query) if not TRACKING.fullmatch(pair[0]))
    return f"{host}{path}?{urlencode(query)}" if query else f"{host}{path}"


def _invisible(letter: str) -> bool:
    """Control and formatting letters, lone surrogates and private ones; spaces of any kind are no such."""
    return not letter.isspace() and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _splits(url: str) -> bool:
    try:
        urlsplit(url).port  # noqa: B018 - reading it is the check
    except ValueError:
        return False
    return True
