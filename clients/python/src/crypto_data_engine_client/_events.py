"""Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """What a server sent: its data, and the milliseconds of `retry:` if there are any."""

    data: str
    retry: int | None


class EventReader:
    """Bytes become events. Lines end with a line feed, and what `id:` has is in the data, too."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []
        self._retry: int | None = None

    def read(self, part: bytes) -> Iterator[Event]:
        """Yield the events that are complete with another part of the stream."""
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            if event := self._line(line.removesuffix(b"\r").decode()):
                yield event

    def _line(self, line: str) -> Event | None:
        if line:
            name, _, value = line.partition(":")
            self._field(name, value.removeprefix(" "))
            return None
        data, retry = self._data, self._retry
        self._data, self._retry = [], None
        return Event("\n".join(data), retry) if data else None

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
        elif name == "retry" and value.isdecimal():
            self._retry = int(value)
