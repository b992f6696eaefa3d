"""Open WebSockets to venues. Their library is imported for the first one."""

from engine.upstream.streams.sockets import Opener, Socket


def opener(proxy: str | None, *, connect: float, patience: float) -> Opener:
    """Return the function that connects through `proxy` within `connect` seconds.

    Proxies of the environment are ignored.
    """

    def open_(address: str) -> Socket:
        from engine.upstream.streams.websockets import opened  # here, since a start needs no streams

        return opened(address, proxy, connect=connect, patience=patience)

    return open_
