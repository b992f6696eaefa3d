"""The messages of the last minutes bring a client that was away up to date."""

from collections.abc import Callable
from random import Random

import pytest

from engine.streaming.cursors import Cursor, Place, parse_cursor
from engine.streaming.endings import Endings
from engine.streaming.hub import LINGER, Hub
from engine.streaming.log import KEPT, Log, Message
from engine.streaming.outbox import FRAME, MOST_BYTES, Outbox, Overflow
from engine.streaming.publishing import LocalPublisher

NOW = 1_790_274_180_000


NO_CURSORS = ["", "7f3a", "7f3a-1", "7f3a-1-", "7g-1-1", "7f3a-1-1-1", "7f3a-1-" + "1" * 90, "٣-1-1"]


def message(number: int, channel: str = "candles:BTCUSDT:1m", *, conflated: bool = False) -> Message:
    """Return a message of so many milliseconds after the beginning."""
    return Message(Place(NOW + number, 0), channel, conflated, b"%d" % number)


def test_time_never_goes_back_in_places() -> None:
    """Places keep their order within a millisecond and after the clock was set back."""
    first = Place(NOW, 3)

    assert first.next(NOW) == Place(NOW, 4)
    assert first.next(NOW - 5) == Place(NOW, 4)
    assert first.next(NOW + 1) == Place(NOW + 1, 0)


def test_a_cursor_is_read_as_it_was_written() -> None:
    """A cursor is parsed back into its epoch and its time."""
    cursor = Cursor("7f3a", Place(NOW, 12))

    assert parse_cursor(str(cursor)) == cursor
    assert len(str(Cursor("f" * 16, Place(10**15 - 1, 10**15 - 1)))) <= 64


@pytest.mark.parametrize("text", NO_CURSORS)
def test_any_other_text_is_no_cursor(text: str) -> None:
    """A text that is no cursor is invalid, which differs from an expired cursor."""
    assert parse_cursor(text) is None


def test_a_replay_has_what_came_after_a_place_in_its_order() -> None:
    """A replay has the later messages of its channels in order, without other channels."""
    log = Log(Place(NOW - 10, 0))
    for number in range(6):
        log.append(message(number, "a" if number % 2 else "b"))

    assert [one.body for one in log.since(Place(NOW + 1, 0), {"a"})] == [b"3", b"5"]
    assert [one.body for one in log.since(Place(NOW + 1, 0), {"a", "b"})] == [b"2", b"3", b"4", b"5"]


def test_of_conflated_messages_the_newest_is_replayed() -> None:
    """A replay has only the newest conflated message of a channel, at its place among the others."""
    log = Log(Place(NOW - 10, 0))
    for number, conflated in enumerate([False, True, True, False]):
        log.append(message(number, conflated=conflated))

    assert [one.body for one in log.since(Place(NOW, 0), {"candles:BTCUSDT:1m"})] == [b"2", b"3"]


def test_messages_are_kept_for_ten_minutes() -> None:
    """Messages are kept for ten minutes, after which a cursor is reported as expired."""
    log = Log(Place(NOW - 10, 0))
    for time in (0, 1, KEPT + 1, KEPT + 2):
        log.append(message(time))

    assert log.has(Place(NOW + 1, 0))
    assert not log.has(Place(NOW - 11, 0))
    assert not log.has(Place(NOW - 1, 0))
    assert not log.has(Place(NOW + KEPT + 3, 0))
    assert len(log.since(Place(NOW + 1, 0), {"candles:BTCUSDT:1m"})) == 2


def test_a_replay_after_any_cut_is_the_uncut_stream() -> None:
    """The messages before and after any cut are together those of an uncut stream."""
    random, log = Random(3), Log(Place(NOW - 10, 0))
    sent = [message(number, random.choice("ab")) for number in range(200)]
    for one in sent:
        log.append(one)
    for cut in range(200):
        before = [one for one in sent[: cut + 1] if one.channel == "a"]
        after = log.since(sent[cut].place, {"a"})
        assert before + after == [one for one in sent if one.channel == "a"]


def test_a_slow_client_gets_the_newest_of_what_is_conflated() -> None:
    """A slow client gets the newest conflated message, and all closed candles in order."""
    outbox = Outbox()
    for number, (channel, conflated) in enumerate([("a", True), ("b", False), ("a", True), ("a", False)]):
        outbox.put(message(number, channel, conflated=conflated))

    assert len(outbox) == 3
    assert [outbox.take(), outbox.take(), outbox.take(), outbox.take()] == [
        message(1, "b"),
        message(2, "a", conflated=True),
        message(3, "a"),
        None,
    ]
    assert outbox.bytes == 0


def test_what_was_sent_is_never_replaced() -> None:
    """A sent message stays sent, and a newer price follows it."""
    outbox = Outbox()
    outbox.put(message(0, "a", conflated=True))
    assert outbox.take() is not None
    outbox.put(message(1, "a", conflated=True))
    outbox.put(message(2, "a", conflated=True))

    assert [outbox.take(), outbox.take()] == [message(2, "a", conflated=True), None]


def test_a_client_that_reads_too_slowly_overflows() -> None:
    """At most 256 KB wait for a client, after which it overflows."""
    outbox, body = Outbox(), b"x" * (1024 - FRAME)
    for number in range(MOST_BYTES // 1024):
        outbox.put(Message(Place(NOW, number), "a", False, body))
    with pytest.raises(Overflow):
        outbox.put(message(1))


def test_conflated_messages_never_overflow() -> None:
    """For a client that reads nothing, one conflated message of a channel waits."""
    outbox = Outbox()
    for number in range(1_000):
        outbox.put(message(number, conflated=True))

    assert len(outbox) == 1


def test_a_channel_without_listeners_forgets_its_newest_message() -> None:
    """A channel without listeners deletes its newest message, so that no later client gets an old price."""
    now = NOW
    hub = Hub("7f3a", lambda: now)
    listener = Collected()
    hub.subscribe(listener, ["prices:BTC"])
    hub.publish(message(1, "prices:BTC", conflated=True))
    hub.unsubscribe(listener, ["prices:BTC"])
    now += LINGER - 1
    assert hub.wanted() == ["prices:BTC"]
    now += 1
    assert hub.wanted() == []
    publisher = LocalPublisher(hub, lambda: now)
    Endings(lambda: hub.log, publisher, lambda: now).tick(hub.wanted())

    assert hub.log.newest("prices:BTC") is None


def test_a_series_goes_on_where_it_ended_as_long_as_cursors_are_good() -> None:
    """A series continues where it ended while cursors are valid, and indicators begin anew at once."""
    now, rsi, candles = NOW, "indicators:BTCUSDT:1h:rsi:14", "candles:BTCUSDT:1m"
    hub = Hub("7f3a", lambda: now)
    publisher = LocalPublisher(hub, lambda: now)
    endings = Endings(lambda: hub.log, publisher, lambda: now)
    for channel in (candles, rsi):
        publisher.publish(channel, {"type": "candle"}, conflated=False, reached=7)
    endings.tick([candles])
    assert hub.log.reached == {candles: 7}
    for seconds, reached in ((0, {candles: 7}), (KEPT - 1, {candles: 7}), (KEPT, {})):
        now = NOW + seconds
        endings.tick([])
        assert hub.log.reached == reached


class Collected:
    """A listener that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def deliver(self, message: Message) -> None:
        """Keep a message."""
        self.messages.append(message)


class Busy(Collected):
    """A listener during whose first message something happens, as in a pause between two listeners."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._happens = happens

    def deliver(self, message: Message) -> None:
        """Keep a message."""
        super().deliver(message)
        if len(self.messages) == 1:
            self._happens()


def test_all_listeners_have_one_order_whatever_is_published_meanwhile() -> None:
    """A message waits until the earlier one is delivered to all, also on another channel."""
    hub = Hub("7f3a", lambda: NOW)
    first, second = Busy(lambda: hub.publish(message(2, "b"))), Collected()
    for listener in (first, second):
        hub.subscribe(listener, ["a", "b"])
    hub.publish(message(1, "a"))

    assert [one.body for one in first.messages] == [one.body for one in second.messages] == [b"1", b"2"]


def test_a_listener_that_comes_or_goes_in_a_pause_is_not_given_the_message() -> None:
    """A listener that comes during a delivery has the message already, and one that leaves gets none."""
    hub = Hub("7f3a", lambda: NOW)
    late, gone = Collected(), Collected()

    def happens() -> None:
        hub.subscribe(late, ["a"])
        hub.unsubscribe(gone, ["a"])

    for listener in (Busy(happens), gone):
        hub.subscribe(listener, ["a"])
    hub.publish(message(1, "a"))
    hub.publish(message(2, "a"))

    assert [one.body for one in late.messages] == [b"2"]
    assert gone.messages == []
