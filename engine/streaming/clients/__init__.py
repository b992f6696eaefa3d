"""Clients on sockets that no greenlet waits for: each costs a socket, two watchers and its subscriptions.

Clients on WebSockets are in `websocket.py`, which is imported with the first one.
"""

from engine.streaming.clients.registry import Clients
from engine.streaming.clients.server_sent import ServerSentClient

__all__ = ["Clients", "ServerSentClient"]
