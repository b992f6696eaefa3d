"""Read the names of indicators with their parameters, such as `macd:12:26:9`."""

from collections.abc import Mapping
from difflib import get_close_matches

import msgspec

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._calculating import Values, calculate
from engine.analysis.indicators._declaring import Indicator
from providers import Interval

SHOWN = 40
"""Characters of an invalid name that an error repeats."""


class RequestedIndicator(msgspec.Struct, frozen=True):
    """An indicator with its parameters. `key` is the text that was asked."""

    key: str
    indicator: Indicator
    parameters: tuple[float, ...]

    @property
    def definition(self) -> str:
        """The definition with these parameters."""
        return self.indicator.defined(self.parameters)

    def needed(self, interval: Interval) -> int:
        """Return the candles that its first stable value needs."""
        return self.indicator.warmup(*self.parameters).needed(interval)

    def over(self, bars: Bars, count: int) -> Values:
        """Return its values at the newest `count` candles."""
        return calculate(self.indicator, self.parameters, bars, count)


class Unreadable(ValueError):
    """A name that means no indicator, or has wrong parameters. `similar` are known names like it."""

    def __init__(self, key: str, what: str, similar: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.key = key
        self.what = what
        self.similar = similar


def read(key: str, indicators: Mapping[str, Indicator]) -> RequestedIndicator:
    """Return the indicator that `key` names; parameters left out have their defaults. Raises `Unreadable`."""
    name, *given = key.lower().split(":")
    indicator = indicators.get(name) if key.split(":")[0].isascii() else None  # the Kelvin sign has a lower k
    if indicator is None:
        similar = tuple(get_close_matches(name[:SHOWN], indicators, n=3, cutoff=0.5))
        raise Unreadable(key, "unknown indicator", similar)
    if len(given) > len(indicator.parameters):
        expected = ":".join([name, *(parameter.name for parameter in indicator.parameters)])
        raise Unreadable(key, f"too many parameters; {expected} is the longest form")
    values = list(indicator.defaults)
    for place, text in enumerate(given):
        value = indicator.parameters[place].read(text)
        if value is None:
            raise Unreadable(key, indicator.parameters[place].expected)
        values[place] = value
    if wrong := indicator.contradiction(*values):
        raise Unreadable(key, wrong)
    return RequestedIndicator(key, indicator, tuple(values))
