"""What is logged, and how: one event a line, whatever a client puts into its request."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = {"urllib3": logging.CRITICAL, "flask-limiter": logging.WARNING}
"""urllib3 logs addresses, in which there may be keys; flask-limiter a line for every refusal."""


class OneLine(logging.Formatter):
    """Control characters in a message are spelt out, so that nobody can forge a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, without what follows it of a traceback."""
        return spelt(super().formatMessage(record))


def spelt(text: str) -> str:
    """`text` on one line."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def configure(level: str) -> None:
    """Log from `level` on, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
