"""CryptoCompare's parameters."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from schemas._fields import shorten
from schemas.prices import CURRENCIES

MAX_LIMIT = 2000
"""CryptoCompare's largest limit."""


MOST_UNITS = 30
"""CryptoCompare's largest aggregate."""
MOST_CODES = 100
SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,9})?")
ROWS = {"description": "The answer has one row more, and at most 1000", "example": 2}


class QuoteField(fields.String):
    """A currency in upper or lower case."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).upper()
        if text not in CURRENCIES:
            raise ValidationError(f"{shorten(text)}: not one of {', '.join(CURRENCIES)}")
        return text


class CodesField(fields.String):
    """Codes separated by commas, in upper case and without duplicates, at most 100."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        codes = list(dict.fromkeys(code.strip().upper() for code in value.split(",") if code.strip()))
        if not 0 < len(codes) <= MOST_CODES:
            raise ValidationError(f"names none, or more than {MOST_CODES}")
        return codes


class MomentField(fields.Field[int]):
    """Unix seconds, whose fraction is cut off."""

    documented: Mapping[str, Any] = {"type": "integer", "minimum": 0, "maximum": 99_999_999_999}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not SECONDS.fullmatch(value):
            raise ValidationError("Not a valid integer.")
        return int(float(value))


class PastField(MomentField):
    """Unix seconds, as milliseconds."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        return super()._deserialize(value, attr, data, **kwargs) * 1000


class UpperField(fields.String):
    """A code in upper or lower case."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not value.strip():
            raise ValidationError("is empty")
        return value.strip().upper()


class LowerField(CodesField):
    """Names of exchanges separated by commas, in lower case."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return [name.lower() for name in super()._deserialize(value, attr, data, **kwargs)]
