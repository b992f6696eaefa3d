"""Answers that are begun in fewer steps are those that gunicorn begins."""

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidResponseHeader

from engine.server import _response
from engine.server._known_heads import KnownHeads
from engine.server._parsing import Parser, head_capacity
from engine.server._response import BufferedResponse

SIZED = [("Content-Length", "2")]


class Client:
    """A connection with one request, which takes all bytes."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.taken = b""

    def recv(self, size: int) -> bytes:
        """Return the request."""
        return self._request

    def send(self, data: bytes) -> int:
        """Take bytes."""
        self.taken += data
        return len(data)

    def gettimeout(self) -> None:
        """Return that there is no timeout."""

    def settimeout(self, seconds: float | None) -> None:
        """Ignore a timeout."""


def sent(
    request: bytes, status: str, headers: list[tuple[str, str]], text: str = "", body: bytes = b"{}"
) -> tuple[list[bytes], bool, dict[str, Any]]:
    """Return the sorted lines of an answer, whether its connection ends, and what it consists of."""
    config = Config()
    client = Client(request)
    req = next(Parser(config, client, ("192.0.2.1", 1), head_capacity(), KnownHeads(config)))
    response = BufferedResponse(req, client, config)
    response.add_text(text)
    write = response.start_response(status, [*headers])
    write(body)
    response.close()
    unlike = ("req", "sock", "cfg", "sender")
    attributes = {name: value for name, value in vars(response).items() if name not in unlike}
    return sorted(client.taken.split(b"\r\n")), response.should_close(), attributes


@pytest.mark.parametrize("status", ["200 OK", "304 NOT MODIFIED", "404 NOT FOUND"])
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
@pytest.mark.parametrize(
    "headers", [[("Content-Length", "2")], [("ETag", "a")], [("X-Other", "a"), ("Age", "1")]]
)
def test_fewer_steps_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    version: bytes,
    method: bytes,
    headers: list[tuple[str, str]],
) -> None:
    """A frequent status sends the same bytes, and ends the connection or not, as any other one."""
    monkeypatch.setattr(_response, "_date", lambda second: "now")
    request = method + b" / HTTP/" + version + b"\r\nHost: a\r\n\r\n"
    quick = sent(request, status, headers)
    monkeypatch.setattr(_response, "CODES", {})

    assert sent(request, status, headers) == quick


def test_a_text_is_sent_like_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are ready are sent as the headers that they are."""
    monkeypatch.setattr(_response, "_date", lambda second: "now")
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    some, more = [("Content-Length", "2"), ("Age", "1")], [("ETag", "a"), ("Vary", "Accept")]
    text = "ETag: a\r\nVary: Accept\r\n"

    assert sent(request, "200 OK", some, text)[0] == sent(request, "200 OK", [*some, *more])[0]


@pytest.mark.parametrize("value", ["a\r\nb", "a\x00", "\u20ac"])
def test_a_value_that_is_no_header_is_refused(value: str) -> None:
    """Header values with control characters are refused, whatever the status."""
    with pytest.raises((InvalidResponseHeader, UnicodeEncodeError)):
        sent(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK", [("ETag", value)])
