"""The engine's messages as Binance's streams read them, from this worker and from another one."""

from dataclasses import replace

import pytest

from engine.store.sequence import Place
from engine.streaming import messages
from engine.streaming.message import Message
from engine.streaming.messages import Body
from engine.streaming.publishing import placed
from engine.streaming.sharing.queue import as_message, as_sent
from engine.upstream.streams.changes import Closed, Forming
from engine.web.compat.binance.streams._messages import candle_of, price_of
from providers import Candle

NOW = 1_790_274_180_000
CANDLE = Candle(NOW - 60_000, 100.0, 103.0, 99.5, 102.25, None, 4321.5, 17)
CANDLES = {
    "forming": messages.candle(Forming("okx", CANDLE, NOW - 20), "USDT", "okx", NOW),
    "closed": messages.candle(Closed("okx", CANDLE), "USDT", "okx", NOW),
}
PRICE = messages.price({"symbol": "BTC", "price": 102.25, "change24h": None, "rank": 1}, NOW - 20, NOW)


def published(body: Body) -> Message:
    """Return a message that this worker publishes, with JSON that cannot be read."""
    message = placed("7f3a", Place(NOW, 1), "a channel", body, conflated=True)
    return replace(message, body=b"not read")


def received(body: Body) -> Message:
    """Return the same message as a worker gets it that reads it from Redis."""
    message = placed("7f3a", Place(NOW, 1), "a channel", body, conflated=True)
    return as_message("7f3a", as_sent(message))


@pytest.mark.parametrize("name", CANDLES)
def test_a_candle_of_this_worker_is_read_without_its_json(name: str) -> None:
    """The streams convert the values from which the engine wrote the JSON, and get the candle from them."""
    found = candle_of(published(CANDLES[name]))

    assert found is not None
    assert found.candle == CANDLE
    assert (found.source, found.quote, found.received_at) == ("okx", "USDT", NOW)
    assert (found.closed, found.source_time) == ((True, None) if name == "closed" else (False, NOW - 20))


def test_a_price_of_this_worker_is_read_without_its_json() -> None:
    """The streams convert the values from which the engine wrote the JSON, and get the price from them."""
    found = price_of(published(PRICE))

    assert found is not None
    assert (found.data.symbol, found.data.price, found.data.change_24h) == ("BTC", 102.25, None)
    assert found.received_at == NOW


@pytest.mark.parametrize("name", CANDLES)
def test_a_candle_of_another_worker_is_read_from_its_json(name: str) -> None:
    """A message from Redis has bytes alone, from which the same candle is decoded."""
    message = received(CANDLES[name])

    assert message.said is None
    assert candle_of(message) == candle_of(published(CANDLES[name]))


def test_a_price_of_another_worker_is_read_from_its_json() -> None:
    """A message from Redis has bytes alone, from which the same price is decoded."""
    message = received(PRICE)

    assert message.said is None
    assert price_of(message) == price_of(published(PRICE))


@pytest.mark.parametrize("read", [candle_of, price_of])
def test_a_message_of_another_type_is_none(read: object) -> None:
    """A notice about a series has neither a candle nor a price."""
    notice = placed("7f3a", Place(NOW, 1), "a channel", {"type": "stale", "ageSeconds": 1}, conflated=False)

    assert callable(read)
    assert read(notice) is None
