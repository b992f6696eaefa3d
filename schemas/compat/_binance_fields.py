"""Binance's parameters. An invalid one is a code and a message.

https://developers.binance.com/docs/binance-spot-api-docs/errors
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from providers import INTERVALS, Interval
from schemas._fields import CodedField

LONGEST_LIMIT = 1000
LARGEST = 2**63 - 1
LEGAL = r"([^\Wa-z]|[.-]){1,50}"
"""What a name consists of: no lower case, but letters of any script, as Binance's own."""


def refusal(code: int, message: str, name: str = SCHEMA) -> ValidationError:
    """Return the error with Binance's code and message, which clients receive unchanged."""
    return ValidationError({"code": code, "msg": message}, name)


def integer(text: str, name: str) -> int:
    """Parse an integer of at most 64 bits. Raises a refusal if it is larger."""
    if int(text) > LARGEST:
        raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
    return int(text)


class Parameter(CodedField):
    """A text that must match `legal` completely."""

    legal: ClassVar[str] = ".*"

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Return the error for a missing required parameter."""
        name = self.data_key or self.name
        return refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not value:
            raise refusal(-1105, f"Parameter '{attr}' was empty.")
        if not re.fullmatch(self.legal, value):
            shown = f"'^{self.legal}$'"
            raise refusal(-1100, f"Illegal characters found in parameter '{attr}'; legal range is {shown}.")
        return self.read(value, str(attr))

    def read(self, text: str, name: str) -> Any:
        """Parse the text. Raises a refusal if it is invalid."""
        return text


class NameField(Parameter):
    """The name of one market, in letters of any script."""

    legal = LEGAL
    documented = {"pattern": f"^{LEGAL}$"}


class NamesField(Parameter):
    """A list of such names in JSON without spaces."""

    legal = rf'\[("{LEGAL}"(,"{LEGAL}"){{0,}}){{0,1}}\]'
    documented = {"pattern": r'^\["[^"]+"(,"[^"]+")*\]$'}

    def read(self, text: str, name: str) -> list[Any]:
        """Parse names, of which none may be twice."""
        names: list[str] = json.loads(text)
        if not names:
            raise refusal(-1105, f"Parameter '{name}' was empty.")
        if len(set(names)) < len(names):
            raise refusal(-1151, "Symbol is present multiple times in the list.")
        return names


class IntervalField(Parameter):
    """An interval that is served. Case matters: `1M` is a month."""

    def read(self, text: str, name: str) -> Interval:
        """Parse an interval that is served."""
        if text not in INTERVALS:
            raise refusal(-1120, "Invalid interval.")
        return INTERVALS[text]


class LimitField(Parameter):
    """A limit. More than `most` means `most`."""

    legal = "[0-9]{1,20}"
    documented = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST}

    def __init__(self, most: int = LONGEST_LIMIT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def read(self, text: str, name: str) -> int:
        """Parse a limit of at least 1."""
        count = integer(text, name)
        if not count:
            raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
        return min(count, self.most)


class IdField(Parameter):
    """The id of a trade."""

    legal = "[0-9]{1,20}"
    documented = {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST}

    def read(self, text: str, name: str) -> int:
        """Parse an id."""
        return integer(text, name)


class ChoiceField(Parameter):
    """One of a few words."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs, metadata={"enum": list(words)})
        self.words = words

    def read(self, text: str, name: str) -> str:
        """Parse a word, in which case matters."""
        if text not in self.words:
            listed = ", ".join(self.words)
            raise refusal(
                -1100, f"Illegal characters found in parameter '{name}'; legal range is '{listed}'."
            )
        return text


class PermissionsField(Parameter):
    """One permission, or a list of them in JSON without spaces."""

    legal = r'[A-Z0-9_]{1,20}|\["[A-Z0-9_]{1,20}"(,"[A-Z0-9_]{1,20}"){0,}\]'
    documented = {"pattern": f"^({legal})$"}

    def read(self, text: str, name: str) -> list[str]:
        """Parse the permissions, and return them as a list."""
        return list(json.loads(text)) if text.startswith("[") else [text]
