"""What came of a POST to a webhook."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """The status of an answer, and its `Retry-After`, empty without one."""

    status: int
    retry_after: str


class NoReply(Exception):
    """A receiver did not answer. The message is a reason for operators and owners."""
