"""HTTP endpoints of the streams: WebSockets, server-sent events and the replay."""

from engine.web.streaming._handshake import PROTOCOL
from engine.web.streaming._takeover import TAKEOVER, can_take_over
from engine.web.streaming._views import PATH, bp

__all__ = ["PATH", "PROTOCOL", "TAKEOVER", "bp", "can_take_over"]
