"""What the clients of `make load` ask for, and how often. It needs no Locust."""

from providers import ASSETS
from providers import INTERVALS as CODES

SYMBOLS = ("BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOGE", "AVAX")
INTERVALS = ("15m", "1h", "4h")
WATCHED = "BTC,ETH,BNB,SOL,XRP,ADA,DOGE,AVAX,DOT,LINK,LTC,UNI,ATOM,MATIC"
PRICES = f"/api/prices?symbols={WATCHED}"
SENTIMENT = ("/api/sentiment", "/api/market/overview")
STATE = ("/api/health", "/api/providers")
FREQUENT = tuple((symbol, code) for symbol in SYMBOLS for code in INTERVALS)
"""Series that many clients ask for."""
RARE = tuple((asset.symbol, code) for asset in ASSETS for code in CODES if asset.symbol not in SYMBOLS)
"""Series that clients seldom ask for: most of them are requested for the first time."""
WEIGHTS = {"rare": 1, "prices": 200, "all prices": 25, "candles": 175, "sentiment": 50, "state": 49}
"""How often each kind of request is made."""


def share(kind: str) -> float:
    """Return the share of a kind of request."""
    return WEIGHTS[kind] / sum(WEIGHTS.values())


def candles(symbol: str, code: str) -> str:
    """Return the path of a series."""
    return f"/api/ohlcv?symbol={symbol}&interval={code}"


EVERYTHING = (PRICES, "/api/prices", *SENTIMENT, *(candles(*series) for series in FREQUENT))
"""Every query that many clients make."""
