"""Clients on sockets without a greenlet: each costs a socket, two watchers and its subscriptions.

WebSocket clients are in `websocket.py`, which is imported for the first one.
"""

from engine.streaming.clients.registry import Clients
from engine.streaming.clients.server_sent import ServerSentClient

__all__ = ["Clients", "ServerSentClient"]
