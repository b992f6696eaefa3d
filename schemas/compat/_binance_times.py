"""Binance's parameters of times and time zones."""

import re

from schemas.compat._binance_fields import LARGEST, Parameter, integer, refusal

LATEST = 10**15 - 1
"""Milliseconds of the latest time. Later ones mean the same."""
MICROSECONDS_FROM = 10**14
"""The smallest time that is in microseconds. Smaller ones are in milliseconds."""
TIME_ZONE = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?")
ZONES = (-12 * 60, 14 * 60)
"""The earliest and the latest time zone, in minutes east of UTC."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
WINDOW = "([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|[1-7]d"


class TimeField(Parameter):
    """A Unix time in milliseconds or microseconds, as milliseconds."""

    legal = "[0-9]{1,20}"
    documented = {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST}

    def read(self, text: str, name: str) -> int:
        """Parse a time. A small one is in milliseconds, too."""
        time = integer(text, name)
        return min(time // 1000 if time >= MICROSECONDS_FROM else time, LATEST)


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


class WindowField(Parameter):
    """The length of a window such as `15m`, `4h` or `7d`, in milliseconds."""

    documented = {"pattern": f"^({WINDOW})$"}

    def read(self, text: str, name: str) -> int:
        """Parse a length."""
        if not re.fullmatch(WINDOW, text):
            raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
        return int(text[:-1]) * UNITS[text[-1]]
