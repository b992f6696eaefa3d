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
"""How much of a wrong value is repeated in an error."""
SECONDS_BELOW = 10**11
"""A time below this is in seconds, from it on in milliseconds."""


@dataclass(frozen=True, slots=True)
class RequestedPair:
    """A pair, and the coin's name in it as the client spelt it: MATIC stays MATIC."""

    name: str
    pair: Pair

    @property
    def symbol(self) -> str:
        """`BTCUSDT`."""
        return self.name + self.pair.quote


def parse_symbol(text: str) -> RequestedPair | None:
    """`BTCUSDT`, `BTC`, `BTC/USDT`, `btc-usdt`, `BTC_USDT` or `XBT`; `None` where it names no coin."""
    match = SYMBOL.fullmatch(text.upper()) if text.isascii() else None
    asset = ASSET_BY_NAME.get(match[1]) if match else None
    if match is None or asset is None:
        return None
    return RequestedPair(_shown_name(match[1], asset), Pair(asset, match[2] or "USDT"))


def _shown_name(name: str, asset: Asset) -> str:
    """Either name of a renamed coin stays as it was asked; other spellings become the usual one."""
    return asset.symbol if name in asset.spellings else name


def shorten(text: str) -> str:
    """A wrong value as it may be repeated: printable and not too long."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:SHOWN])


def any_case(name: str) -> str:
    """A pattern for `name` however it is spelt."""
    return "".join(f"[{letter}{letter.lower()}]" if letter.isalpha() else letter for letter in name)


COINS = f"({'|'.join(map(any_case, sorted(ASSET_BY_NAME)))})([/_-]?([Uu][Ss][Dd][Tt]?))?"
"""What `parse_symbol` takes, for who cannot call it."""


class CodedField(fields.Field[Any]):
    """A parameter whose wrong values have an error code of their own."""

    error_code = "INVALID_PARAMETER"
    documented: Mapping[str, Any] = {}
    """What it takes, in the words of JSON Schema."""


class SymbolField(CodedField):
    """One pair, as a `RequestedPair`."""

    error_code = "INVALID_SYMBOL"
    documented = {"pattern": f"^{COINS}$"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> RequestedPair:
        if pair := parse_symbol(value):
            return pair
        raise ValidationError(f"{shorten(value)}: no such coin or pair")


class SymbolsField(CodedField):
    """Coins by comma, as a list of `RequestedPair`; names given twice count once."""

    error_code = "INVALID_SYMBOL"
    most = 100
    documented = {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{COINS}$"},
        "minItems": 1,
        "maxItems": most,
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[RequestedPair]:
        texts = value.split(",")
        pairs = {text: parse_symbol(text.strip()) for text in texts}
        if unknown := [text for text, pair in pairs.items() if pair is None]:
            raise ValidationError([f"{shorten(text)}: no such coin or pair" for text in unknown])
        return list({pair.name: pair for pair in pairs.values() if pair}.values())


class IntervalField(CodedField):
    """One of the seven, as an `Interval`."""

    error_code = "INVALID_INTERVAL"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Interval:
        if value in INTERVALS:
            return INTERVALS[value]
        raise ValidationError(f"{shorten(value)}: not one of {', '.join(INTERVALS)}")


class WholeField(fields.Integer):
    """A whole number in plain digits: neither `1e2` nor `٣` nor `1_000`."""

    documented: Mapping[str, Any] = {"minimum": 0, "maximum": 10**15 - 1}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and not DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class TimeField(WholeField):
    """Unix time in seconds or milliseconds, as milliseconds."""

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
