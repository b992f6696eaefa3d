"""The reference: a WebSocket endpoint on uvicorn with websockets, which encodes each message once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from benchmarks.streams.messages import BYTES, EACH, body

HEAD = 85
"""Bytes of a message beside its filling."""
clients: set[WebSocket] = set()


async def publish() -> None:
    """Publish for ever."""
    due = asyncio.get_running_loop().time()
    while True:
        due += EACH
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        text = json.dumps(body(BYTES - HEAD), separators=(",", ":"))
        await asyncio.gather(*(client.send_text(text) for client in [*clients]), return_exceptions=True)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Publish while the server runs."""
    task = asyncio.create_task(publish())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.get("/api/health")
async def health() -> dict[str, bool]:
    """Say that the server runs."""
    return {"success": True}


@app.websocket("/api/stream")
async def stream(client: WebSocket) -> None:
    """Send every message to a client until it leaves."""
    await client.accept()
    clients.add(client)
    with suppress(WebSocketDisconnect):
        while True:
            await client.receive_text()
    clients.discard(client)
