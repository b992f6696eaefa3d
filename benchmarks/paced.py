"""Requests for many paths at a constant rate, on a few connections that stay open."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

CONNECTIONS = 16
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")
BROKEN, UNSENT = 0, -1
"""In place of the status of a request without an answer, and of one for which no connection was free."""
LONGEST = 60.0
"""Seconds after which a request counts as broken."""


def _stopwatch() -> Callable[[float], Awaitable[None]]:
    """Return what waits until so many seconds from now."""
    begin = time.perf_counter()

    async def wait(seconds: float) -> None:
        await asyncio.sleep(max(0.0, begin + seconds - time.perf_counter()))

    return wait


async def paced(
    port: int,
    paths: Iterable[str],
    rate: float,
    seconds: float,
    stopwatch: Callable[[], Callable[[float], Awaitable[None]]] = _stopwatch,
) -> Counter[int]:
    """Send so many requests a second, and return how many answers there were of each status.

    Each request has its own moment: an answer that is late delays no other one, while a connection is free.
    What no connection was free for at the end is not sent. `stopwatch` begins to count, and returns what
    waits until so many seconds later.
    """
    due: asyncio.Queue[str | None] = asyncio.Queue()
    statuses: Counter[int] = Counter()
    clients = [asyncio.create_task(_client(port, due, statuses)) for _ in range(CONNECTIONS)]
    wait = stopwatch()
    for turn, path in zip(range(round(rate * seconds)), paths, strict=False):
        await wait(turn / rate)
        due.put_nowait(path)
    await wait(seconds)
    while not due.empty():
        due.get_nowait()
        statuses[UNSENT] += 1
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    return statuses


async def _client(port: int, due: asyncio.Queue[str | None], statuses: Counter[int]) -> None:
    """Send what is due on one connection, and on a new one after a failure."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (path := await due.get()) is not None:
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            statuses[await asyncio.wait_for(_answer(*connection, path), LONGEST)] += 1
        except (OSError, EOFError, TimeoutError):
            statuses[BROKEN] += 1
            if connection is not None:
                connection[1].close()
            connection = None
    if connection is not None:
        connection[1].close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """Return the status of an answer after all of it has come."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head[9:12])
