"""The request for indicators of one pair, independent of HTTP."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.analysis.indicators import INDICATORS, RequestedIndicator, Unreadable, read
from engine.errors import ApiError
from engine.market.candles.request import series_key
from providers import Interval, Pair

MOST_READ = 5000
"""Maximum number of candles to read for one series, including the warm-up."""
SHOWN = 40
"""Characters of an invalid name that an error repeats."""


class InvalidIndicator(ApiError):
    """A name means no indicator, or has wrong parameters.

    `details` lists what is wrong, and has an object with similar names for each unknown one.
    """

    code = "INVALID_INDICATOR"
    status = 400

    reasons: Sequence[str] = ()
    """The error of each unreadable text."""

    @classmethod
    def of(cls, wrong: Sequence[Unreadable]) -> "InvalidIndicator":
        """Build the error for all unreadable texts."""
        reasons = [f"{_shortened(each.key)}: {each.what}" for each in wrong]
        details: dict[str, object] = {
            "indicators": reasons,
            **{_shortened(each.key): {"didYouMean": list(each.similar)} for each in wrong if each.similar},
        }
        error = cls("The request is not valid; /api/indicators/list has all indicators", details)
        error.reasons = reasons
        return error


class IndicatorRequest(msgspec.Struct, frozen=True):
    """A request for the values of `indicators` at the newest `limit` candles.

    `symbol` is the client's name for the pair, and `about` has notes on it. With a `venue` only this provider
    is asked. With `closed_only` the candle that is still forming is left out. `share` is the share of a
    provider's budget that the request may use. With `in_time` the candles are not from before the last close.
    """

    symbol: str
    pair: Pair
    interval: Interval
    limit: int
    indicators: tuple[RequestedIndicator, ...]
    closed_only: bool = False
    venue: str | None = None
    share: float = 1.0
    in_time: bool = False
    about: Mapping[str, Mapping[str, object]] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of its answer in the cache."""
        names = ",".join(indicator.key for indicator in self.indicators)
        about = f":{dict(self.about)}" if self.about else ""
        series = series_key(self.pair, self.interval, self.venue)
        return f"{self.symbol}:{series}:{self.limit}:{self.closed_only}:{names}{about}"

    @property
    def count(self) -> int:
        """The candles to read: those of the answer, and those that its first values need before it."""
        needed = max(indicator.needed(self.interval) for indicator in self.indicators)
        return min(MOST_READ, self.limit - 1 + needed)


def read_indicators(names: Iterable[str]) -> tuple[RequestedIndicator, ...]:
    """Return the indicators that `names` mean, each name once. Raises `InvalidIndicator`."""
    found, wrong = [], []
    for name in dict.fromkeys(names):
        try:
            found.append(read(name, INDICATORS))
        except Unreadable as error:
            wrong.append(error)
    if wrong:
        raise InvalidIndicator.of(wrong)
    return tuple(found)


def _shortened(text: str) -> str:
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in plain[:SHOWN])
