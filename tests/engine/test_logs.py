"""Logs: one event a line."""

import logging

import pytest

from engine.logs import FORMAT, OneLine

FORGED = "BTC\n2026-11-22 ERROR engine: all is lost\r\x1b[2J\u2028\x85"


def test_a_line_cannot_be_forged() -> None:
    """Whatever is in a message, it stays on its line."""
    record = logging.LogRecord("engine", logging.WARNING, "", 0, "asked for %s", (FORGED,), None)
    line = OneLine(FORMAT).format(record)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert "BTC\\n2026" in line


def test_a_traceback_is_still_readable() -> None:
    """It is ours, and has lines of its own."""
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("inside")
    record = logging.LogRecord(
        "engine", logging.ERROR, "", 0, "failed", (), (caught.type, caught.value, caught.tb)
    )

    assert "\nRuntimeError: inside" in OneLine(FORMAT).format(record)
