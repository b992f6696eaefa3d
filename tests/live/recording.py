"""A client that remembers what came over the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from providers import Http, Reply


@dataclass(frozen=True)
class Exchange:
    """A request and its reply."""

    method: str
    url: str
    reply: Reply


class RecordingHttp(Http):
    """Appends each reply to `exchanges`."""

    def __init__(self, exchanges: list[Exchange], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._exchanges = exchanges

    def get(
        self,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        max_bytes: int | None = None,
    ) -> Reply:
        """Send one GET, and remember the reply."""
        return self._remember("GET", url, params, super().get(url, params, headers, max_bytes))

    def post(self, url: str, headers: Mapping[str, str], max_bytes: int | None = None) -> Reply:
        """Send one POST, and remember the reply."""
        return self._remember("POST", url, {}, super().post(url, headers, max_bytes))

    def _remember(self, method: str, url: str, params: Mapping[str, object], reply: Reply) -> Reply:
        asked = requests.Request(method, url, params=dict(params)).prepare()
        self._exchanges.append(Exchange(method, asked.url or url, reply))
        return reply
