"""CoinGecko's parameters."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from schemas._fields import FlagField

DIGITS = re.compile(r"[0-9]|1[0-8]")


def required(name: str) -> dict[str, Any]:
    """Return the error message for a missing parameter `name`."""
    return {"required": f"Missing parameter {name}"}


class TextField(fields.String):
    """A text in lower case. A required one must not be blank."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not value.strip() and self.required:
            raise self.make_error("required")
        return value.strip().lower()


class TextsField(fields.Field[Any]):
    """Texts separated by commas, in lower case and without duplicates. A required list must not be empty."""

    maximum = 250
    documented: Mapping[str, Any] = {"type": "string"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        texts = [text.strip().lower() for text in value.split(",") if text.strip()]
        if not texts and self.required:
            raise self.make_error("required")
        return list(dict.fromkeys(texts))


class BooleanField(FlagField):
    """`true` or `false`, also in Python's spelling."""

    truthy = {"true", "True", "1"}
    falsy = {"false", "False", "0", ""}


class PrecisionField(fields.Field[Any]):
    """The number of digits after the decimal point, `None` for `full`."""

    documented: Mapping[str, Any] = {"type": "string", "pattern": "^(full|[0-9]|1[0-8])$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        if value == "full":
            return None
        if not DIGITS.fullmatch(value):
            raise ValidationError("must be full or from 0 to 18")
        return int(value)
