"""Which calls are retried, and when. This adds a deadline to urllib3's `Retry`."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry


class BriefRetry(Retry):
    """Retry failed connections and 502, 503 and 504 twice: at once, then after 0.1 to 0.2 s.

    A timeout is final, since it has used up most of the time. So are a response with `Retry-After` and any
    failure after `deadline`.
    """

    def __init__(self, *args: Any, deadline: float, clock: Callable[[], float], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._deadline = deadline
        self._clock = clock

    @classmethod
    def until(cls, deadline: float, clock: Callable[[], float]) -> "BriefRetry":
        """Return the retries of a call that must end by `deadline` on `clock`."""
        return cls(
            2,
            status_forcelist=(502, 503, 504),
            backoff_factor=0.05,
            backoff_jitter=0.1,
            respect_retry_after_header=False,
            raise_on_status=False,
            redirect=False,
            deadline=deadline,
            clock=clock,
        )

    def new(self, **kwargs: Any) -> "BriefRetry":
        """Return a copy with the same deadline."""
        return super().new(deadline=self._deadline, clock=self._clock, **kwargs)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Return whether to retry after this status."""
        return not has_retry_after and super().is_retry(method, status_code)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> "BriefRetry":
        """Return the retries with one less, or raise if none is left."""
        if isinstance(error, TimedOut) and not isinstance(error, NewConnectionError):
            raise error
        left = super().increment(method, url, response, error, _pool, _stacktrace)
        if self._clock() + left.get_backoff_time() >= self._deadline and _pool is not None:
            raise MaxRetryError(_pool, url or "", error)
        return left
