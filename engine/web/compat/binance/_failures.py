"""Failures in Binance's format: https://developers.binance.com/docs/binance-spot-api-docs/errors."""

from collections.abc import Mapping
from typing import Any

from flask import request

from engine.errors import ApiError, InvalidRequest
from engine.web.compat._dialect import Failure
from engine.web.compat._translation import RETRY_AFTER
from engine.web.query import IGNORED

UNKNOWN = -1000
CODES = {
    "PROVIDER_ERROR": -1001,
    "RATE_LIMITED": -1003,
    "NOT_FOUND": -1020,
    "METHOD_NOT_ALLOWED": -1020,
    "UNAUTHORIZED": -2015,
}
MESSAGES = {
    -1020: "This operation is not supported.",
    -1003: "Too many requests; Retry-After has the seconds to wait.",
    -2015: "Invalid API-key, IP, or permissions for action.",
}


class Unpriced(ApiError):
    """No provider has a price for the answer."""

    code = "PROVIDER_ERROR"
    status = 503

    @classmethod
    def of(cls, symbol: str) -> "Unpriced":
        """Return the error for the market `symbol`."""
        return cls(f"No provider currently has this for {symbol}", retry_after=RETRY_AFTER)


def failure(error: ApiError) -> Failure:
    """Return Binance's code, message and status for an error."""
    if isinstance(error, InvalidRequest) and error.details:
        return _wrong(dict(error.details)), error.status
    code = CODES.get(error.code, UNKNOWN)
    return {"code": code, "msg": MESSAGES.get(code) or _with_reasons(error)}, error.status


def _wrong(details: dict[str, Any]) -> Mapping[str, object]:
    """Return the code and the message for the first invalid parameter."""
    first = next(iter(details.values()))
    if isinstance(first, Mapping):
        return first
    if "more than once" in first[0]:
        return {"code": -1101, "msg": "Duplicate values for a parameter detected."}
    sent = len(request.args.keys() - {IGNORED})
    read = sent - sum(not isinstance(wrong, Mapping) for wrong in details.values())
    message = f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."
    return {"code": -1104, "msg": message}


def _with_reasons(error: ApiError) -> str:
    """Return the message with the reason of each provider."""
    reasons = ", ".join(f"{name}: {reason}" for name, reason in (error.details or {}).items())
    return f"{error.message} ({reasons})" if reasons else error.message
