"""The parameters that several endpoints share."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from providers import INTERVALS, Interval

DIGITS = re.compile(r"[0-9]{1,15}")
SHOWN = 40
"""Characters of an invalid value that an error repeats."""
ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.][0-9]{1,20})?)?([Zz]|[+ -][0-9]{2}:?[0-9]{2})?)?"
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_BELOW = 10**11
"""The smallest time that is in milliseconds. Smaller ones are in seconds."""


def shorten(text: str) -> str:
    """Return an invalid value as an error may repeat it: printable and short."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:SHOWN])


COIN = r"[^\s,]+([ ][^\s,]+)*"
"""What a coin's name or a pair looks like, as a pattern for documents."""


class CodedField(fields.Field[Any]):
    """A parameter with an error code for its invalid values."""

    error_code = "INVALID_PARAMETER"
    documented: Mapping[str, Any] = {}
    """The accepted values, as JSON Schema."""


class SymbolField(CodedField):
    """The text of one coin or pair. The catalogue says what it means: views get a `RequestedPair`."""

    error_code = "INVALID_SYMBOL"
    documented: Mapping[str, Any] = {"pattern": f"^{COIN}$"}

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


INTERVAL_SPELLINGS = {f"{code[:-1]}{code[-1].upper()}": code for code in INTERVALS if code[-1] in "hdw"}
"""Hours, days and weeks in upper case. `1M` is a month, and `1m` a minute."""


class IntervalField(CodedField):
    """One of the fifteen intervals, as an `Interval`."""

    error_code = "INVALID_INTERVAL"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Interval:
        text = str(value)
        code = INTERVAL_SPELLINGS.get(text, text)
        if code in INTERVALS:
            return INTERVALS[code]
        raise ValidationError(f"{shorten(text)}: not one of {', '.join(INTERVALS)}")


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
    """A Unix time in seconds or milliseconds, or an ISO 8601 time, as milliseconds.

    A time without an offset is in UTC, and a date is its midnight.
    """

    default_error_messages = {"invalid": "Not a Unix time and not in ISO 8601."}

    documented = {
        "anyOf": [
            {"type": "integer", "format": "int64", "minimum": 0, "maximum": 10**15 - 1},
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "date"},
        ]
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and (written := ISO.fullmatch(value)):
            return self._read(written)
        time = super()._deserialize(value, attr, data, **kwargs)
        if time < 0:
            raise self.make_error("invalid", input=value)
        return time * 1000 if time < SECONDS_BELOW else time

    def _read(self, written: re.Match[str]) -> int:
        """Parse an ISO 8601 time; one before 1970 is 0. A leap second is that before it."""
        date, clock, seconds, offset = written.groups("")
        seconds = seconds.replace(":60", ":59")
        try:
            time = datetime.fromisoformat(f"{date}T{clock or '00:00'}{seconds}{_offset(offset)}")
        except ValueError as error:
            raise self.make_error("invalid", input=written[0]) from error
        return max(0, (time - EPOCH) // timedelta(milliseconds=1))


def _offset(text: str) -> str:
    """Return an offset as Python reads it. In a query an unescaped plus is a space."""
    return "+00:00" if text in ("", "z", "Z") else text.replace(" ", "+")


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
    """`true` or `false`, also as `1` or `0`."""

    truthy = {"true", "1"}
    falsy = {"false", "0"}
