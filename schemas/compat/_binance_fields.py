"""Binance's parameters. An invalid one is a code and a message.

https://developers.binance.com/docs/binance-spot-api-docs/errors
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from providers import ASSET_BY_NAME, ASSETS, INTERVALS, Interval, Pair
from schemas._fields import CodedField, RequestedPair

LONGEST_LIMIT = 1000
LARGEST = 2**63 - 1
MARKET = f"({'|'.join(sorted({name for asset in ASSETS for name in (asset.code, asset.symbol)}))})USDT"
"""The names that `market` accepts, as a pattern for documents."""
LATEST = 10**15 - 1
"""Milliseconds of the latest time. Later ones mean the same."""
MICROSECONDS_FROM = 10**14
"""The smallest time that is in microseconds. Smaller ones are in milliseconds."""
TIME_ZONE = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?")
ZONES = (-12 * 60, 14 * 60)
"""The earliest and the latest time zone, in minutes east of UTC."""
MINUTE = 60_000


def refusal(code: int, message: str, name: str = SCHEMA) -> ValidationError:
    """Return the error with Binance's code and message, which clients receive unchanged."""
    return ValidationError({"code": code, "msg": message}, name)


def market(name: str) -> RequestedPair:
    """Parse a USDT market such as `BTCUSDT`, by either name of a renamed coin, or raise a refusal."""
    asset = ASSET_BY_NAME.get(name.removesuffix("USDT"))
    code = name.removesuffix("USDT")
    if asset is None or not name.endswith("USDT") or code not in (asset.code, asset.former):
        raise refusal(-1121, "Invalid symbol.")
    return RequestedPair(code, Pair(asset, "USDT"))


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


class MarketField(Parameter):
    """One market, as a `RequestedPair`."""

    legal = "[A-Z0-9-_.]{1,20}"
    documented = {"pattern": f"^{MARKET}$"}

    def read(self, text: str, name: str) -> RequestedPair:
        """Parse a market that is served."""
        return market(text)


class MarketsField(Parameter):
    """A list of markets in JSON without spaces, as `RequestedPair`s."""

    legal = r'\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]'
    documented = {"pattern": rf'^\["{MARKET}"(,"{MARKET}")*\]$'}

    def read(self, text: str, name: str) -> list[RequestedPair]:
        """Parse markets that are served, without duplicates."""
        names = json.loads(text)
        if not names:
            raise refusal(-1105, f"Parameter '{name}' was empty.")
        if len(set(names)) < len(names):
            raise refusal(-1151, "Symbol is present multiple times in the list.")
        return [market(each) for each in names]


class IntervalField(Parameter):
    """An interval that is served. Case matters: `1M` is a month."""

    def read(self, text: str, name: str) -> Interval:
        """Parse an interval that is served."""
        if text not in INTERVALS:
            raise refusal(-1120, "Invalid interval.")
        return INTERVALS[text]


class TimeField(Parameter):
    """A Unix time in milliseconds or microseconds, as milliseconds."""

    legal = "[0-9]{1,20}"
    documented = {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST}

    def read(self, text: str, name: str) -> int:
        """Parse a time. A small one is in milliseconds, too."""
        time = integer(text, name)
        return min(time // 1000 if time >= MICROSECONDS_FROM else time, LATEST)


class LimitField(Parameter):
    """A limit. More than 1000 means 1000."""

    legal = "[0-9]{1,20}"
    documented = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST}

    def read(self, text: str, name: str) -> int:
        """Parse a limit of at least 1."""
        count = integer(text, name)
        if not count:
            raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
        return min(count, LONGEST_LIMIT)


class ZoneField(Parameter):
    """A time zone such as `8`, `-1:00` or `05:45`, as milliseconds east of UTC."""

    documented = {
        "pattern": "^([+-]?(0?[0-9]|1[01])(:[0-5][0-9])?|[+-]?12(:00)?|[+]?1[23](:[0-5][0-9])?|[+]?14(:00)?)$"
    }

    def read(self, text: str, name: str) -> int:
        """Parse a time zone from -12:00 to +14:00."""
        match = TIME_ZONE.fullmatch(text)
        sign, hours, minutes = match.groups("0") if match else ("", "99", "0")
        offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
        if int(minutes) > 59 or not ZONES[0] <= offset <= ZONES[1]:
            raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
        return offset * MINUTE


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
