"""Score texts that clients send: charge their quota, and bound the work of a worker."""

from collections.abc import Sequence

from msgspec.structs import asdict

from engine.analysis.scorer import Verdict
from engine.concurrency.yielding import Busy, OneAtATime
from engine.errors import ApiError
from engine.market.sentiment import analyse
from engine.web.access import admission
from engine.web.access.quotas import bucket, units

UNIT = 10_000
"""Characters that count as one request; scoring them takes about 40 ms."""
RETRY_AFTER = 2

_turns = OneAtATime(waiting=8, patience=3.0, each=3)


def analysed(texts: Sequence[str]) -> list[Verdict]:
    """Return the verdict on each of `texts`.

    Raises an `ApiError` if too little of the quota is left, or if too many texts are waiting, of this client
    or in total.
    """
    try:
        with _turns.turn(bucket()):
            admission.charge(units(sum(map(len, texts)), UNIT))
            return analyse(texts)
    except Busy:
        message = "Too many texts are being analyzed"
        raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=RETRY_AFTER) from None


def verdict_row(text: str, verdict: Verdict) -> dict[str, object]:
    """Return the row of a text in an answer."""
    return {"text": text, **asdict(verdict)}
