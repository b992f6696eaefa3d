"""The blueprint of CryptoCompare's interface, and its failures."""

from functools import partial

from marshmallow import EXCLUDE

from engine.errors import ApiError, InvalidRequest
from engine.web.compat._dialect import Failure, dialect
from engine.web.endpoint import endpoint
from schemas import shorten
from schemas.compat.cryptocompare import HistoryError

OTHER, WRONG, SPENT = 1, 2, 99
"""Values of `Type` for failures."""
SPENT_MESSAGE = "You are over your rate limit please upgrade your account!"
"""The text that clients recognise."""


class NoMarket(InvalidRequest):
    """The coins are known, and no provider trades the pair."""

    @classmethod
    def of(cls, fsym: str, tsym: str) -> "NoMarket":
        """Return the error in CryptoCompare's words."""
        pair = f"{shorten(fsym)}-{tsym}"
        return cls(f"CCCAGG market does not exist for this coin pair ({pair})", {"fsym": [pair]})


def failure(error: ApiError) -> Failure:
    """Return a failure in CryptoCompare's format, with status 200 except for a refused method."""
    body: dict[str, object] = {
        "Response": "Error",
        "Message": SPENT_MESSAGE if error.code == "RATE_LIMITED" else error.message,
        "HasWarning": False,
        "Type": _type(error),
        "RateLimit": {},
        "Data": {},
    }
    if body["Type"] == WRONG and error.details:
        name, wrong = next(iter(error.details.items()))
        text = error.message if isinstance(error, NoMarket) else f"{name} {_first(wrong)}"
        body |= {"Message": text, "ParamWithError": name}
    return body, error.status if error.code == "METHOD_NOT_ALLOWED" else 200


bp = dialect("cryptocompare", "/compat/cryptocompare", failure)
served = partial(endpoint, unknown=EXCLUDE, failure=HistoryError, fails_with=200)


def _type(error: ApiError) -> int:
    if isinstance(error, InvalidRequest):
        return WRONG
    return SPENT if error.code == "RATE_LIMITED" else OTHER


def _first(wrong: object) -> object:
    return wrong[0] if isinstance(wrong, list) else wrong
