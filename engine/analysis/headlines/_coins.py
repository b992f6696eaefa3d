"""Find the coins that a headline is about. Pure functions.

A code counts in capitals only; a code that is also a word does not count in a title that is all capitals. A
name with no other meaning counts in any case ("bitcoin"), other names as names are written; a name that is
also a word counts only beside words that make it a coin.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain

from providers import ASSET_BY_NAME, ASSETS, Asset

WORDS_TOO = frozenset("LINK DOT NEAR OP UNI SOL TON GRAM SUI APT ARB ADA ETC FIL ATOM PEPE ICP POL".split())
"""Codes that are also English words, names or abbreviations."""
NOTHING_ELSE = frozenset("BTC ETH SOL ADA DOT LINK LTC BCH DOGE UNI ETC FIL APT ARB TON HBAR AAVE".split())
"""Coins whose name has no other meaning."""
ELSE = {
    "DOGE": r"(?!\s+(?i:department|agency|team|staff\w*|cuts?|layoffs?|savings|checks?|dividend)\b)",
    "ADA": r"(?!\s+(?i:compliance|accessibility|title|lawsuits?)\b)",
}
"""Words that must not follow a code: they make it a department of a government or a law."""
MADE_OF = r"(?:Network|Blockchain|Foundation|Mainnet|Protocol|Token|DAO|Ecosystem|Hub|Lumens)"
NAMES = {
    "BTC": r"Bitcoins?(?!\s+(?:Cash|SV|Gold)\b)",
    "ETH": r"Ethereum(?!\s+Classic\b)|(?<!into the )Ether(?!\s+Classic\b|\.\w)",
    "XRP": r"Ripple(?!\s+[Ee]ffects?\b)",
    "BNB": r"Binance Coin|BNB Chain",
    "POL": r"Polygon",
    "AVAX": r"Avalanche(?!\s+(?:[Oo]f|[Rr]isk|[Ww]arnings?|[Rr]escue|[Ss]afety)\b)",
    "XLM": rf"Stellar(?:'s)?\s+(?:Lumens|XLM|{MADE_OF})",
    "ATOM": rf"Cosmos(?:'s)?\s+(?:{MADE_OF}|SDK|[Vv]alidators?|[Cc]ommunity|ATOM)",
    "OP": rf"Optimism(?:'s)?\s+(?:{MADE_OF}|OP|[Ss]uperchain|[Rr]ollup)",
    "NEAR": rf"(?:NEAR|Near)(?:'s)?\s+{MADE_OF}",
    "SHIB": r"Shiba Inu",
    "TON": r"Toncoin|TON Blockchain",
    "TRX": r"Tron|TRON",
    "UNI": r"Uniswap",
    "PEPE": r"Pepe\s+(?:[Cc]oin|[Tt]oken|[Hh]olders)|PEPE",
    "HBAR": r"Hedera",
    "SUI": r"Sui(?!\s+[Gg]eneris\b)",
    "SOL": r"Solana",
}
"""Patterns for coins whose plain name is not the right pattern."""


def _spelt(asset: Asset) -> list[str]:
    """Return what names a coin in any title."""
    codes = [name for name in (asset.code, asset.symbol, *asset.spellings) if name not in WORDS_TOO]
    name = NAMES.get(asset.code, re.escape(asset.name))
    letters = "i" if asset.code in NOTHING_ELSE else ""
    return [code + ELSE.get(code, "") for code in dict.fromkeys(codes)] + [f"(?{letters}:{name})"]


def _words(asset: Asset) -> list[str]:
    """Return the codes of a coin that are also words."""
    names = (asset.code, asset.successor, *asset.spellings)
    return [name + ELSE.get(name, "") for name in names if name in WORDS_TOO]


def _pattern(spelt: Iterable[str]) -> str:
    return rf"(?<![\w$])(?:{'|'.join(spelt)})(?!\w)"


def _word_pattern(codes: Iterable[str]) -> str:
    return rf"(?<![\w$-])(?:{'|'.join(codes)})(?![\w-])"


@cache
def _patterns() -> list[tuple[Asset, re.Pattern[str], re.Pattern[str] | None]]:
    """Return each coin with its patterns, compiled when they are first needed."""
    return [
        (
            asset,
            re.compile(_pattern(_spelt(asset))),
            re.compile(_word_pattern(codes)) if (codes := _words(asset)) else None,
        )
        for asset in ASSETS
    ]


@cache
def _any() -> re.Pattern[str]:
    """Return one pattern for all coins: titles that name none need no search for each."""
    spelt = _pattern(chain.from_iterable(map(_spelt, ASSETS)))
    return re.compile(f"{spelt}|{_word_pattern(chain.from_iterable(map(_words, ASSETS)))}")


CASHTAG = re.compile(r"\$([A-Za-z]{2,10})\b")


SHORTEST_NAME = 5
"""Letters of a full name that is no word by chance, as Flow or Mask are."""


def full_name(asset: Asset) -> re.Pattern[str] | None:
    """Return a pattern for the full name of a coin, `None` for one that is too short to tell it by.

    What is in brackets behind a name, such as `(old)`, is no part of it.
    """
    name = asset.name.partition("(")[0].strip()
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?!\w)") if len(name) >= SHORTEST_NAME else None


def coins_in(title: str, codes: Iterable[str] = ()) -> list[Asset]:
    """Return the listed coins that `title` or a provider's `codes` name, in our order."""
    candidates = {code.upper() for code in codes} | {code.upper() for code in CASHTAG.findall(title)}
    named = {ASSET_BY_NAME[code].code for code in candidates if code in ASSET_BY_NAME}
    shouted = title.isupper() and " " in title
    for asset, plain, word in _patterns() if _any().search(title) else ():
        if plain.search(title) or (word and not shouted and word.search(title)):
            named.add(asset.code)
    return [asset for asset in ASSETS if asset.code in named]
