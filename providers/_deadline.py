"""Connections whose responses must end by a deadline.

A read timeout bounds only the silence between two packets: an upstream that sends its headers or its body
byte by byte would hold its caller for hours.
"""

import io
import time
from collections.abc import Callable
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

Clock = Callable[[], float]

MAX_HEAD_BYTES = 256 * 1024
"""Bytes that the status line and the headers may take, those of all interim responses included."""

DEADLINE: ContextVar[tuple[Clock, float]] = ContextVar("deadline", default=(time.monotonic, float("inf")))
"""A clock, and the time on it by which the call of this context must end."""


class _DeadlineReader(io.RawIOBase):
    """A socket's file that raises `TimeoutError` after the deadline, and `OSError` after `left` bytes."""

    def __init__(self, raw: io.RawIOBase, left: float) -> None:
        self.left = left
        self._raw = raw
        self._clock, self._deadline = DEADLINE.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._clock() > self._deadline:
            raise TimeoutError("the deadline has passed")
        if self.left <= 0:
            raise OSError("the headers are too large")
        count = self._raw.readinto(buffer)
        self.left -= count or 0
        return count

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader = _DeadlineReader(self.fp.detach(), MAX_HEAD_BYTES)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        super().begin()
        self._reader.left = float("inf")


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections obey `DEADLINE`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use pools of these connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Use them through a proxy as well."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager
