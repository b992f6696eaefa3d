"""Many WebSocket clients in one process, which note how long each message took and parse little else."""

import base64
import json
import os
import select
import socket
import struct
import sys
import time
from dataclasses import asdict, dataclass
from math import nan
from statistics import quantiles

from benchmarks.streams.messages import CHANNEL, MARK

MASKED_TEXT = 0x81
MARKED = MARK.encode()
SETTLE = 3.0
"""Seconds after the last connection that are not counted, unless others are asked for."""


@dataclass
class Taken:
    """How long messages took from the server's clock to the client: milliseconds, and how many there were.

    One message or none has no quantiles.
    """

    p50: float
    p99: float
    count: int


def opened(host: str, port: int, key: str | None) -> socket.socket:
    """Return a connected WebSocket that listens to the channel."""
    sock = socket.create_connection((host, port))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    lines = [
        "GET /api/stream HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *([] if key is None else [f"Authorization: Bearer {key}"]),
        "",
        "",
    ]
    sock.sendall("\r\n".join(lines).encode())
    answer = sock.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    text = json.dumps({"op": "subscribe", "channels": [CHANNEL]}).encode()
    sock.sendall(struct.pack("!BB4s", MASKED_TEXT, 0x80 | len(text), bytes(4)) + text)
    return sock


def sent(data: bytes) -> list[float]:
    """Return the times of sending in what was received, which small messages fit into whole."""
    found, place = [], data.find(MARKED)
    while place >= 0:
        begin = place + len(MARKED)
        ends = [end for end in (data.find(b",", begin), data.find(b"}", begin)) if end >= 0]
        if ends:
            found.append(float(data[begin : min(ends)]))
        place = data.find(MARKED, begin)
    return found


def main(host: str, port: int, count: int, seconds: float, key: str | None, settle: float) -> None:
    """Connect, say so, listen after a line of input, and print what was taken as JSON."""
    sockets = {one.fileno(): one for one in (opened(host, port, key) for _ in range(count))}
    poll = select.epoll()
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    print("connected", flush=True)
    taken: list[float] = []
    begin = time.time() + settle
    while (now := time.time()) < begin + seconds:
        for number, _ in poll.poll(0.1):
            data = sockets[number].recv(16_384)
            assert data, "the server has closed a stream"
            arrived = time.time()
            if now >= begin:
                taken += [(arrived - moment) * 1000 for moment in sent(data)]
    cuts = quantiles(taken, n=100) if len(taken) > 1 else [nan] * 99
    print(json.dumps(asdict(Taken(cuts[49], cuts[98], len(taken)))), flush=True)


if __name__ == "__main__":
    address, port, count, seconds, key, settle = sys.argv[1:]
    main(address, int(port), int(count), float(seconds), key or None, float(settle))
