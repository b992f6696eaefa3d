"""The blueprint of CryptoCompare's interface, and its failures."""

from functools import partial

from marshmallow import EXCLUDE

from engine.errors import ApiError
from engine.web.compat._dialect import Failure, dialect
from engine.web.endpoint import endpoint
from schemas.compat.cryptocompare import HistoryError

OTHER, WRONG, SPENT = 1, 2, 99
"""Values of `Type` for failures."""
TYPES = {"RATE_LIMITED": SPENT, "INVALID_PARAMETER": WRONG, "INVALID_SYMBOL": WRONG}
SPENT_MESSAGE = "You are over your rate limit please upgrade your account!"
"""The text that clients recognise."""


def failure(error: ApiError) -> Failure:
    """Return a failure in CryptoCompare's format, with status 200 except for a refused method."""
    body: dict[str, object] = {
        "Response": "Error",
        "Message": SPENT_MESSAGE if error.code == "RATE_LIMITED" else error.message,
        "HasWarning": False,
        "Type": TYPES.get(error.code, OTHER),
        "RateLimit": {},
        "Data": {},
    }
    if body["Type"] == WRONG and error.details:
        name, wrong = next(iter(error.details.items()))
        body |= {"Message": f"{name} {_first(wrong)}", "ParamWithError": name}
    return body, error.status if error.code == "METHOD_NOT_ALLOWED" else 200


bp = dialect("cryptocompare", "/compat/cryptocompare", failure)
served = partial(endpoint, unknown=EXCLUDE, failure=HistoryError, fails_with=200)


def _first(wrong: object) -> object:
    return wrong[0] if isinstance(wrong, list) else wrong
