"""The parameters that several endpoints share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from providers import ASSET_BY_NAME, INTERVALS, Asset, Interval, Pair

SYMBOL = re.compile(r"([A-Z0-9]{1,10}?)(?:[/_-]?(USDT|USD))?")
DIGITS = re.compile(r"[0-9]{1,15}")
SHOWN = 40
"""Characters of an invalid value that an error repeats."""
SECONDS_BELOW = 10**11
"""The smallest time that is in milliseconds. Smaller ones are in seconds."""


@dataclass(frozen=True, slots=True)
class RequestedPair:
    """A pair, with the coin's name as the client wrote it: MATIC stays MATIC."""

    name: str
    pair: Pair

    @property
    def symbol(self) -> str:
        """Return the pair as a client writes it, such as `BTCUSDT`."""
        return self.name + self.pair.quote


def parse_symbol(text: str) -> RequestedPair | None:
    """Parse `BTCUSDT`, `BTC`, `BTC/USDT`, `btc-usdt`, `BTC_USDT` or `XBT`; `None` for an unknown coin."""
    match = SYMBOL.fullmatch(text.upper()) if text.isascii() else None
    asset = ASSET_BY_NAME.get(match[1]) if match else None
    if match is None or asset is None:
        return None
    return RequestedPair(_shown_name(match[1], asset), Pair(asset, match[2] or "USDT"))


def _shown_name(name: str, asset: Asset) -> str:
    """Return the name to show: both names of a renamed coin stay, other spellings become the symbol."""
    return asset.symbol if name in asset.spellings else name


def shorten(text: str) -> str:
    """Return an invalid value as an error may repeat it: printable and short."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:SHOWN])


def any_case(name: str) -> str:
    """Return a pattern that matches `name` in upper and lower case."""
    return "".join(f"[{letter}{letter.lower()}]" if letter.isalpha() else letter for letter in name)


COINS = f"({'|'.join(map(any_case, sorted(ASSET_BY_NAME)))})([/_-]?([Uu][Ss][Dd][Tt]?))?"
"""The texts that `parse_symbol` accepts, as a pattern for documents."""


class CodedField(fields.Field[Any]):
    """A parameter with an error code for its invalid values."""

    error_code = "INVALID_PARAMETER"
    documented: Mapping[str, Any] = {}
    """The accepted values, as JSON Schema."""


class SymbolField(CodedField):
    """One pair, as a `RequestedPair`."""

    error_code = "INVALID_SYMBOL"
    documented = {"pattern": f"^{COINS}$"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> RequestedPair:
        if pair := parse_symbol(value):
            return pair
        raise ValidationError(f"{shorten(value)}: unknown coin or pair")


class SymbolsField(CodedField):
    """Coins separated by commas, as a list of `RequestedPair`. Duplicates are removed."""

    error_code = "INVALID_SYMBOL"
    maximum = 100
    documented = {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{COINS}$"},
        "minItems": 1,
        "maxItems": maximum,
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[RequestedPair]:
        texts = value.split(",")
        pairs = {text: parse_symbol(text.strip()) for text in texts}
        if unknown := [text for text, pair in pairs.items() if pair is None]:
            raise ValidationError([f"{shorten(text)}: unknown coin or pair" for text in unknown])
        return list({pair.name: pair for pair in pairs.values() if pair}.values())


class IntervalField(CodedField):
    """One of the seven intervals, as an `Interval`."""

    error_code = "INVALID_INTERVAL"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Interval:
        if value in INTERVALS:
            return INTERVALS[value]
        raise ValidationError(f"{shorten(value)}: not one of {', '.join(INTERVALS)}")


class IntegerField(fields.Integer):
    """An integer in plain digits. `1e2`, `٣` and `1_000` are invalid."""

    documented: Mapping[str, Any] = {"minimum": 0, "maximum": 10**15 - 1}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and not DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class TimeField(IntegerField):
    """A Unix time in seconds or milliseconds, as milliseconds."""

    documented = {"minimum": 0, "maximum": 10**15 - 1, "format": "int64"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        time = super()._deserialize(value, attr, data, **kwargs)
        return time * 1000 if time < SECONDS_BELOW else time


class FlagField(fields.Boolean):
    """`true` or `false`."""

    truthy = {"true"}
    falsy = {"false"}
