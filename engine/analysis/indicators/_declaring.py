"""What an indicator declares: its name, parameters, outputs, warm-up, definition and calculation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine.analysis.indicators._warming import Warmup

LONGEST = 500
"""The longest period."""


class Parameter(msgspec.Struct, frozen=True):
    """A number from `least` to `most`, both inclusive; an integer unless `fractional`."""

    name: str
    default: float
    least: float
    most: float
    fractional: bool = False

    def read(self, text: str) -> float | None:
        """Return the number that `text` means, `None` if it is none or out of range."""
        integer, point, rest = text.partition(".")
        digits = integer.isdecimal() and (rest.isdecimal() or not point)
        if not (text.isascii() and digits) or len(text) > 12 or (point and not self.fractional):
            return None
        number = float(text) if self.fractional else int(text)
        return number if self.least <= number <= self.most else None

    @property
    def expected(self) -> str:
        """The accepted values in words."""
        kind = "a number" if self.fractional else "an integer"
        return f"{self.name} must be {kind} from {self.least:g} to {self.most:g}"


def period(default: int, least: int = 2, name: str = "period") -> Parameter:
    """Return a parameter that counts candles."""
    return Parameter(name, default, least, LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator. `calculate` takes `Bars` and the parameters, and returns one array for each output.

    Each value depends only on its own candle and earlier ones. It is NaN where it is undefined. `warmup`
    takes the parameters. `definition` may name parameters in braces. `contradiction` takes the parameters
    and returns what is wrong with their combination. An `overlay` is drawn over the candles.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    calculate: Callable[..., tuple[Any, ...]] = field(repr=False)
    warmup: Callable[..., Warmup] = field(repr=False)
    definition: str
    source: str
    overlay: bool = False
    needs_volume: bool = False
    contradiction: Callable[..., str | None] = field(default=lambda *_: None, repr=False)

    def defined(self, values: tuple[float, ...]) -> str:
        """Return the definition with the values of the parameters."""
        named = {
            parameter.name: f"{value:g}" for parameter, value in zip(self.parameters, values, strict=True)
        }
        return self.definition.format(**named)

    @property
    def described(self) -> str:
        """The definition with the names of the parameters."""
        return self.definition.format(**{parameter.name: parameter.name for parameter in self.parameters})

    @property
    def defaults(self) -> tuple[float, ...]:
        """The default of each parameter."""
        return tuple(parameter.default for parameter in self.parameters)
