"""The doors to the streams: WebSockets, server-sent events and the replay."""

from engine.web.streaming._takeover import TAKEOVER, can_take_over
from engine.web.streaming._views import bp

__all__ = ["TAKEOVER", "bp", "can_take_over"]
