"""The blueprint of CoinGecko's API, its failures, and what its views share."""

from functools import partial

from marshmallow import EXCLUDE

from engine.errors import ApiError, InvalidRequest
from engine.web.compat._dialect import Failure, dialect
from engine.web.compat.coingecko._coins import CURRENCIES
from engine.web.compat.coingecko._index import current_index
from engine.web.endpoint import endpoint
from providers import Asset
from schemas.compat.coingecko import FailureAnswer

INVALID_CURRENCY = "invalid vs_currency"


def failure(error: ApiError) -> Failure:
    """Return `{"error": "..."}` for an invalid request, and `{"status": {...}}` for other failures."""
    if error.code == "INVALID_SYMBOL":  # the coin is known by its id: no market has it in this currency
        return {"error": INVALID_CURRENCY}, 400
    if isinstance(error, InvalidRequest):
        return {"error": _wrong(error)}, 422
    if error.status in (401, 429) or error.status >= 500:
        status = {"error_code": error.status, "error_message": error.message}
        return {"status": status}, error.status
    return {"error": error.message}, error.status


def _wrong(error: InvalidRequest) -> str:
    """Return the message for the first invalid parameter."""
    for name, reasons in (error.details or {}).items():
        reason = str(reasons[0] if isinstance(reasons, list) else reasons)
        return reason if reason.startswith("Missing parameter") else f"Invalid parameter {name}: {reason}"
    return error.message


bp = dialect("coingecko", "/compat/coingecko/api/v3", failure)
served = partial(endpoint, failure=FailureAnswer, failures=(404, 422), unknown=EXCLUDE)


def known_coin(id_: str) -> Asset:
    """Return the coin of one of CoinGecko's ids. Raises its error for an unknown one."""
    asset = current_index().by_id.get(id_)
    if asset is None:
        raise ApiError("coin not found", code="NOT_FOUND", status=404)
    return asset


def check_currency(currency: str) -> None:
    """Raise CoinGecko's error for a currency that is not served."""
    if currency not in CURRENCIES:
        raise ApiError(INVALID_CURRENCY, code="INVALID_PARAMETER", status=400)
