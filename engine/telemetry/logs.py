"""Format log records, one line each, whatever a client puts into its request.

Lines are text, or JSON that includes the `fields` of a record.
"""

import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from engine.telemetry import request_id
from engine.telemetry.batched_lines import BatchedLines

FORMAT = "%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s"
QUIET = {"urllib3": logging.CRITICAL, "flask-limiter": logging.WARNING}
"""Loggers with a higher level: urllib3 logs URLs, which may contain keys; flask-limiter logs every
refusal."""


Fields = Mapping[str, object]


class TextFormatter(logging.Formatter):
    """Text lines. Control characters are escaped, so that clients cannot forge a line."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return the time in ISO 8601, in UTC with milliseconds."""
        return timestamp(record.created)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line without its traceback."""
        request = request_id.current()
        record.request = f" [{request}]" if request else ""
        return escaped(super().formatMessage(record))

    def line(self, created: float, level: str, logger: str, message: str, fields: Fields) -> str:
        """Return what `format` returns for a record with these attributes."""
        request = request_id.current()
        request = f" [{request}]" if request else ""
        return escaped(f"{timestamp(created)} {level} {logger}{request}: {message}")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the time, level, logger, message, request id if any, and fields of a record."""
        fields: Fields = getattr(record, "fields", {})
        if record.exc_info:
            error = self.formatException(record.exc_info).encode(errors="replace").decode()
            fields = {**fields, "exception": error}
        return self.line(record.created, record.levelname, record.name, record.getMessage(), fields)

    def line(self, created: float, level: str, logger: str, message: str, fields: Fields) -> str:
        """Return the same for the attributes of a record."""
        members: dict[str, object] = {
            "time": timestamp(created),
            "level": level,
            "logger": logger,
            "message": escaped(message),
        }
        if request := request_id.current():
            members["request_id"] = request
        return orjson.dumps(members | without_missing(fields)).decode()


class LineHandler(logging.StreamHandler[BatchedLines]):
    """Writes records at once, and lines of `log_later` a few times a second."""

    def __init__(self, stream: BatchedLines, formatter: TextFormatter | JsonFormatter) -> None:
        super().__init__(stream)
        self.setFormatter(formatter)
        self._line = formatter.line

    def add(self, level: int, logger: str, message: str, fields: Fields) -> None:
        """Write later what a record with these attributes would be."""
        line = self._line(time.time(), logging.getLevelName(level), logger, message, fields)
        self.stream.add(f"{line}\n")


def log_later(log: logging.Logger, level: int, message: str, fields: Mapping[str, object]) -> None:
    """Log a frequent message. It is written a moment later where it is no warning, and without a record.

    Where other handlers listen than the engine's, it is logged as any other message.
    """
    handler = _only_handler(log) if level < logging.WARNING else None
    if handler is None:
        log.log(level, "%s", message, extra=with_fields(fields))
    else:
        handler.add(level, log.name, message, fields)


def _only_handler(log: logging.Logger) -> LineHandler | None:
    """Return the engine's handler, `None` where others listen to `log` as well."""
    found: LineHandler | None = None
    listening: logging.Logger | None = log
    while listening is not None:
        for handler in listening.handlers:
            if found is not None or not isinstance(handler, LineHandler):
                return None
            found = handler
        listening = listening.parent
    return found


def with_fields(fields: Mapping[str, object]) -> Mapping[str, object]:
    """Return the `extra` argument that gives a record its `fields`; `None` values are left out."""
    return {"fields": without_missing(fields)}


def without_missing(fields: Fields) -> dict[str, object]:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def escaped(text: str) -> str:
    """Return `text` on one line, with its control characters escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def without_messages(error: BaseException) -> BaseException:
    """Return a copy of `error` for a log: the types and tracebacks of the error and its causes.

    Messages are left out, because they may repeat a URL, a key or a whole response.
    """
    kind = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
    bare: BaseException = kind().with_traceback(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        bare.__cause__ = without_messages(cause)
    return bare


def timestamp(time: float) -> str:
    """Return Unix seconds as ISO 8601, in UTC with milliseconds."""
    return f"{_second(int(time))}.{int(time % 1 * 1000):03d}Z"


@lru_cache(1)
def _second(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def formatter(written: str) -> TextFormatter | JsonFormatter:
    """Return the formatter for a value of `LOG_FORMAT`."""
    return JsonFormatter() if written == "json" else TextFormatter(FORMAT)


def flush() -> None:
    """Write the lines that wait, before the process ends."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def configure(level: str, written: str) -> None:
    """Log from `level` on to standard error, as `text` or `json`."""
    logging._srcfile = (
        None  # no line names the code that wrote it, and looking that up costs time for each request
    )
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=level, handlers=[LineHandler(BatchedLines(sys.stderr), formatter(written))])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
