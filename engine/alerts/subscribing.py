"""Listen to the channels that rules need: to the streams, or by requests where there are none."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

import orjson
from msgspec.structs import replace

from engine.alerts.confirming import Inquiries
from engine.alerts.dispatching import Heard
from engine.alerts.requesting import Requesting
from engine.errors import ApiError
from engine.streaming.channels import Channel
from engine.streaming.log import Message
from engine.streaming.service import Streaming
from engine.telemetry.request_id import with_new_id

log = logging.getLogger(__name__)


class Listening:
    """A listener of the hub. What it hears and what requests find goes to `put`, which must not wait."""

    def __init__(
        self,
        streaming: Streaming | None,
        inquiries: Inquiries,
        requesting: Requesting,
        pool: Executor,
        put: Callable[[Heard], None],
        clock: Callable[[], int],
    ) -> None:
        self._streaming = streaming
        self._inquiries = inquiries
        self._requesting = requesting
        self._pool = pool
        self._put = put
        self._clock = clock
        self._channels: dict[str, Channel] = {}
        self._refused: set[str] = set()

    def want(self, channels: Mapping[str, Channel]) -> None:
        """Listen to these channels and no others."""
        gone = [name for name in self._channels if name not in channels]
        if self._streaming is not None:
            self._streaming.hub.unsubscribe(self, gone)
        for name in gone:
            del self._channels[name]
        for name, channel in channels.items():
            if name not in self._channels and self._begin(name):
                self._channels[name] = channel
                if channel.kind == "candles" and self._streaming is not None:
                    self._submit(self._seed, channel)

    def deliver(self, message: Message) -> None:
        """Take a message of the hub."""
        said = message.said
        body = orjson.loads(message.body) if said is None else said  # Redis has no more than bytes
        self._put(Heard(message.channel, body, message.cursor, time.monotonic()))

    def tick(self) -> None:
        """Request what is due, where there are no streams."""
        if self._streaming is None:
            self._requesting.tick(self._channels)

    def ask(self, heard: Heard) -> None:
        """Ask a second venue about a close. The message comes again, confirmed or not."""
        self._submit(self._ask, heard)

    def _begin(self, name: str) -> bool:
        if self._streaming is None:
            return True
        hub = self._streaming.hub
        try:
            self._streaming.named([name])
        except ApiError as error:
            if name not in self._refused:  # it is tried again at each look
                log.warning("alert rules cannot listen to %s: %s", name, error.message)
            self._refused.add(name)
            return False
        self._refused.discard(name)
        hub.subscribe(self, [name])
        newest = hub.log.newest(name)
        if newest is not None:
            self.deliver(newest)
        return True

    def _submit(self, work: Callable[..., None], *arguments: object) -> None:
        self._pool.submit(with_new_id("alerts", work, *arguments))

    def _seed(self, channel: Channel) -> None:
        """Look at the newest closed candle, which a stream does not tell again."""
        try:
            found = [*self._inquiries.candles(channel, self._clock())]
        except ApiError as error:
            log.debug("no candles of %s yet: %s", channel.name, error)
            return
        for body in found:
            if body["closed"]:
                self._found(channel.name, body)

    def _ask(self, heard: Heard) -> None:
        channel = self._channels.get(heard.channel)
        if channel is None:
            return
        data, source = heard.body["data"], str(heard.body["source"])
        confirmed = self._inquiries.confirms(channel, data["timestamp"], data["close"], source)
        self._put(replace(heard, confirmed=confirmed))

    def _found(self, channel: str, body: Mapping[str, object]) -> None:
        """Hand on what a request found: what the streams tell next is after their place of now."""
        cursor = None if self._streaming is None else self._streaming.hub.cursor()
        self._put(Heard(channel, body, cursor, time.monotonic()))
