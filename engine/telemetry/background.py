"""What happens in the background, where nobody waits for it."""

import logging
from concurrent.futures import Future
from typing import Any

from engine.errors import ApiError

log = logging.getLogger(__name__)


def report(refresh: Future[Any]) -> None:
    """Nobody waits for what happens in the background, so that a fault of ours is logged here."""
    error = refresh.exception()
    if error is not None and not isinstance(error, ApiError):
        log.error("unforeseen failure in the background", exc_info=error)
