"""Binance's WebSocket streams over the engine's own: names, requests and payloads in Binance's format.

https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
"""

from engine.web.compat.binance.streams._views import register

__all__ = ["register"]
