"""The prices with which a candle's close is compared. Pure."""

from engine.catalogue.catalogue import Catalogue
from engine.streaming.channels import Channel, WrongChannel, read_channel

PLAIN = ("USDT", "USD")
"""Quotes for which the price in USDT serves: they differ by far less than the 2 % that are allowed."""


def references(channel: Channel, catalogue: Catalogue, now: float) -> tuple[Channel, ...]:
    """Return the channels whose prices give that of a pair: that of its base, and its quote's if needed.

    Without any, only a second venue confirms a close. `now` is in Unix seconds.
    """
    pair = channel.pair
    if channel.interval is None or pair is None:
        return ()
    names = [pair.asked] if pair.quote.code in PLAIN else [pair.asked, pair.quote.code]
    try:
        return tuple(read_channel(f"prices:{name}", catalogue, now) for name in names)
    except WrongChannel:
        return ()
