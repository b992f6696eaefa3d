"""Dreammaker's requests work through the release of axios that it uses."""

from tests.engine.web.compat.released import run_released
from tests.running import Engine


def test_its_requests_are_answered_as_it_reads_them(engine: Engine) -> None:
    """Dreammaker reads the answers to its requests over a real connection."""
    run_released("dreammaker", engine)
