"""Times in the unit that a request asks for."""

from flask import request

from engine.errors import InvalidRequest
from engine.web.services import current_services

UNITS = {"": 1, "MILLISECOND": 1, "MICROSECOND": 1000}
"""How many of each of Binance's units of time a millisecond has."""


def now() -> int:
    """Return Unix milliseconds by the corrected clock."""
    return int(current_services().clock.corrected() * 1000)


def unit() -> int:
    """Return how many of the requested units of time a millisecond has."""
    unit = request.headers.get("X-MBX-TIME-UNIT", "").upper()
    if unit not in UNITS:
        message = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
        raise InvalidRequest(message, {"X-MBX-TIME-UNIT": {"code": -1194, "msg": message}})
    return UNITS[unit]
