"""CoinGecko's API v3 for the coins of the engine.

https://docs.coingecko.com/reference/introduction
"""

from engine.web.compat.coingecko import charts, coins, discovery, prices
from engine.web.compat.coingecko._blueprint import bp

__all__ = ["bp", "charts", "coins", "discovery", "prices"]
