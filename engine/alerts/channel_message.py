"""One message about a channel, as alert rules get it: from a stream or from a request."""

from collections.abc import Mapping
from typing import Any

import msgspec


class ChannelMessage(msgspec.Struct, frozen=True):
    """A message about a channel, which came at `received` (monotonic seconds).

    `confirmed` says whether a second venue confirms its close; `None` means that none was asked.
    """

    channel: str
    body: Mapping[str, Any]
    cursor: str | None
    received: float
    confirmed: bool | None = None
