"""CryptoCompare's market data: https://min-api.cryptocompare.com/documentation.

Failures have status 200 and `"Response": "Error"`. The engine ignores the keys that clients send, which are
CryptoCompare's.
"""

from engine.web.compat.cryptocompare import flat_history, history, lists, prices
from engine.web.compat.cryptocompare._blueprint import bp

__all__ = ["bp", "flat_history", "history", "lists", "prices"]
