"""Channels that requests feed."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from types import SimpleNamespace
from typing import Any

from engine.streaming.channels import Channel
from engine.streaming.requested import RequestedChannels

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


def test_an_answer_that_comes_too_late_is_not_told() -> None:
    """Once a channel is wanted no more, a request for it that was under way changes nothing."""
    told: list[str] = []
    publisher: Any = SimpleNamespace(publish=lambda channel, body, **_: told.append(channel))
    found = SimpleNamespace(stories=(), sources=[])
    market: Any = SimpleNamespace(news=SimpleNamespace(stories=lambda count: found))
    pool = Later()
    channels = RequestedChannels(market, publisher, pool, lambda _: None, lambda: 0, lambda _: None)  # type: ignore[arg-type,return-value]

    channels.tick([NEWS])
    channels.tick([])
    pool.run()
    assert told == []

    channels.tick([NEWS])
    pool.run()
    assert told == ["news"]
