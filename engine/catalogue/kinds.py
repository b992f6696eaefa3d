"""Kinds of assets. Two assets of different kinds are never the same."""

import re
from collections.abc import Collection
from typing import get_args

from providers import Kind

__all__ = ["KINDS", "PRICED_APART", "STOCKS", "Kind", "kind_of"]

KINDS: tuple[Kind, ...] = get_args(Kind)

PRICED_APART: frozenset[Kind] = frozenset({"coin"})
"""Kinds whose price distinguishes assets. Pegged assets and derivatives have similar prices."""

_DIRECTIONS = {"UP": "DOWN", "DOWN": "UP", "BULL": "BEAR", "BEAR": "BULL"}
_STOCK_ENDS = ("X", "ON")
_STOCK_NAME = re.compile(r"\bxstock|\bondo tokenized|\btokenized stock", re.IGNORECASE)
_WRAPPED_NAME = re.compile(r"\b(wrapped|staked|bridged)\b", re.IGNORECASE)
STOCKS = frozenset(
    "AAPL AMD AMZN AVGO BABA BRK COIN CRCL CVX DFDV GLD GME GOOGL HD HOOD IBM INTC JNJ JPM KO LIN LLY "
    "MA MCD META MRK MRVL MSFT MSTR NFLX NVDA NVO OPEN ORCL PEP PFE PG PLTR PM QQQ SPY STRC TBLL TMO "
    "TQQQ TSLA UNH V VTI WMT XOM".split()
)
"""Tickers of shares and funds that exist as tokens."""


def kind_of(code: str, name: str | None, codes: Collection[str]) -> Kind:
    """Return the kind that a code's form and the venue's name for it show, `coin` if they show none.

    `codes` are all codes of the venue: a leveraged token needs the coin that it multiplies.
    """
    if _is_leveraged(code, codes):
        return "leveraged"
    if name and _STOCK_NAME.search(name):
        return "stock"
    if code.endswith(_STOCK_ENDS) and _is_stock(code, name):
        return "stock"
    if name and _WRAPPED_NAME.search(name):
        return "wrapped"
    if "USD" in code:
        return "stable"
    return "coin"


def _is_leveraged(code: str, codes: Collection[str]) -> bool:
    """Return whether a code multiplies a listed one: BTC3L, or BTCUP if BTCDOWN exists, but not JUP."""
    if code.endswith(("L", "S")):
        return len(code) > 3 and code[-2] in "2345" and code[:-2] in codes
    for direction, opposite in _DIRECTIONS.items():
        if code.endswith(direction):
            stem = code.removesuffix(direction)
            return len(stem) > 1 and stem in codes and stem + opposite in codes
    return False


def _is_stock(code: str, name: str | None) -> bool:
    """Return whether a code is a share's ticker with an issuer's mark, and its name does not differ."""
    stem = code.removesuffix("ON") if code.endswith("ON") else code.removesuffix("X")
    return stem in STOCKS and (not name or code in name.upper().split())
