"""The engine, which writes messages of prices to the sequence in Redis while its worker leads."""

import threading
import time

from benchmarks.scaling.pace import AT_ONCE, BYTES, EACH
from engine import create_app
from engine.config import process_settings
from engine.streaming.service import Streaming
from engine.web.services import services_of


def publish(streaming: Streaming) -> None:
    """Publish for ever. A worker that does not lead drops what it is given."""
    due = time.monotonic()
    while True:
        due += EACH
        time.sleep(max(0.0, due - time.monotonic()))
        for number in range(AT_ONCE):
            body = {"type": "price", "data": {"text": "x" * BYTES}}
            streaming.coordinator.publisher.publish(f"prices:{number}", body, conflated=True)


app = create_app(settings=process_settings())
streaming = services_of(app).streaming
assert streaming is not None
threading.Thread(target=publish, args=(streaming,), daemon=True).start()
