"""Clients on sockets that no greenlet waits for: each costs a socket, two watchers and its subscriptions."""

from engine.streaming.clients.registry import Clients
from engine.streaming.clients.server_sent import ServerSentClient
from engine.streaming.clients.websocket import WebSocketClient

__all__ = ["Clients", "ServerSentClient", "WebSocketClient"]
