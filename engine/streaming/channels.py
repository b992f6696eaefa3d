"""The channels that there are, and what their texts mean."""

from dataclasses import dataclass
from typing import Literal

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.names import Ambiguous, Renamed, Resolved, resolve
from engine.errors import ApiError
from providers import INTERVALS, Interval

Kind = Literal["prices", "candles", "status"]
STATUS: Kind = "status"
FORMS = "prices:BTC, candles:BTCUSDT:1m, status"
LONGEST = 120
"""Characters of a channel's text."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by its canonical `name`. `pair` is what the symbol means; prices are of its base."""

    name: str
    kind: Kind
    pair: Resolved | None = None
    interval: Interval | None = None


class WrongChannel(ValueError):
    """A text that names no channel. The message says why."""


def read_channel(text: str, catalogue: Catalogue, now: float) -> Channel:
    """Return the channel of a text, by the catalogue of the time `now` (Unix seconds).

    Raises `WrongChannel`.
    """
    if len(text) > LONGEST:
        raise WrongChannel(f"has more than {LONGEST} characters")
    kind, _, rest = text.partition(":")
    if kind == STATUS and not rest:
        return Channel(STATUS, STATUS)
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
    raise WrongChannel(f"is no channel; there are {FORMS}")


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
    """Return the error about texts that name no channels."""
    return ApiError("Some channels do not exist", dict(wrong), code="INVALID_CHANNEL", status=400)
