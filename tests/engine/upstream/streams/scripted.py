"""A WebSocket server whose connections do what a test says."""

from collections.abc import Callable
from http import HTTPStatus
from threading import Thread
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

Script = Callable[[ServerConnection], None]


class Scripted:
    """Serves `script` on loopback. `refuse` is the status of upgrades below a path, by its beginning."""

    def __init__(self, script: Script, refuse: dict[str, int] | None = None) -> None:
        self.paths: list[str] = []
        self.texts: list[str] = []
        """What was received, over all connections."""
        self._script = script
        self._refuse = refuse or {}
        self._server = serve(self._serve, "127.0.0.1", 0, process_request=self._upgrade, compression=None)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    def _upgrade(self, connection: ServerConnection, request: Request) -> Response | None:
        self.paths.append(request.path)
        for beginning, status in self._refuse.items():
            if request.path.startswith(beginning):
                return connection.respond(HTTPStatus(status), "no")
        return None

    def _serve(self, connection: ServerConnection) -> None:
        try:
            self._script(connection)
            for text in connection:
                self.texts.append(str(text))
        except ConnectionClosed:
            pass
