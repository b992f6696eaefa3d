"""The form of names and codes for comparisons."""

import re
import unicodedata

LONGEST = 40
"""Maximum number of characters of a name to look up."""

_WORD = re.compile(r"[^\W_]+")
_GENERIC = frozenset({"coin", "network", "protocol", "token", "the"})
"""Words that some lists add to names and others omit."""


def fold(text: str) -> str:
    """Return a code in the form for comparisons. This covers codes like KuCoin's USDe and Kraken's TSLAx."""
    if text.isascii() and text.isalnum() and text.isupper():
        return text  # nearly all codes: this costs a tenth of what follows
    return unicodedata.normalize("NFKC", text).strip().upper()


def words_of(name: str) -> frozenset[str]:
    """Return the specific words of a coin's full name, or all words if all are generic."""
    words = _WORD.findall(unicodedata.normalize("NFKC", name).casefold())
    return frozenset(words) - _GENERIC or frozenset(words)


def run_together(name: str) -> str:
    """Return a full name without spaces and generic words: `Bitcoin File` is `BitcoinFile`."""
    words = _WORD.findall(unicodedata.normalize("NFKC", name).casefold())
    return "".join(word for word in words if word not in _GENERIC) or "".join(words)


def alike(one: str, other: str) -> bool:
    """Return whether two full names are equal without spaces and generic words."""
    return run_together(one) == run_together(other) != ""


def contains(one: str, other: str) -> bool:
    """Return whether all words of either name are in the other.

    `Neiro` is in `First Neiro on Ethereum`, but `Neiro on ETH` is not.
    """
    first, second = words_of(one), words_of(other)
    return bool(first and second) and (first <= second or second <= first)
