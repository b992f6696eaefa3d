"""What venues say over WebSockets, in one form for all of them. Times are Unix milliseconds."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from providers._intervals import Interval
from providers._models import Candle

Channel = Literal["candles", "tickers", "trades", "aggregates", "books"]


class Topic(msgspec.Struct, frozen=True):
    """One series of a venue: a market by its `native` name, with the venue's codes of its two coins.

    Candles have an interval.
    """

    channel: Channel
    native: str
    base: str
    quote: str
    interval: Interval | None = None


class StreamedCandle(msgspec.Struct, frozen=True):
    """A candle of the topic `name`, sent at `sent`.

    `closed` is the venue's own word, `None` where it never says so: then a later candle closes this one.
    A `seed` is history that arrives on the live channel after a subscription: it is never an event.
    """

    name: str
    candle: Candle
    closed: bool | None
    sent: int | None = None
    seed: bool = False


class StreamedTicker(msgspec.Struct, frozen=True):
    """The last price of the topic `name`. `time` is the venue's, `None` where it sends none."""

    name: str
    price: float
    time: int | None = None
    seed: bool = False


class StreamedTrade(msgspec.Struct, frozen=True):
    """A trade of the topic `name`. Ids of a market ascend by 1, so that a jump is a loss.

    `buyer_is_maker` says that the buyer's order was in the book, `None` where the venue does not say it.
    """

    name: str
    id: int
    price: float
    amount: float
    time: int
    seed: bool = False
    buyer_is_maker: bool | None = None


class StreamedAggregate(msgspec.Struct, frozen=True):
    """The trades of one order at one price, from the id `first` to `last`, as the venue adds them up."""

    name: str
    id: int
    price: float
    amount: float
    first: int
    last: int
    time: int
    buyer_is_maker: bool


class StreamedBook(msgspec.Struct, frozen=True):
    """The best prices of the topic `name` and their amounts. `id` is the venue's for this state."""

    name: str
    bid: float
    bid_amount: float
    ask: float
    ask_amount: float
    id: int | None = None


class LastTrade(msgspec.Struct, frozen=True):
    """The id of the last trade of the topic `name` by the venue's heartbeat, which shows lost trades.

    At `time` there was no later one.
    """

    name: str
    id: int
    time: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The venue accepts a request: the one with the id `request`, or the topics that it `names`."""

    request: str | None = None
    names: tuple[str, ...] = ()


class Refused(msgspec.Struct, frozen=True):
    """The venue refuses a request, or some topics of it. A refused request may have had good topics."""

    reason: str
    request: str | None = None
    names: tuple[str, ...] = ()


class Welcome(msgspec.Struct, frozen=True):
    """The venue is ready for requests, which it is not before."""


class Alive(msgspec.Struct, frozen=True):
    """The connection is alive; nothing is said about any series."""


class Ending(msgspec.Struct, frozen=True):
    """The venue will end the connection soon: open another one first."""

    reason: str


class Respond(msgspec.Struct, frozen=True):
    """The venue waits for this text."""

    text: str


Event = (
    StreamedCandle
    | StreamedTicker
    | StreamedTrade
    | StreamedAggregate
    | StreamedBook
    | LastTrade
    | Accepted
    | Refused
    | Welcome
    | Alive
    | Ending
    | Respond
)


def in_order(candles: Iterable[StreamedCandle]) -> list[Event]:
    """Return the candles of a frame in ascending order: venues send two of them in any."""
    return [*sorted(candles, key=lambda one: one.candle.open_time)]
