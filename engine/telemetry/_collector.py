"""The connection to the collector of traces. Its failures are logged, at most one line a minute and cause."""

import logging
import time
from typing import Any

import requests

from engine.telemetry.repeated_lines import RepeatedLines
from providers import cause, host

SDK = "opentelemetry"
FROM_STATUS = 400

log = logging.getLogger("engine.telemetry.tracing")


class CollectorSession(requests.Session):
    """A session that logs why the collector does not take spans."""

    def __init__(self) -> None:
        super().__init__()
        self._repeated_lines = RepeatedLines()

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, as `requests` does."""
        address = url if isinstance(url, str) else url.decode()
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            self._report(cause(error, address))
            raise
        if response.status_code >= FROM_STATUS:
            self._report(f"{host(address)}: HTTP {response.status_code}")
        return response

    def _report(self, why: str) -> None:
        line = self._repeated_lines.repeated(why, time.time(), f"traces are not sent: {why}")
        if line is not None:
            log.warning("%s", line)


class Relay(logging.Handler):
    """Logs what the SDK says, at most one line a minute each: it warns of each span that it drops."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._repeated_lines = RepeatedLines()

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record, unless it is the exporter's: `CollectorSession` has its causes."""
        if record.name.startswith(f"{SDK}.exporter."):
            return
        text = record.getMessage()
        line = self._repeated_lines.repeated(str(record.msg), record.created, f"traces: {text}")
        if line is not None:
            log.warning("%s", line)


def quieten() -> None:
    """Log what the SDK says through a `Relay` alone."""
    logger = logging.getLogger(SDK)
    logger.handlers = [Relay()]
    logger.propagate = False
