"""Series that are fed by the stand-in's WebSockets and requests, by a clock that a test moves."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, Self

from engine.market.candles.slices import row_of
from engine.streaming.channels import Channel
from engine.streaming.feeding import Feeding
from engine.streaming.series import Seat
from engine.streaming.sources import Sources, seat_of
from engine.streaming.venues import Venues
from engine.upstream.streams.changes import Look
from engine.upstream.streams.connection import Ways
from engine.upstream.streams.opening import opener
from engine.upstream.streams.venue import VenueStreams
from providers import INTERVALS, Candle, Http, Interval, Market, Window, discover
from providers import Channel as VenueChannel
from tests.upstreams import StandIn
from tests.upstreams.streams import StreamServer
from tests.waiting import eventually

START = 1_790_274_180
MINUTE = INTERVALS["1m"]
BETWEEN = {"okx": "-", "coinbase": "-", "kucoin": "-", "gate": "_"}
"""What some venues write between the codes of a market."""
STEP = 2.0
"""Seconds by which the clock moves at once, fewer than those after which a venue is silent."""


class Pool(ThreadPoolExecutor):
    """Threads for requests, which a test can wait for."""

    def __init__(self) -> None:
        super().__init__(4)
        self._futures: list[Future[Any]] = []

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin a request."""
        self._futures.append(super().submit(*args, **kwargs))
        return self._futures[-1]

    def finish(self) -> None:
        """Wait for all requests."""
        wait(self._futures)
        self._futures.clear()


class Live:
    """Feeds a channel of candles for each coin of `wanted`, from its venues in their order."""

    def __init__(self, wanted: Mapping[str, Iterable[str]], *, quote: str = "USDT") -> None:
        self.clock = float(START + 50)
        self.said: dict[str, list[dict[str, Any]]] = {f"candles:{coin}:1m": [] for coin in wanted}
        self.stand_in = StandIn(clock=lambda: self.clock)
        self.reached: dict[str, int] = {}
        self._wanted, self._quote = wanted, quote
        self._pool = Pool()

    def __enter__(self) -> Self:
        self.stand_in.start()
        self.server: StreamServer = self.stand_in.open_streams(pace=0.01)
        kinds = {kind.name: kind for kind in discover()}
        names = {name for venues in self._wanted.values() for name in venues}
        self.providers: dict[str, Any] = {
            name: kinds[name](Http(), base_url=self.stand_in.url(name), clock=lambda: self.clock)
            for name in names
        }
        self.venues = Venues(self._build, self.now)
        sources = Sources(self._seats, lambda _: [], self._candles, self._no_price, lambda *_: None)
        self.feeding = Feeding(
            self.venues,
            sources,
            self,
            self._pool,
            clock=self.now,
            label=str,
            most=100,
            reached=self.reached.get,
        )
        self.feeding.want(Channel(name, "candles", None, MINUTE) for name in self.said)
        return self

    def __exit__(self, *_: object) -> None:
        self.venues.stop()
        self._pool.shutdown()
        self.stand_in.stop()

    def now(self) -> int:
        """Return the clock's Unix milliseconds."""
        return int(self.clock * 1000)

    def publish(
        self, channel: str, body: Mapping[str, Any], *, conflated: bool, reached: int | None = None
    ) -> None:
        """Keep a message, and its position in the series."""
        self.said[channel].append(dict(body))
        if reached is not None:
            self.reached[channel] = reached

    def ended(self, channel: str) -> None:
        """Keep everything."""

    def forgotten(self, channel: str) -> None:
        """Delete the position of a series."""
        self.reached.pop(channel, None)

    def begin(self, *, without: str = "") -> None:
        """Connect, and wait for all topics but those of one venue, and for the first candles."""
        seats = {self._seat(coin, venue) for coin, venues in self._wanted.items() for venue in venues}
        topics = [(seat.venue, seat.topic or "") for seat in seats if seat.venue != without]
        self.until(lambda: all(self.venues.is_online(venue, topic) for venue, topic in topics))
        self.until(lambda: all(self.said.values()))

    def until(self, true: Callable[[], object]) -> None:
        """Tick without moving the clock until something is true."""

        def ticked() -> bool:
            self.feeding.tick()
            return bool(true())

        eventually(ticked)

    def run(self, seconds: float, until: Callable[[], object] = lambda: False) -> None:
        """Move the clock in small steps, each of which all connections see, or until something is true."""
        end = self.clock + seconds
        while self.clock < end and not until():
            self.clock += STEP
            seen = self.server.passes.copy()
            eventually(partial(self._seen, seen))
            self.feeding.tick()
            self._pool.finish()

    def published(self, coin: str, *types: str) -> list[dict[str, Any]]:
        """Return the messages of some types about a coin."""
        return [one for one in self.said[f"candles:{coin}:1m"] if one["type"] in types]

    def closed(self, coin: str) -> list[dict[str, Any]]:
        """Return the rows of the closed candles of a coin as a client has them now: with corrections."""
        rows: dict[int, dict[str, Any]] = {}
        for one in self.published(coin, "candle", "correction"):
            if one["closed"]:
                assert one["type"] == "correction" or one["data"]["timestamp"] not in rows, "closed twice"
                assert one["type"] == "correction" or one["data"]["timestamp"] > max(rows, default=0)
                rows[one["data"]["timestamp"]] = one["data"]
        return [*rows.values()]

    def listed(self, coin: str, venue: str, times: Iterable[int]) -> list[dict[str, Any]]:
        """Return the same candles as the venue lists them."""
        wanted = [*times]
        look = Look(venue, min(wanted), max(wanted))
        candles = self._candles(self._seat(coin, venue), MINUTE, look)
        return [row_of(candle) for candle in candles]

    def _seen(self, before: Mapping[int, int]) -> bool:
        """Return whether every connection has looked at the market twice since."""
        now = self.server.passes
        return all(now[key] >= count + 2 for key, count in before.items() if key in now)

    def _seats(self, channel: Channel, interval: Interval) -> list[Seat]:
        coin = channel.name.split(":")[1]
        return [self._seat(coin, venue) for venue in self._wanted[coin]]

    def _seat(self, coin: str, venue: str) -> Seat:
        native = f"{coin}{BETWEEN.get(venue, '')}{self._quote}"
        return seat_of(self.providers[venue], Market(venue, coin, self._quote, native), MINUTE)

    def _candles(self, seat: Seat, interval: Interval, look: Look) -> list[Candle]:
        window = Window(interval.count(look.first, look.last), look.first, look.last)
        candles: list[Candle] | None = self.providers[seat.venue].candles(seat.market, interval, window)
        return candles or []

    def _no_price(self, channel: Channel, anew: bool) -> Any:
        raise NotImplementedError

    def _build(self, venue: str, channel: VenueChannel, received: Any, changed: Any) -> VenueStreams:
        source = self.providers[venue]
        ways = Ways(
            source=source,
            channel=channel,
            addresses=partial(source.addresses, channel, f"{self.server.address}/{venue}"),
            open=opener(None, connect=10.0, patience=0.02),
            receive=received,
            clock=self.now,
        )
        return VenueStreams(ways, lambda: None, changed, chance=lambda: 0.0)
