"""What both clients send, and how httpx's answers and errors become the client's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from crypto_data_engine_client._calls import Call, Reply
from crypto_data_engine_client._errors import Unreachable
from crypto_data_engine_client._following import SILENCE
from crypto_data_engine_client._version import __version__

HOME = "http://localhost:8000"
"""Where `make run` serves."""
AGENT = f"crypto-data-engine-client/{__version__} (Python)"


def settings(url: str, key: str | None, timeout: float) -> dict[str, Any]:
    """Return the arguments of an httpx client."""
    headers = {"User-Agent": AGENT} | ({"Authorization": f"Bearer {key}"} if key else {})
    return {"base_url": url, "headers": headers, "timeout": timeout}


def arguments(call: Call[Any]) -> dict[str, Any]:
    """Return the arguments of httpx's `build_request`. A path with its own query keeps it."""
    more = {"json": call.body} if call.body is not None else {}
    return {"method": call.method, "url": call.path, "params": dict(call.query) or None, **more}


def reply_of(response: httpx.Response) -> Reply:
    """Return an answer that was read."""
    return Reply(response.status_code, headers_of(response), response.content)


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Return the headers of an answer, with names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}


def of_stream(timeout: float) -> httpx.Timeout:
    """Return the time-outs of a stream, which is dead when it is silent for longer than a heartbeat."""
    return httpx.Timeout(timeout, read=SILENCE)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what httpx raises as `Unreachable`."""
    try:
        yield
    except httpx.TransportError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
