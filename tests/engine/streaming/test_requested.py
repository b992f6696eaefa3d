"""Channels that requests feed."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from types import SimpleNamespace
from typing import Any

from engine.errors import AllProvidersFailed
from engine.streaming.channels import Channel
from engine.streaming.requested import AGAIN, RequestedChannels
from providers import INTERVALS

HOUR = INTERVALS["1h"].length
NEWS = Channel("news", "news")


class Later(Executor):
    """A pool whose work waits until a test does it."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Keep work for later."""
        self.waiting.append(lambda: work(*args, **kwargs))
        return Future()

    def run(self) -> None:
        """Do all that waits."""
        while self.waiting:
            self.waiting.pop(0)()


def test_an_answer_that_comes_too_late_is_dropped() -> None:
    """The answer to a request is dropped if its channel is no longer wanted."""
    published: list[str] = []
    publisher: Any = SimpleNamespace(publish=lambda channel, body, **_: published.append(channel))
    found = SimpleNamespace(stories=(), sources=[])
    market: Any = SimpleNamespace(news=SimpleNamespace(stories=lambda count: found))
    pool = Later()
    channels = RequestedChannels(market, publisher, pool, lambda _: None, lambda: 0, lambda _: None)  # type: ignore[arg-type,return-value]

    channels.tick([NEWS])
    channels.tick([])
    pool.run()
    assert published == []

    channels.tick([NEWS])
    pool.run()
    assert published == ["news"]


def test_a_failed_request_is_repeated() -> None:
    """A request is repeated after a failure and until it has the candle that has just closed."""
    published: list[int] = []
    publisher: Any = SimpleNamespace(
        publish=lambda channel, body, **_: published.append(body["data"]["timestamp"])
    )
    rows: list[int | None] = [None, 0, HOUR]
    pool, now = Later(), 2 * HOUR + 2_000
    channel = Channel("indicators:BTCUSDT:1h:rsi:14", "indicators", None, INTERVALS["1h"], "rsi:14")

    class Channels(RequestedChannels):
        """Those whose values a test gives."""

        def _body(self, channel: Channel) -> dict[str, object]:
            time = rows.pop(0)
            if time is None:
                raise AllProvidersFailed("none answers")
            return {"data": {"timestamp": time}}

    channels = Channels(SimpleNamespace(), publisher, pool, lambda _: None, lambda: now, lambda _: None)  # type: ignore[arg-type,return-value]
    for wait in (AGAIN, 2 * AGAIN, AGAIN, AGAIN):
        channels.tick([channel])
        pool.run()
        now += wait

    assert published == [0, HOUR]
    assert rows == []
