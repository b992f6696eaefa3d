"""Candles built of trades have every trade, and end where one is lost."""

from random import Random

from engine.upstream.streams.trades import Lost, TradeCandles
from providers import Candle, LastTrade, StreamedCandle, StreamedTrade
from tests.engine.upstream.streams.market import MINUTE, START

NEXT = MINUTE.after(START)
LATER = MINUTE.after(NEXT)


def trade(
    id_: int, time: int, price: float = 100.0, amount: float = 1.0, *, seed: bool = False
) -> StreamedTrade:
    """Return a trade."""
    return StreamedTrade("matches BTC-USD", id_, price, amount, time, seed)


def begun() -> TradeCandles:
    """Return candles whose venue has sent its last trade, half a minute before the next candle."""
    candles = TradeCandles(MINUTE)
    assert candles.trade(trade(1, START + 30_000, seed=True)) == []
    return candles


def test_a_candle_with_an_unknown_beginning_is_never_built() -> None:
    """The minute in which the connection opened is never built, and left to requests."""
    candles = begun()
    assert candles.trade(trade(2, START + 40_000)) == []

    assert candles.trade(trade(3, NEXT, 101.0, 0.1)) == [
        StreamedCandle("matches BTC-USD", Candle(NEXT, 101, 101, 101, 101, 0.1), closed=False, sent=NEXT)
    ]


def test_the_next_trade_closes_a_candle() -> None:
    """The next candle's trade closes a candle, whose figures have no digits that no venue sent."""
    candles = begun()
    for number, (price, amount) in enumerate([(101.0, 0.1), (99.0, 0.2), (100.5, 0.3)]):
        candles.trade(trade(2 + number, NEXT + number, price, amount))

    closed, running = candles.trade(trade(5, LATER, 100.0, 2.0))
    assert isinstance(closed, StreamedCandle)
    assert (closed.candle, closed.closed) == (Candle(NEXT, 101, 101, 99, 100.5, 0.6), True)
    assert isinstance(running, StreamedCandle)
    assert running.candle == Candle(LATER, 100, 100, 100, 100, 2)


def test_a_heartbeat_closes_a_candle_without_a_later_trade() -> None:
    """A heartbeat with the last id closes a candle by its time, and later trades of it are left out."""
    candles = begun()
    candles.trade(trade(2, NEXT + 1))
    assert candles.last_trade(LastTrade("matches BTC-USD", 2, LATER - 1)) == []
    (closed,) = candles.last_trade(LastTrade("matches BTC-USD", 2, LATER))

    assert isinstance(closed, StreamedCandle)
    assert (closed.candle.open_time, closed.closed) == (NEXT, True)
    assert candles.last_trade(LastTrade("matches BTC-USD", 2, LATER + 1)) == []
    assert candles.trade(trade(3, LATER - 1)) == []


def test_a_lost_trade_ends_the_running_candle() -> None:
    """A jump of the ids, also in a heartbeat, drops the running candle, and the next one is complete."""
    for lost in (trade(5, NEXT + 10), LastTrade("matches BTC-USD", 5, NEXT + 10)):
        candles = begun()
        candles.trade(trade(2, NEXT + 1))
        found = candles.trade(lost) if isinstance(lost, StreamedTrade) else candles.last_trade(lost)
        assert found == [Lost()]
        assert candles.trade(trade(6, NEXT + 20)) == []
        (running,) = candles.trade(trade(7, LATER))
        assert isinstance(running, StreamedCandle)


def test_a_trade_that_comes_twice_counts_once() -> None:
    """A repeated id counts once, and a new connection begins with its own last trade."""
    candles = begun()
    candles.trade(trade(2, NEXT + 1))
    assert candles.trade(trade(2, NEXT + 1)) == []
    candles.reset()

    assert candles.trade(trade(9, NEXT + 5, seed=True)) == []
    assert candles.trade(trade(10, NEXT + 6)) == []


def test_candles_of_chance_are_those_of_all_their_trades() -> None:
    """With random losses and repetitions, every closed candle has all of its trades."""
    random = Random(5)
    for _ in range(20):
        trades = [trade(n, START + n * 700, random.uniform(90, 110), random.random()) for n in range(1, 900)]
        candles, closed = TradeCandles(MINUTE), list[Candle]()
        for one in trades:
            for _ in range(random.choices((0, 1, 2), (1, 200, 5))[0]):
                found = candles.trade(one)
                closed += [
                    built.candle for built in found if isinstance(built, StreamedCandle) and built.closed
                ]
        for candle in closed:
            own = [one for one in trades if MINUTE.open_time(one.time) == candle.open_time]
            assert (candle.open, candle.close) == (own[0].price, own[-1].price)
            assert candle.high == max(one.price for one in own)
            assert candle.low == min(one.price for one in own)
            assert abs((candle.volume or 0) - sum(one.amount for one in own)) < 1e-8
        assert closed
