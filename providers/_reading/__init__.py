"""Parse what upstreams send: figures, times, texts, and rows of which some may be invalid.

A row that lacks a required field raises one of `UNREADABLE`, and is omitted. An optional figure is `None`
if its value is invalid.
"""

from providers._reading._candles import candle, candle_rows, with_placeholders, within
from providers._reading._figures import (
    amount,
    change,
    decimals,
    figure,
    integer,
    number,
    percent,
    percent_of_fraction,
    price,
    share,
)
from providers._reading._quotes import dollar_quote, ranked_rows, traded, untraded
from providers._reading._rows import (
    UNREADABLE,
    item,
    member,
    must_be,
    readable,
    reading,
    rows_of,
    rows_or_empty,
)
from providers._reading._texts import contract, fear_greed, optional_text, text
from providers._reading._times import EARLIEST, LATEST, instant, milliseconds, optional_instant

__all__ = [
    "EARLIEST",
    "LATEST",
    "UNREADABLE",
    "amount",
    "candle",
    "candle_rows",
    "change",
    "contract",
    "decimals",
    "dollar_quote",
    "fear_greed",
    "figure",
    "instant",
    "integer",
    "item",
    "member",
    "milliseconds",
    "must_be",
    "number",
    "optional_instant",
    "optional_text",
    "percent",
    "percent_of_fraction",
    "price",
    "ranked_rows",
    "readable",
    "reading",
    "rows_of",
    "rows_or_empty",
    "share",
    "text",
    "traded",
    "untraded",
    "with_placeholders",
    "within",
]
