"""Dreammaker's own requests, through the axios that it was released with."""

from tests.engine.web.compat.released import run_released
from tests.running import Engine


def test_its_requests_are_answered_as_it_reads_them(engine: Engine) -> None:
    """Through axios, on the wire."""
    run_released("dreammaker", engine)
