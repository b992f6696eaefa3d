"""Subscribe to the channels that rules need, or request their data where streams are disabled."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

import orjson
from msgspec.structs import replace

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.confirming import Inquiries
from engine.alerts.requesting import Requesting
from engine.errors import ApiError
from engine.streaming.channels import Channel
from engine.streaming.log import Message
from engine.streaming.service import Streaming
from engine.telemetry.request_id import with_new_id

log = logging.getLogger(__name__)


class Subscribing:
    """A subscriber of the hub. Passes messages and results of requests to `put`, which must not block."""

    def __init__(
        self,
        streaming: Streaming | None,
        inquiries: Inquiries,
        requesting: Requesting,
        pool: Executor,
        put: Callable[[ChannelMessage], None],
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

    def subscribe(self, channels: Mapping[str, Channel]) -> None:
        """Subscribe to these channels, and unsubscribe from all others."""
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
        """Pass on a message of the hub."""
        said = message.said
        body = orjson.loads(message.body) if said is None else said  # from another worker or the log
        self._put(ChannelMessage(message.channel, body, message.cursor, time.monotonic()))

    def tick(self) -> None:
        """Request what is due, where streams are disabled."""
        if self._streaming is None:
            self._requesting.tick(self._channels)

    def confirm(self, message: ChannelMessage) -> None:
        """Ask a second venue about a close. Its verdict goes to `put` with the message."""
        self._submit(self._confirm, message)

    def _begin(self, name: str) -> bool:
        if self._streaming is None:
            return True
        hub = self._streaming.hub
        try:
            self._streaming.named([name])
        except ApiError as error:
            if name not in self._refused:  # log once: each `subscribe` tries again
                log.warning("alert rules cannot subscribe to %s: %s", name, error.message)
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
        """Request the newest closed candle, which streams do not repeat."""
        try:
            found = [*self._inquiries.candles(channel, self._clock())]
        except ApiError as error:
            log.debug("no candles of %s for alert rules yet: %s", channel.name, error)
            return
        for body in found:
            if body["closed"]:
                self._pass_on(channel.name, body)

    def _confirm(self, message: ChannelMessage) -> None:
        channel = self._channels.get(message.channel)
        if channel is None:
            return
        data, source = message.body["data"], str(message.body["source"])
        confirmed = self._inquiries.confirms(channel, data["timestamp"], data["close"], source)
        self._put(replace(message, confirmed=confirmed))

    def _pass_on(self, channel: str, body: Mapping[str, object]) -> None:
        """Pass on the result of a request. Its cursor precedes the next messages of the streams."""
        cursor = None if self._streaming is None else self._streaming.hub.cursor()
        self._put(ChannelMessage(channel, body, cursor, time.monotonic()))
