"""Webhooks over real sockets, within limits of time and size."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from engine.alerts.channels import Channels
from engine.alerts.exchange import BODY_BYTES
from engine.alerts.notify import Notify
from engine.alerts.sending import Outcome, Sending
from engine.alerts.webhook import Poster
from tests.clock import Clock
from tests.engine.alerts.receiver import CERTIFICATE, OK, Receiver, receiver

BODY = b'{"type":"rule.fired"}'


@pytest.fixture(scope="module")
def plain() -> Iterator[Receiver]:
    """A receiver without encryption."""
    with receiver() as running:
        yield running


@pytest.fixture(scope="module")
def secure() -> Iterator[Receiver]:
    """A receiver with a certificate for `receiver.example`."""
    with receiver(secure=True) as running:
        yield running


def post(
    to: Receiver, url: str = "http://receiver.example:{port}/hook?a=b", poster: Poster | None = None
) -> Outcome:
    """Send an alert to a host that only the test's resolver knows, with private targets allowed."""
    sender = Sending(
        Channels(None),
        private=True,
        resolve=lambda host, port: ["127.0.0.1"],
        poster=poster or Poster(trust=str(CERTIFICATE)),
        now=Clock("2026-11-22T16:40:30Z"),
    )
    notify = Notify("webhook", url=url.format(port=to.port))
    return sender.send(notify, BODY, {"webhook-id": "msg_1"}, key_name="alice")


def answering(to: Receiver, answer: bytes) -> Outcome:
    """Return the outcome of an answer."""
    to.answer = answer
    return post(to)


def test_an_alert_is_posted(plain: Receiver) -> None:
    """A receiver gets the body with its headers, and its host name."""
    plain.answer = OK
    assert post(plain) == Outcome(delivered=True, status=204)

    head, _, body = plain.requests[-1].partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert (first, body) == ("POST /hook?a=b HTTP/1.1", BODY)
    assert {"webhook-id: msg_1", "Content-Type: application/json", "Connection: close"} <= set(headers)
    assert f"Host: receiver.example:{plain.port}" in headers


def test_the_checked_address_is_connected_to(plain: Receiver) -> None:
    """A host is resolved once, so that another answer of the resolver later has no effect."""
    plain.answer = OK
    answers = iter([["127.0.0.1"]])
    sender = Sending(Channels(None), private=True, resolve=lambda host, port: next(answers))

    url = f"http://rebound.example:{plain.port}/"
    assert sender.send(Notify("webhook", url=url), BODY, {}, key_name="alice").delivered


def test_a_proxy_of_the_environment_is_ignored(plain: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy is used, even if the environment sets one."""
    plain.answer = OK
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")

    assert post(plain).delivered


def test_another_address_of_the_host_is_tried(plain: Receiver) -> None:
    """If an address refuses the connection, the next one of the host is tried."""
    plain.answer = OK
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host, refused = "127.0.0.1", "127.0.0.2"
        assert closed.getsockname()[0] == host
    sender = Sending(Channels(None), private=True, resolve=lambda *_: [refused, host])

    url = f"http://receiver.example:{plain.port}/"
    assert sender.send(Notify("webhook", url=url), BODY, {}, key_name="alice").delivered


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Outcome(True, 200)),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n", Outcome(True, 202)),
        (b"HTTP/1.0 200 OK\r\n\r\n", Outcome(True, 200)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense", Outcome(True, 200)),
        (b"HTTP/1.1 410 Gone\r\n\r\n", Outcome(False, 410, "HTTP 410", gone=True)),
        (b"HTTP/1.1 500 Oops\r\n\r\n", Outcome(False, 500, "HTTP 500")),
        (b"HTTP/1.1 429 Later\r\nRetry-After: 120\r\n\r\n", Outcome(False, 429, "HTTP 429", 120.0)),
        (
            b"HTTP/1.1 503 Later\r\nRetry-After: Sun, 22 Nov 2026 16:41:30 GMT\r\n\r\n",
            Outcome(False, 503, "HTTP 503", 60.0),
        ),
        (b"HTTP/1.1 503 Later\r\nRetry-After: soon\r\n\r\n", Outcome(False, 503, "HTTP 503")),
        (
            b"HTTP/1.1 503 Later\r\nRetry-After: Sun, 99999999999999999999 Nov 2026 16:41:30 GMT\r\n\r\n",
            Outcome(False, 503, "HTTP 503"),
        ),
        (b"HTTP/1.1 503 Later\r\nRetry-After: -1\r\n\r\n", Outcome(False, 503, "HTTP 503")),
        (b"nonsense\r\n\r\n", Outcome(False, None, "Bad answer")),
        (b"HTTP/1.1 101 Switching\r\n\r\n", Outcome(False, None, "Bad answer")),
        (b"", Outcome(False, None, "Bad answer")),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40_000, Outcome(False, None, "Bad answer")),
        (b"HTTP/1.1 103 Hint\r\n\r\n" * 2000, Outcome(False, None, "Bad answer")),
    ],
)
def test_an_answer_has_an_outcome(plain: Receiver, answer: bytes, outcome: Outcome) -> None:
    """Only 2xx counts as delivered, 410 as gone, and `Retry-After` is read as seconds or as a date."""
    assert answering(plain, answer) == outcome


def test_a_redirect_is_not_followed(plain: Receiver) -> None:
    """A redirect is a failed attempt, and its address gets no connection."""
    before = plain.connections
    location = f"http://127.0.0.1:{plain.port}/inner".encode()

    outcome = answering(plain, b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n")
    assert outcome == Outcome(delivered=False, status=302, reason="HTTP 302")
    assert plain.connections == before + 1


def test_a_long_answer_is_not_read(plain: Receiver) -> None:
    """Only a few kilobytes of an endless body are read, and the alert counts as delivered."""
    written = []

    def endless(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BODY_BYTES)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            written.append(connection.send(b"a" * BODY_BYTES))

    plain.answer = endless
    assert post(plain) == Outcome(delivered=True, status=200)
    assert sum(written) < 10_000 * BODY_BYTES


def test_a_slow_answer_ends_at_the_deadline(plain: Receiver) -> None:
    """The connection to a receiver that sends single bytes ends at the deadline."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(1000):
            connection.sendall(b"a")

    plain.answer = drip
    seconds = count(0, 4)
    slow = Poster(seconds=15, clock=lambda: float(next(seconds)))

    assert post(plain, poster=slow) == Outcome(delivered=False, reason="Timeout")


def test_a_slow_record_ends_at_the_deadline(secure: Receiver) -> None:
    """The deadline also ends a TLS record whose bytes come one by one."""

    def drip(connection: socket.socket) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as raw:
            raw.settimeout(0.02)
            raw.sendall(b"\x17\x03\x03\x40\x00")  # the head of a record of 16 KB
            while True:
                raw.sendall(b"a")
                with suppress(TimeoutError):
                    raw.recv(1)
                    return

    secure.answer = drip
    outcome = post(secure, "https://receiver.example:{port}/", Poster(seconds=0.3, trust=str(CERTIFICATE)))
    assert outcome == Outcome(delivered=False, reason="Timeout")


def test_silence_is_a_timeout(plain: Receiver) -> None:
    """A receiver that never answers is a timeout."""

    def wait(connection: socket.socket) -> None:
        connection.recv(1)

    plain.answer = wait

    assert post(plain, poster=Poster(seconds=0.1)) == Outcome(delivered=False, reason="Timeout")


def test_a_closed_port_is_a_failure(plain: Receiver) -> None:
    """A refused connection is a failed attempt."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    outcome = post(plain, f"http://receiver.example:{port}/")
    assert outcome == Outcome(delivered=False, reason="Connection failed")


def test_a_certificate_is_that_of_the_name(secure: Receiver) -> None:
    """TLS verifies the certificate by the host name, although the connection is to an IP address."""
    secure.answer = OK

    assert post(secure, "https://receiver.example:{port}/").delivered
    assert post(secure, "https://other.example:{port}/").reason == "Certificate not valid"
    untrusting = post(secure, "https://receiver.example:{port}/", Poster())
    assert untrusting.reason == "Certificate not valid"


def test_a_receiver_without_tls_is_a_failure(plain: Receiver) -> None:
    """An https URL gets no request without TLS."""
    before = len(plain.requests)
    plain.answer = OK

    assert post(plain, "https://receiver.example:{port}/", Poster(seconds=0.5)).reason in (
        "TLS failed",
        "Timeout",
        "Connection failed",
    )
    assert len(plain.requests) == before
