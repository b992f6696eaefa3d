"""A client with an expired cursor gets the closed candles since its time, and the state of each channel."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest

from engine.cache import Validity
from engine.errors import AllProvidersFailed, ApiError
from engine.market.candles.request import CandleRequest
from engine.market.candles.slices import CandleSlice
from engine.streaming import messages
from engine.streaming.catching_up import CatchingUp
from engine.streaming.channels import Channel
from engine.streaming.cursors import Cursor, Place, parse_cursor
from engine.streaming.hub import Hub
from engine.streaming.log import Message
from engine.streaming.missed import MOST, Missed
from engine.streaming.publishing import LocalPublisher
from engine.upstream.streams.changes import Closed, Forming
from providers import ASSETS, INTERVALS, Candle, Pair

MINUTE = INTERVALS["1m"]
NOW = 1_790_274_180_000 + 1_000
BTC = "candles:BTCUSDT:1m"
POOL = ThreadPoolExecutor(2)


class Pairs:
    """What a channel's pair is asked for by."""

    symbol, venue = "BTCUSDT", None


class Stage:
    """A hub with a history, in which every minute has a candle but one."""

    def __init__(self) -> None:
        self.now = NOW
        self.hub = Hub("7f3a", lambda: self.now)
        self.publisher = LocalPublisher(self.hub, lambda: self.now)
        self.requests: list[CandleRequest] = []
        self.failure: ApiError | None = None
        self.during: Callable[[], None] = lambda: None
        self.delivered: list[Message] = []
        self.open, self.slow = True, 0
        self.missed_ = Missed(self.hub, self.channel, lambda _: Pair(ASSETS[0], "USDT"), self.slice, POOL)

    def channel(self, name: str) -> Channel:
        """Return a channel of candles, or of prices."""
        if not name.startswith("candles"):
            return Channel(name, "prices")
        return Channel(name, "candles", Pairs(), MINUTE)  # type: ignore[arg-type]

    def slice(self, request: CandleRequest) -> CandleSlice:
        """Return candles of the history, without the one three minutes ago."""
        self.requests.append(request)
        self.during()
        if self.failure is not None:
            raise self.failure
        first, last = request.window.bounds(MINUTE, self.now)
        hole = MINUTE.open_time(NOW) - 3 * 60_000
        times = [time for time in range(first, last + 1, 60_000) if time != hole]
        return CandleSlice(
            request.symbol,
            MINUTE,
            "USDT",
            "kraken",
            tuple(candle(time) for time in times),
            Validity(made=0.0, lifetime=1.0),
            gaps=((hole, hole),),
            reasons=("no_trades",),
            filled=((times[0], "okx"),),
        )

    def named(self, texts: Any) -> list[str]:
        """Return the names."""
        return [*texts]

    def missed(self, cursor: Cursor, channels: Any) -> list[Message]:
        """Return the history."""
        return self.missed_.history(cursor, channels)

    def snapshots(self, channels: Any) -> Any:
        """Return the newest states."""
        return self.missed_.snapshots(channels)

    def deliver(self, message: Message) -> None:
        """Take a message."""
        self.delivered.append(message)

    def pause(self) -> bool:
        """Be slow so many times; a candle closes then."""
        if self.slow:
            self.slow -= 1
            self.close(self.now - 60_000)
            return True
        return False

    def close(self, time: int) -> None:
        """Publish a closed candle."""
        self.now += 60_000
        opened = MINUTE.open_time(time)
        body = messages.candle(Closed("binance", candle(opened)), "USDT", "binance", self.now)
        self.publisher.publish(BTC, body, conflated=False, reached=opened)

    def form(self, time: int) -> None:
        """Publish a running candle."""
        body = messages.candle(
            Forming("binance", candle(MINUTE.open_time(time))), "USDT", "binance", self.now
        )
        self.publisher.publish(BTC, body, conflated=True)

    def start_over(self, minutes: int, *, epoch: str = "abcd", closed_only: bool = False) -> list[Any]:
        """Return the messages for a client that was away for so many minutes."""
        cursor = Cursor(epoch, Place(NOW - minutes * 60_000 + 30_000, 0))
        CatchingUp(self.hub, self, self, closed_only=closed_only).start_over([BTC], cursor)
        return [orjson.loads(one.body) for one in self.delivered]


def candle(time: int) -> Candle:
    """Return a candle of a minute."""
    return Candle(time, 1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.fixture
def stage() -> Stage:
    """Return a hub of now."""
    return Stage()


def opened(sent: list[Any]) -> list[int]:
    """Return how many minutes ago each candle opened."""
    minute = MINUTE.open_time(NOW)
    return [(minute - one["data"]["timestamp"]) // 60_000 for one in sent if one["type"] == "candle"]


def test_closed_candles_come_in_order_then_the_state(stage: Stage) -> None:
    """A replay has the closed candles with their providers, gaps with their reasons, then the state."""
    stage.form(NOW)
    sent = stage.start_over(5)

    assert [one["type"] for one in sent] == ["candle", "candle", "gap", "candle", "candle", "snapshot"]
    assert opened(sent) == [5, 4, 2, 1]
    assert [one["source"] for one in sent if one["type"] == "candle"] == ["okx", "kraken", "kraken", "kraken"]
    assert sent[2]["reason"] == "no_trades"
    assert all(one["closed"] and one["channel"] == BTC for one in sent if one["type"] == "candle")
    assert (sent[-1]["of"], sent[-1]["closed"]) == ("candle", False)


def test_what_closes_meanwhile_follows_once(stage: Stage) -> None:
    """A candle that closes while the history is read follows it once."""
    stage.close(NOW - 60_000)
    stage.during = lambda: stage.close(NOW)

    assert opened(stage.start_over(5)) == [5, 4, 2, 1, 0]


def test_nothing_is_lost_while_a_client_is_slow(stage: Stage) -> None:
    """Messages that come during the replay of a slow client are delivered once each."""
    stage.close(NOW - 60_000)
    stage.slow = 7
    sent = stage.start_over(5)
    minutes = opened(sent)

    assert minutes == [5, 4, 2, 1, 0, -1, -2, -3, -4, -5, -6]


def test_a_client_of_closed_candles_is_given_no_running_one(stage: Stage) -> None:
    """With `closedOnly` a client gets no running candle, also without a cursor."""
    stage.form(NOW)
    CatchingUp(stage.hub, stage, stage, closed_only=True).begin([BTC])

    assert stage.delivered == []


def test_a_channel_begins_with_its_newest_candle(stage: Stage) -> None:
    """A subscription begins with the newest candle, a closed one until the next one forms."""
    stage.form(NOW)
    stage.close(NOW)
    CatchingUp(stage.hub, stage, stage, closed_only=False).begin([BTC])

    assert [orjson.loads(one.body)["closed"] for one in stage.delivered] == [True]


def test_a_replay_of_a_channel_that_is_not_fed_reaches_to_now(stage: Stage) -> None:
    """The replay of a channel that is not fed reaches to now, because no sequence continues it."""
    stage.close(NOW - 240_000)
    stage.hub.log.drop(BTC)
    bodies, _, _ = stage.missed_.page(Cursor("a", Place(NOW - 300_000, 0)), [BTC], 100)

    assert opened([orjson.loads(body) for body in bodies])[-1] == 0


def test_a_cursor_of_the_history_goes_on_in_the_history(stage: Stage) -> None:
    """A client that is cut during the replay resumes in the history, without loss or repetition."""
    stage.start_over(5)
    cut = parse_cursor(orjson.loads(stage.delivered[1].body)["cursor"])
    assert cut is not None
    assert stage.hub.replay(cut, [BTC]) is None
    rest = stage.missed(cut, [BTC])

    assert [one.body for one in rest] == [one.body for one in stage.delivered[2:]]
    assert f"id: {cut}\n".encode() in stage.delivered[1].event(stage.delivered[1].cursor)


def test_more_than_a_thousand_candles_are_a_gap(stage: Stage) -> None:
    """A replay has the newest thousand candles, and a gap for the older ones."""
    gap, *sent = [
        orjson.loads(one.body) for one in stage.missed(Cursor("a", Place(NOW - 90_000_000, 0)), [BTC])
    ]

    assert (gap["type"], gap["reason"]) == ("gap", "too_many")
    assert gap["to"] == sent[0]["data"]["timestamp"] - 60_000
    assert len(sent) == MOST
    assert stage.requests[0].window.limit == MOST


def test_a_history_that_cannot_be_read_is_a_gap(stage: Stage) -> None:
    """A history that cannot be read is a gap with its reason, which differs from minutes without trades."""
    stage.failure = AllProvidersFailed("candles")
    (gap,) = stage.start_over(5)

    assert (gap["type"], gap["reason"]) == ("gap", "not_fetched")


def test_a_replay_is_cut_into_pages(stage: Stage) -> None:
    """Each page of a replay continues after the previous one, and the last page has the state."""
    stage.form(NOW)
    cursor, pages = Cursor("a", Place(NOW - 300_000, 0)), []
    more = True
    while more:
        bodies, text, more = stage.missed_.page(cursor, [BTC], 3)
        pages.append([orjson.loads(body) for body in bodies])
        after = parse_cursor(text)
        assert after is not None
        cursor = after

    assert all(page[0]["type"] == "reset" and len(page) <= 4 for page in pages)
    assert opened([one for page in pages for one in page]) == [6, 5, 4, 2, 1]
    assert pages[-1][-1]["type"] == "snapshot"
