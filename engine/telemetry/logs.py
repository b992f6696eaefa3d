"""What is logged, and how: one event a line, whatever a client puts into its request.

As text, or as JSON with what is known beside the message: a record's `fields`.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from engine.telemetry import request_id

FORMAT = "%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s"
QUIET = {"urllib3": logging.CRITICAL, "flask-limiter": logging.WARNING}
"""urllib3 logs addresses, in which there may be keys; flask-limiter a line for every refusal."""


class TextFormatter(logging.Formatter):
    """Control characters in a message are spelt out, so that nobody can forge a line."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """ISO 8601 in UTC, with milliseconds."""
        return moment(record.created)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, without what follows it of a traceback."""
        request = request_id.current()
        record.request = f" [{request}]" if request else ""
        return spelt(super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, the request's id where there is one, and the record's fields."""
        fields: dict[str, object] = {
            "time": moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": spelt(record.getMessage()),
        }
        if request := request_id.current():
            fields["request_id"] = request
        fields.update(getattr(record, "fields", {}))
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info).encode(errors="replace").decode()
        return orjson.dumps(fields).decode()


def known(fields: Mapping[str, object]) -> Mapping[str, object]:
    """What logging is given to know `fields` of a record, the unknown ones left out."""
    return {"fields": {name: value for name, value in fields.items() if value is not None}}


def spelt(text: str) -> str:
    """`text` on one line."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def without_words(error: BaseException) -> BaseException:
    """Return `error` for a log: its kind and its trace, and those of its causes.

    Its words are left out: they may repeat an address, a key or a whole answer.
    """
    kind = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
    bare: BaseException = kind().with_traceback(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        bare.__cause__ = without_words(cause)
    return bare


def moment(time: float) -> str:
    """Unix seconds as ISO 8601 in UTC, with milliseconds."""
    return f"{_second(int(time))}.{int(time % 1 * 1000):03d}Z"


@lru_cache(1)
def _second(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def formatter(written: str) -> logging.Formatter:
    """That of `LOG_FORMAT`."""
    return JsonFormatter() if written == "json" else TextFormatter(FORMAT)


def configure(level: str, written: str) -> None:
    """Log from `level` on, to standard error, written as `text` or `json`."""
    logging._srcfile = None  # no line says which code wrote it, nor is it looked for at each request
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(written))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
