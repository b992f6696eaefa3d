"""Parse operands: the figures of channels that rules compare. Pure."""

from typing import Literal

import msgspec

from engine.analysis.indicators import INDICATORS
from engine.catalogue.catalogue import Catalogue
from engine.streaming.channels import Channel, WrongChannel, read_channel
from providers import INTERVALS

Kind = Literal["price", "change24h", "deviation", "age", "close", "volume", "indicator"]
OF_PRICES: tuple[Kind, ...] = ("price", "change24h", "deviation", "age")
OF_CANDLES: tuple[Kind, ...] = ("close", "volume")
FORMS = (
    "a number, price:BTC, change24h:BTC, deviation:BTC, age:BTC, close:BTCUSDT:1h, volume:BTCUSDT:1h, "
    "or an indicator such as rsi:BTCUSDT:1h:14"
)
LONGEST = 120
"""The most characters of an operand."""


class WrongOperand(ValueError):
    """A text is no operand. The message says why."""


class Operand(msgspec.Struct, frozen=True):
    """A figure of a `channel`. `text` is its canonical form; `output` names an indicator's output."""

    text: str
    kind: Kind
    channel: Channel
    output: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether it has one value for each candle."""
        return self.channel.interval is not None


def read_operand(text: str, catalogue: Catalogue, now: float) -> Operand:
    """Return the operand of a text, by the catalogue of the time `now` (Unix seconds).

    Raises `WrongOperand`.
    """
    if len(text) > LONGEST:
        raise WrongOperand(f"has more than {LONGEST} characters")
    name, _, rest = text.strip().partition(":")
    kind = name.lower() if name.isascii() else name
    if not rest:
        raise WrongOperand(f"must be {FORMS}")
    try:
        for known in OF_PRICES:
            if kind == known.lower():
                channel = read_channel(f"prices:{rest}", catalogue, now)
                return Operand(_renamed(channel, "prices", known), known, channel)
        for known in OF_CANDLES:
            if kind == known:
                channel = read_channel(f"candles:{rest}", catalogue, now)
                return Operand(_renamed(channel, "candles", known), known, channel)
        if kind in INDICATORS:
            return _indicator(kind, rest, catalogue, now)
    except WrongChannel as wrong:
        raise WrongOperand(str(wrong)) from None
    raise WrongOperand(f"must be {FORMS}")


def _indicator(name: str, rest: str, catalogue: Catalogue, now: float) -> Operand:
    parts = rest.split(":")
    places = [place for place in range(1, len(parts)) if parts[place] in INTERVALS]
    if not places:
        raise WrongOperand(f"has no interval, as {name}:BTCUSDT:1h has")
    place = places[0]
    parameters = parts[place + 1 :]
    outputs = INDICATORS[name].outputs
    output = parameters.pop() if parameters and parameters[-1] in outputs else ""
    if not output and len(outputs) > 1:
        raise WrongOperand(f"needs one of its outputs at the end: {', '.join(outputs)}")
    symbol, code = ":".join(parts[:place]), parts[place]
    indicator = ":".join([name, *parameters])
    channel = read_channel(f"indicators:{symbol}:{code}:{indicator}", catalogue, now)
    series = channel.name.removeprefix("indicators:").removesuffix(f":{indicator}")
    if len(outputs) == 1:
        output = ""
    text = ":".join([name, series, *parameters, *filter(None, [output])])
    return Operand(text, "indicator", channel, output)


def _renamed(channel: Channel, before: str, kind: Kind) -> str:
    return kind + channel.name.removeprefix(before)
