"""Faults of streams, which tests switch on while connections are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "silent",
    "half_open",
    "repeat",
    "no_close",
    "correct",
    "doubled_close",
    "drop",
    "bad_frame",
    "refuse",
    "bad_topic",
    "lose_trade",
]


@dataclass(frozen=True)
class StreamFault:
    """A fault of a venue's streams.

    "silent" sends no data but answers pings, "half_open" sends nothing at all, and "repeat" sends each frame
    twice. "no_close" never flags a candle as closed, "doubled_close" does so twice, and "correct" changes a
    closed candle two seconds later. "drop" ends every open connection, "bad_frame" precedes each frame with
    one that cannot be read, and "refuse" answers upgrades with `status`. "bad_topic" refuses each request
    with a topic of the market `native`, the good topics of it included. "lose_trade" skips one trade.
    """

    kind: Kind
    status: int = 451
    native: str = ""
