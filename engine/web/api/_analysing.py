"""Texts that clients send to be judged: what that costs them, and how much of it a worker does at a time."""

from collections.abc import Sequence

from engine.concurrency.yielding import Busy, OneAtATime
from engine.errors import ApiError
from engine.market.sentiment import analyse
from engine.web.access import admission
from engine.web.access.quotas import bucket, units

UNIT = 10_000
"""Characters that count as one request: to judge them takes some 40 ms."""
RETRY_AFTER = 2

_turns = OneAtATime(waiting=8, patience=3.0, each=3)


def analysed(texts: Sequence[str]) -> list[dict[str, object]]:
    """Return what each of `texts` says. Raises an `ApiError` where too little is left of the quota, or where
    others are being judged and too many wait, of this client or in all.
    """
    try:
        with _turns.turn(bucket()):
            admission.charge(units(sum(map(len, texts)), UNIT))
            return analyse(texts)
    except Busy:
        message = "Other texts are being judged"
        raise ApiError(message, code="RATE_LIMITED", status=429, retry_after=RETRY_AFTER) from None
