"""Logs have one event per line."""

import json
import logging

import pytest

from engine.telemetry import request_id
from engine.telemetry.logs import FORMAT, JsonFormatter, TextFormatter, formatter, timestamp, with_fields

FORGED = "BTC\n2026-11-22 ERROR engine: all is lost\r\x1b[2J\u2028\x85\ud800"
BOTH = pytest.mark.parametrize("formatter", [TextFormatter(FORMAT), JsonFormatter()])


def record(message: str, *arguments: object) -> logging.LogRecord:
    """Return a warning as a log record."""
    return logging.LogRecord("engine", logging.WARNING, "", 0, message, arguments, None)


@BOTH
def test_a_line_cannot_be_forged(formatter: logging.Formatter) -> None:
    """A message with any characters stays on its line."""
    line = formatter.format(record("asked for %s", FORGED))

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert "\\n2026" in line


def test_a_traceback_is_still_readable() -> None:
    """A traceback has indented lines in text, and is one string in JSON."""
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("inside \ud800")
    failed = record("failed")
    failed.exc_info = (caught.type, caught.value, caught.tb)

    assert "\nRuntimeError: inside" in TextFormatter(FORMAT).format(failed)
    assert "\nRuntimeError: inside" in json.loads(JsonFormatter().format(failed))["exception"]


def test_times_are_in_utc_with_milliseconds() -> None:
    """Times are ISO 8601 in UTC with milliseconds, and are truncated, never rounded up."""
    assert timestamp(1795365685.0) == "2026-11-22T16:41:25.000Z"
    assert timestamp(1795365685.9999) == "2026-11-22T16:41:25.999Z"


def test_an_object_has_what_is_known() -> None:
    """A JSON line has the known fields only."""
    warning = record("hello")
    warning.created = 1795365685.25
    warning.__dict__.update(with_fields({"provider": "kraken", "endpoint": None}))
    request_id.begin("one")

    assert json.loads(formatter("json").format(warning)) == {
        "time": "2026-11-22T16:41:25.250Z",
        "level": "WARNING",
        "logger": "engine",
        "message": "hello",
        "request_id": "one",
        "provider": "kraken",
    }
    assert formatter("text").format(warning) == "2026-11-22T16:41:25.250Z WARNING engine [one]: hello"
