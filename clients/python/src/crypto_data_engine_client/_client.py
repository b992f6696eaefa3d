"""The client that waits for each answer."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx

from crypto_data_engine_client import _calls, _wire
from crypto_data_engine_client._calls import Call, T, Time
from crypto_data_engine_client._endpoints import Endpoints
from crypto_data_engine_client._errors import ClientError, error_of
from crypto_data_engine_client._events import EventReader
from crypto_data_engine_client._following import HEADERS, PATH, Following, Message
from crypto_data_engine_client._waiting import pause_after


class Client(Endpoints):
    """A client of the engine at `url`. Use it in a `with` statement, or `close` it.

    `key` is an API key. `timeout` (seconds) limits each step of a request, and `patience` all pauses of a
    request over the quota together, after which it raises `RateLimited`. `transport` and `sleep` replace the
    network and the clock.
    """

    def __init__(
        self,
        url: str = _wire.HOME,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        patience: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._http = httpx.Client(transport=transport, **_wire.settings(url, key, timeout))
        self._timeout, self._patience, self._sleep = timeout, patience, sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(self, call: Call[T]) -> T:
        """Send a call and read its answer. Waits while the quota is spent."""
        with closing(self._open(call)) as response, _wire.translated():
            response.read()
        return call.read(_wire.reply_of(response))

    def export(
        self,
        file: BinaryIO,
        symbol: str,
        interval: str = "1h",
        *,
        start_time: Time | None = None,
        end_time: Time | None = None,
        form: str = "csv",
        compression: str | None = None,
    ) -> Mapping[str, str]:
        """Write a series of the archive into `file`, and return the headers; `x-data-gaps` counts gaps.

        `form` is `csv`, `ndjson` or `parquet`. Where the stream breaks off, `Unreachable` is raised and the
        file is incomplete.
        """
        call = _calls.export(symbol, interval, start_time, end_time, form, compression)
        with closing(self._open(call)) as response, _wire.translated():
            for part in response.iter_bytes():
                file.write(part)
        return _wire.headers_of(response)

    def stream(
        self, *channels: str, closed_only: bool = False, after: str | None = None
    ) -> Generator[Message, None, None]:
        """Yield the messages of channels such as `candles:BTCUSDT:1m` without end.

        After a cut it goes on strictly after the last message. `after` is the cursor of an earlier stream.
        """
        following = Following(channels, closed_only=closed_only, after=after, patience=self._patience)
        while True:
            try:
                yield from self._connection(following)
            except ClientError as error:
                following.refused(error)
            self._sleep(following.pause())

    def _open(self, call: Call[Any]) -> httpx.Response:
        """Return an answer of which only the head was read. Raises the error that the engine reports."""
        waited = 0.0
        while True:
            with _wire.translated():
                response = self._http.send(self._http.build_request(**_wire.arguments(call)), stream=True)
                if response.status_code < 400:
                    return response
                response.read()
            reply = _wire.reply_of(response)
            pause = pause_after(reply, waited, self._patience)
            if pause is None:
                raise error_of(reply.status, reply.headers, reply.content)
            self._sleep(pause)
            waited += pause

    def _connection(self, following: Following) -> Iterator[Message]:
        reader = EventReader()
        timeout = _wire.of_stream(self._timeout)
        with (
            _wire.translated(),
            self._http.stream(
                "GET", PATH, params=following.query(), headers=HEADERS, timeout=timeout
            ) as response,
        ):
            if response.status_code != 200:
                raise error_of(response.status_code, response.headers, response.read())
            for part in response.iter_bytes():
                for event in reader.read(part):
                    if message := following.take(event):
                        yield message
