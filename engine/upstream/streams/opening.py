"""How WebSockets to venues are opened. The first one imports their library."""

from engine.upstream.streams.sockets import Opener, Socket


def opener(proxy: str | None, *, connect: float, patience: float) -> Opener:
    """Return how to connect, through `proxy`, within `connect` seconds. The environment names no proxy."""

    def open_(address: str) -> Socket:
        from engine.upstream.streams.websockets import opened  # here, since a start streams nothing

        return opened(address, proxy, connect=connect, patience=patience)

    return open_
