"""CoinGecko's parameters."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from schemas._fields import FlagField

HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]+")
SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,9})?")
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


class AddressesField(TextsField):
    """Addresses of contracts separated by commas. Only hexadecimal ones become lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        super()._deserialize(value, attr, data, **kwargs)
        texts = [text.strip() for text in value.split(",") if text.strip()]
        return list(dict.fromkeys(text.lower() if HEXADECIMAL.fullmatch(text) else text for text in texts))


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


class SecondsField(fields.Field[Any]):
    """Unix seconds, also with a fraction, or a date in ISO 8601, as milliseconds."""

    documented: Mapping[str, Any] = {"type": "integer", "minimum": 0, "maximum": 99_999_999_999}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if SECONDS.fullmatch(value):
            return int(float(value) * 1000)
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            raise ValidationError("must be Unix seconds or a date") from None
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)


class DateField(fields.Field[Any]):
    """A day as `dd-mm-yyyy`, also as `yyyy-mm-dd`, as the Unix milliseconds of its beginning in UTC."""

    documented: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}-[0-9]{4}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        for form in ("%d-%m-%Y", "%Y-%m-%d"):
            try:
                return int(datetime.strptime(value, form).replace(tzinfo=UTC).timestamp() * 1000)
            except ValueError:
                continue
        raise ValidationError("must be dd-mm-yyyy")
