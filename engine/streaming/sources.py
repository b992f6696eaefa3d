"""The sources of streams: the venues of each series, and the requests that streams need."""

from collections.abc import Callable, Iterator

import msgspec

from engine.analysis.candles import sound
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.names import Resolved
from engine.catalogue.pairs import asset_of, pair_of
from engine.market import Market as UseCases
from engine.market.candles.request import CandleRequest
from engine.market.prices.lists import PriceList
from engine.market.prices.request import RequestedCoin
from engine.streaming.channels import Channel as EngineChannel
from engine.streaming.passthrough import PassthroughKind
from engine.streaming.series import Seat
from engine.upstream import BACKGROUND, Upstream
from engine.upstream.streams.changes import Look
from providers import (
    INTERVALS,
    Candle,
    CandleSource,
    Channel,
    Interval,
    Market,
    Pair,
    StreamSource,
    Topic,
    Window,
)

NEW = 10.0
"""Most seconds of age of a quote while no stream sends any."""
SETTLING = "USDT"
"""The currency in which prices are compared."""


class Sources(msgspec.Struct, frozen=True):
    """Functions that find venues, make requests and store candles.

    `seats` returns the venues of a series in the order of preference, and `tickers` those of a price.
    `candles` requests candles of a venue's market, and `price` the price of a channel. These two may wait,
    and raise `ProviderError` or `ApiError`. `keep` stores a closed candle in the history.
    """

    seats: Callable[[EngineChannel, Interval], list[Seat]]
    tickers: Callable[[EngineChannel], list[Seat]]
    candles: Callable[[Seat, Interval, Look], list[Candle]]
    price: Callable[[EngineChannel, bool], PriceList]
    keep: Callable[[EngineChannel, Seat, Candle], None]


class VenueSources:
    """Finds venues as the use cases do, so that a stream and a request use the same market."""

    def __init__(self, use_cases: UseCases, catalogue: CurrentCatalogue, clock: Callable[[], int]) -> None:
        self._use_cases = use_cases
        self._catalogue = catalogue
        self._clock = clock
        self._upstreams: dict[str, Upstream[CandleSource]] = {
            upstream.name: upstream for upstream in use_cases.candles.upstreams
        }

    def as_sources(self) -> Sources:
        """Return the functions that feeding needs."""
        return Sources(self.seats, self.tickers, self.candles, self.price, self.keep)

    def seats(self, channel: EngineChannel, interval: Interval) -> list[Seat]:
        """Return the venues that have candles of an interval, those with the pair's quote first."""
        assert channel.pair is not None  # noqa: S101 - channels of candles have one
        found = [
            seat_of(upstream.provider, market, interval)
            for upstream, market in self._markets(channel.pair, interval)
            if interval.code in upstream.provider.intervals
        ]
        quote = channel.pair.quote.code
        return sorted(found, key=lambda seat: (seat.market.quote != quote, seat.topic is None))

    def tickers(self, channel: EngineChannel) -> list[Seat]:
        """Return the venues that stream the price of a coin."""
        assert channel.pair is not None  # noqa: S101 - channels of prices have one
        coins = self._catalogue.catalogue.coin_by_id
        pair = channel.pair._replace(quote=coins[SETTLING.lower()].coin)
        return [
            Seat(upstream.name, market, topic, says_closed=False)
            for upstream, market in self._markets(pair, INTERVALS["1m"])
            if isinstance(upstream.provider, StreamSource)
            and (topic := upstream.provider.topic_name(topic_of(market, "tickers"))) is not None
        ]

    def passthrough(self, pair: Resolved, kind: PassthroughKind) -> list[Seat]:
        """Return the venues that stream trades or best prices of a pair, in its quote alone."""
        found = []
        for upstream, market in self._markets(pair, INTERVALS["1m"]):
            provider = upstream.provider
            if isinstance(provider, StreamSource) and market.quote == pair.quote.code:
                name = provider.topic_name(Topic(kind, market.native, market.base, market.quote))
                if name is not None:
                    found.append(Seat(upstream.name, market, name, says_closed=False))
        return found

    def candles(self, seat: Seat, interval: Interval, look: Look) -> list[Candle]:
        """Request the candles of a look, and return the plausible ones. Raises a `ProviderError`."""
        upstream = self._upstreams[seat.venue]
        provider = upstream.provider
        window = Window(
            min(interval.count(look.first, look.last), provider.max_candles), look.first, look.last
        )
        candles = upstream.call(
            lambda: provider.candles(seat.market, interval, window), provider.candle_weight, BACKGROUND
        )
        return sound(candles, interval, self._clock()).candles if candles else []

    def price(self, channel: EngineChannel, anew: bool) -> PriceList:
        """Request the price of a channel, with `anew` from quotes of the last seconds.

        Raises an `ApiError`.
        """
        assert channel.pair is not None  # noqa: S101 - channels of prices have one
        pair = channel.pair
        coin = RequestedCoin(pair.asked, asset_of(pair.base), pair.venue)
        if anew:
            return self._use_cases.prices.newest([coin], SETTLING, self._clock() / 1000 - NEW)
        return self._use_cases.prices.consensus([coin], SETTLING)

    def keep(self, channel: EngineChannel, seat: Seat, candle: Candle) -> None:
        """Store a closed candle in the history, under the quote of its market."""
        assert channel.pair is not None and channel.interval is not None  # noqa: S101, PT018 - so are candles
        if channel.pair.venue is None:
            pair = Pair(asset_of(channel.pair.base), seat.market.quote)
            self._use_cases.candles.history.record_streamed(
                pair, channel.interval, seat.venue, candle, self._clock()
            )

    def _markets(self, pair: Resolved, interval: Interval) -> Iterator[tuple[Upstream[CandleSource], Market]]:
        """Yield the providers with a market of a pair, and that market."""
        asked = pair_of(pair.base, pair.quote, self._catalogue.catalogue)
        request = CandleRequest(pair.symbol, asked, interval, Window(1), venue=pair.venue)
        for upstream in self._upstreams.values():
            found = self._use_cases.candles.find(upstream.provider, request)
            if found is not None:
                yield upstream, found.listed


def seat_of(provider: CandleSource, market: Market, interval: Interval) -> Seat:
    """Return a venue's seat in a series. Without streamed candles, they are built from its trades."""
    if not isinstance(provider, StreamSource):
        return Seat(provider.name, market, None, says_closed=False)
    built = "candles" not in provider.channels and "trades" in provider.channels
    topic = topic_of(market, "trades") if built else topic_of(market, "candles", interval)
    flags = provider.says_closed or built
    return Seat(provider.name, market, provider.topic_name(topic), flags, built)


def topic_of(market: Market, channel: Channel, interval: Interval | None = None) -> Topic:
    """Return the topic of a venue's market."""
    return Topic(channel, market.native, market.base, market.quote, interval)
