"""The engine, which publishes a message each second. Everything behind the publisher is as in production."""

import threading
import time

from benchmarks.streams.messages import BYTES, CHANNEL, EACH, body
from engine import create_app
from engine.config import process_settings
from engine.streaming.hub import Hub
from engine.streaming.publishing import LocalPublisher
from engine.web.services import services_of

HEAD = 160
"""Bytes of a message beside its filling."""


def publish(hub: Hub) -> None:
    """Publish for ever."""
    publisher = LocalPublisher(hub, hub.now)
    due = time.monotonic()
    while True:
        due += EACH
        time.sleep(max(0.0, due - time.monotonic()))
        publisher.publish(CHANNEL, body(BYTES - HEAD), conflated=False)


app = create_app(settings=process_settings())
streaming = services_of(app).streaming
assert streaming is not None
threading.Thread(target=publish, args=(streaming.hub,), daemon=True).start()
