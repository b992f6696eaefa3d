"""Logs have one event per line."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from engine.telemetry import request_id
from engine.telemetry._work import REQUEST
from engine.telemetry.batched_lines import BatchedLines
from engine.telemetry.logs import (
    FORMAT,
    JsonFormatter,
    LineHandler,
    TextFormatter,
    formatter,
    log_later,
    timestamp,
    with_fields,
)

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


@pytest.fixture
def requests_log() -> Iterator[logging.Logger]:
    """Yield a logger that no handler of the tests listens to."""
    log = logging.Logger("engine.requests", logging.INFO)
    log.parent = logging.Logger("root")
    request_id.begin("one")
    yield log
    request_id.begin()


@BOTH
@pytest.mark.parametrize("message", ["GET /api/prices 200 in 0.1 ms, 3 bytes, hit", "GET /… 404", FORGED, ""])
@pytest.mark.parametrize("known", ["one", ""])
def test_a_line_without_a_record_is_the_same(
    formatter: TextFormatter | JsonFormatter, message: str, known: str
) -> None:
    """A line of a request has the same bytes as one that logging makes of a record."""
    REQUEST.set(known)
    fields: dict[str, object] = {"method": "GET", "duration_ms": 0.1, "path": "/…"}
    made = record("%s", message)
    made.__dict__.update(with_fields(fields))

    assert formatter.line(made.created, "WARNING", "engine", message, fields) == formatter.format(made)


def test_lines_of_requests_wait_for_others(requests_log: logging.Logger) -> None:
    """A frequent line is written a moment later, before the next warning, which is written at once."""
    text = StringIO()
    handler = LineHandler(BatchedLines(text, start=lambda *_: None), TextFormatter(FORMAT))
    requests_log.parent.handlers = [handler]  # type: ignore[union-attr]
    log_later(requests_log, logging.INFO, "GET / 200", {"status": 200, "cache": None})
    assert text.getvalue() == ""
    log_later(requests_log, logging.WARNING, "GET / 500", {"status": 500})

    first, second = text.getvalue().splitlines()
    assert first.endswith(" INFO engine.requests [one]: GET / 200")
    assert second.endswith(" WARNING engine.requests [one]: GET / 500")


def test_other_handlers_get_records(requests_log: logging.Logger) -> None:
    """A handler that an operator has added gets a record with its fields, beside the engine's line."""
    records: list[logging.LogRecord] = []
    text = StringIO()
    other = logging.Handler()
    other.emit = records.append  # type: ignore[method-assign,assignment]
    requests_log.parent.handlers = [LineHandler(BatchedLines(text), JsonFormatter()), other]  # type: ignore[union-attr]
    log_later(requests_log, logging.INFO, "GET / 200", {"status": 200, "cache": None})

    assert [(each.getMessage(), each.__dict__["fields"]) for each in records] == [
        ("GET / 200", {"status": 200})
    ]
    assert json.loads(text.getvalue())["status"] == 200
