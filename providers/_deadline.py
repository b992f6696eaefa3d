"""Connections whose answers are over by a deadline.

A read time-out bounds the silence between two packets only: an upstream that drips, be it headers or
body, would hold its caller for hours.
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

MOST_OF_HEAD = 256 * 1024
"""Bytes that status and headers may take, interim ones included, of which there may be any number."""

DEADLINE: ContextVar[tuple[Clock, float]] = ContextVar("deadline", default=(time.monotonic, float("inf")))
"""A clock, and when on it the call of this context has to be over."""


class _Until(io.RawIOBase):
    """A socket's file that raises `TimeoutError` once the deadline is over.

    It gives `left` bytes, and then raises `OSError`.
    """

    def __init__(self, raw: io.RawIOBase, left: float) -> None:
        self.left = left
        self._raw = raw
        self._clock, self._deadline = DEADLINE.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._clock() > self._deadline:
            raise TimeoutError("the deadline is over")
        if self.left <= 0:
            raise OSError("headers without end")
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
        self._until = _Until(self.fp.detach(), MOST_OF_HEAD)
        self.fp = io.BufferedReader(self._until)

    def begin(self) -> None:
        super().begin()
        self._until.left = float("inf")


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """Opens connections that keep to `DEADLINE`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """With pools of such connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The same through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager
