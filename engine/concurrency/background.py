"""Report failures of background work, which no caller waits for."""

import logging
from concurrent.futures import Future
from typing import Any

from engine.errors import ApiError

log = logging.getLogger(__name__)


def report(refresh: Future[Any]) -> None:
    """Log an internal error of `refresh`; no caller would see it."""
    error = refresh.exception()
    if error is not None and not isinstance(error, ApiError):
        log.error("unforeseen failure in the background", exc_info=error)
