"""The prices that a candle's close is held against. Pure."""

from engine.catalogue.catalogue import Catalogue
from engine.streaming.channels import Channel, WrongChannel, read_channel

PLAIN = ("USDT", "USD")
"""Quotes in which prices are, or nearly: they differ by much less than the 2 % that count."""


def references(channel: Channel, catalogue: Catalogue, now: float) -> tuple[Channel, ...]:
    """Return the channels whose price, over that of the second one, is a pair's price.

    It is empty where there are none: then a second venue alone confirms a close. `now` is in Unix seconds.
    """
    pair = channel.pair
    if channel.interval is None or pair is None:
        return ()
    names = [pair.asked] if pair.quote.code in PLAIN else [pair.asked, pair.quote.code]
    try:
        return tuple(read_channel(f"prices:{name}", catalogue, now) for name in names)
    except WrongChannel:
        return ()
