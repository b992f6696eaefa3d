"""The result of a POST to a webhook."""

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """The status of an answer, and its `Retry-After`, empty without one."""

    status: int
    retry_after: str


class NoReply(Exception):
    """A receiver did not answer. Operators and owners see the message."""
