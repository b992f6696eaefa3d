"""Format log records, one line each, whatever a client puts into its request.

Lines are text, or JSON that includes the `fields` of a record.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from engine.telemetry import request_id

FORMAT = "%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s"
QUIET = {"urllib3": logging.CRITICAL, "flask-limiter": logging.WARNING}
"""Loggers with a higher level: urllib3 logs URLs, which may contain keys; flask-limiter logs every
refusal."""


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


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the time, level, logger, message, request id if any, and fields of a record."""
        fields: dict[str, object] = {
            "time": timestamp(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": escaped(record.getMessage()),
        }
        if request := request_id.current():
            fields["request_id"] = request
        fields.update(getattr(record, "fields", {}))
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info).encode(errors="replace").decode()
        return orjson.dumps(fields).decode()


def with_fields(fields: Mapping[str, object]) -> Mapping[str, object]:
    """Return the `extra` argument that gives a record its `fields`; `None` values are left out."""
    return {"fields": {name: value for name, value in fields.items() if value is not None}}


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


def formatter(written: str) -> logging.Formatter:
    """Return the formatter for a value of `LOG_FORMAT`."""
    return JsonFormatter() if written == "json" else TextFormatter(FORMAT)


def configure(level: str, written: str) -> None:
    """Log from `level` on to standard error, as `text` or `json`."""
    logging._srcfile = (
        None  # no line names the code that wrote it, and looking that up costs time for each request
    )
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(written))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
