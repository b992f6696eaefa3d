"""Channels of streams, parsed from their names."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.names import Ambiguous, Renamed, Resolved, resolve
from engine.catalogue.pairs import pair_of
from engine.errors import ApiError
from engine.market.indicators import InvalidIndicator, read_indicators
from providers import INTERVALS, Interval, Pair

Kind = Literal["prices", "candles", "indicators", "news", "sentiment", "status"]
STATUS: Kind = "status"
ALONE: tuple[Kind, ...] = ("news", "sentiment", STATUS)
FORMS = "prices:BTC, candles:BTCUSDT:1m, indicators:BTCUSDT:1h:rsi:14, news, sentiment, status"
LONGEST = 120
"""Most characters of a channel's name."""


class Channel(msgspec.Struct, frozen=True):
    """A channel with its canonical `name`. `pair` is the resolved symbol; prices are of its base."""

    name: str
    kind: Kind
    pair: Resolved | None = None
    interval: Interval | None = None
    indicator: str | None = None

    def pair_in(self, catalogue: Catalogue) -> Pair:
        """Return the pair in the form that providers take. Only channels of pairs have one."""
        assert self.pair is not None  # noqa: S101 - callers know the kind
        return pair_of(self.pair.base, self.pair.quote, catalogue)


class WrongChannel(ValueError):
    """A text that names no channel. The message gives the reason."""


def read_channel(text: str, catalogue: Catalogue, now: float) -> Channel:
    """Parse a channel's name with the catalogue as of `now` (Unix seconds).

    Raises `WrongChannel`.
    """
    if len(text) > LONGEST:
        raise WrongChannel(f"has more than {LONGEST} characters")
    kind, _, rest = text.partition(":")
    if kind in ALONE and not rest:
        return Channel(kind, kind)
    if not rest:
        raise WrongChannel(f"is no channel; there are {FORMS}")
    match kind:
        case "prices":
            pair = _pair(rest, catalogue, now)
            venue = "" if pair.venue is None else f":{pair.venue}"
            return Channel(f"prices:{pair.asked}{venue}", "prices", pair)
        case "candles":
            symbol, _, code = rest.rpartition(":")
            pair, interval = _pair(symbol, catalogue, now), _interval(code)
            return Channel(f"candles:{_name(pair)}:{interval.code}", "candles", pair, interval)
        case "indicators":
            return _indicators(rest, catalogue, now)
    raise WrongChannel(f"is no channel; there are {FORMS}")


def read_channels(texts: Iterable[str], catalogue: Catalogue, now: float) -> dict[str, Channel]:
    """Return channels by their canonical names. Raises `ApiError` with every text that names none."""
    found: dict[str, Channel] = {}
    wrong: dict[str, list[str]] = {}
    for text in texts:
        try:
            channel = read_channel(text, catalogue, now)
        except WrongChannel as error:
            wrong[text[:LONGEST]] = [str(error)]
        else:
            found[channel.name] = channel
    if wrong:
        raise invalid(wrong)
    return found


def _indicators(rest: str, catalogue: Catalogue, now: float) -> Channel:
    parts = rest.split(":")
    for place in range(1, len(parts) - 1):
        if parts[place] in INTERVALS:
            pair = _pair(":".join(parts[:place]), catalogue, now)
            text = ":".join(parts[place + 1 :])
            try:
                read_indicators([text])
            except InvalidIndicator as error:
                raise WrongChannel(f"has no indicator: {'; '.join(error.reasons)}") from None
            name = f"indicators:{_name(pair)}:{parts[place]}:{text}"
            return Channel(name, "indicators", pair, INTERVALS[parts[place]], text)
    raise WrongChannel("has no interval or no indicator, as indicators:BTCUSDT:1h:rsi:14 has")


def _name(pair: Resolved) -> str:
    return pair.symbol if pair.venue is None else f"{pair.symbol}:{pair.venue}"


def _interval(code: str) -> Interval:
    if code not in INTERVALS:
        raise WrongChannel(f"has no interval; there are {', '.join(INTERVALS)}")
    return INTERVALS[code]


def _pair(text: str, catalogue: Catalogue, now: float) -> Resolved:
    found = resolve(text, catalogue, now) if text else None
    match found:
        case Resolved():
            return found
        case Ambiguous():
            raise WrongChannel(f"is ambiguous; write {' or '.join(one.symbol for one in found.readings)}")
        case Renamed():
            raise WrongChannel(f"was renamed to {found.rename.new}, in another unit")
        case None:
            raise WrongChannel("names no coin or pair")
    similar = ", ".join(found.did_you_mean)
    raise WrongChannel(
        "names no coin or pair that is known" + (f"; did you mean {similar}" if similar else "")
    )


def invalid(wrong: dict[str, list[str]]) -> ApiError:
    """Return the error for texts that name no channel. `wrong` has the reasons by text."""
    return ApiError("Some channels do not exist", dict(wrong), code="INVALID_CHANNEL", status=400)
