"""The stand-in's WebSockets: each venue's own frames, from the same invented market as its answers."""

from __future__ import annotations

from .faults import StreamFault
from .server import PACE, StreamServer

__all__ = ["PACE", "StreamFault", "StreamServer"]
