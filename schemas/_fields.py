"""The parameters that several endpoints share."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from providers import INTERVALS, Interval

DIGITS = re.compile(r"[0-9]{1,15}")
SHOWN = 40
"""Characters of an invalid value that an error repeats."""
SECONDS_BELOW = 10**11
"""The smallest time that is in milliseconds. Smaller ones are in seconds."""


def shorten(text: str) -> str:
    """Return an invalid value as an error may repeat it: printable and short."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:SHOWN])


COIN = r"[^\s,]+([ ][^\s,]+)*"
"""What a coin's name or a pair looks like, as a pattern for documents."""


class CodedField(fields.Field[Any]):
    """A parameter with an error code for its invalid values."""

    error_code = "INVALID_PARAMETER"
    documented: Mapping[str, Any] = {}
    """The accepted values, as JSON Schema."""


class SymbolField(CodedField):
    """The text of one coin or pair. The catalogue says what it means: views get a `RequestedPair`.

    With `pinned_only` it must be a coin that is always served.
    """

    error_code = "INVALID_SYMBOL"
    documented: Mapping[str, Any] = {"pattern": f"^{COIN}$"}

    def __init__(self, *, pinned_only: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pinned_only = pinned_only

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return str(value)


class SymbolsField(SymbolField):
    """Texts separated by commas, without duplicates: views get a list of `RequestedPair`."""

    maximum = 100
    documented = {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{COIN}$"},
        "minItems": 1,
        "maxItems": maximum,
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return list(dict.fromkeys(text.strip() for text in str(value).split(",")))


class TextsField(CodedField):
    """Texts separated by commas, without duplicates, at most `maximum`. Each must match `item`."""

    def __init__(self, *, maximum: int, item: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.maximum = maximum
        self.documented = {
            "type": "array",
            "items": {"type": "string", **item},
            "minItems": 1,
            "maxItems": maximum,
        }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[str]:
        return list(dict.fromkeys(text.strip() for text in str(value).split(",")))


class IntervalField(CodedField):
    """One of the fifteen intervals, as an `Interval`."""

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


class FormatField(fields.String):
    """`json` or `csv`; without it the `Accept` header decides."""

    def __init__(self) -> None:
        super().__init__(
            data_key="format",
            load_default=None,
            validate=validate.OneOf(["json", "csv"]),
            metadata={"description": "The format of the answer; by default that of `Accept`, or JSON"},
        )


class FlagField(fields.Boolean):
    """`true` or `false`."""

    truthy = {"true"}
    falsy = {"false"}
