"""Reading what upstreams send: figures, times, texts, and rows of which some may be odd.

A row without what it cannot do without raises one of `UNREADABLE`, and is left out. A figure that may be
missing is `None` where what was sent is no such figure.
"""

from providers._reading._candles import candle, candle_rows, with_unknown, within
from providers._reading._figures import (
    amount,
    change,
    figure,
    number,
    per_cent,
    percent,
    price,
    share,
    whole,
)
from providers._reading._quotes import dollar_quote, ranked_rows
from providers._reading._rows import (
    UNREADABLE,
    inside,
    listed,
    must_be,
    readable,
    reading,
    rows_of,
)
from providers._reading._texts import fear_greed, given_text, text
from providers._reading._times import EARLIEST, LATEST, instant, milliseconds

__all__ = [
    "EARLIEST",
    "LATEST",
    "UNREADABLE",
    "amount",
    "candle",
    "candle_rows",
    "change",
    "dollar_quote",
    "fear_greed",
    "figure",
    "given_text",
    "inside",
    "instant",
    "listed",
    "milliseconds",
    "must_be",
    "number",
    "per_cent",
    "percent",
    "price",
    "ranked_rows",
    "readable",
    "reading",
    "rows_of",
    "share",
    "text",
    "whole",
    "with_unknown",
    "within",
]
