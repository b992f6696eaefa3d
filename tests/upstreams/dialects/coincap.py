"""CoinCap v3.

https://pro.coincap.io/api-docs
"""

from __future__ import annotations

from ..coins import COINS
from ..feed import Feed
from ..market import Ticker
from ..wire import NOT_FOUND, Answer, Request, fixed

OWN_NAMES = {
    "USDC": "usd-coin",
    "BNB": "binance-coin",
    "POL": "polygon",
    "ATOM": "cosmos",
    "HBAR": "hedera-hashgraph",
}
SLUGS = {code: OWN_NAMES.get(code, coin.name.lower().replace(" ", "-")) for code, coin in COINS.items()}
CODES = {slug: code for code, slug in SLUGS.items()}


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as rest.coincap.io does, which needs a key. Any key is accepted."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not (scheme.lower() == "bearer" and key) and not request.query.get("apiKey"):
        return Answer({"error": "API key is required", "timestamp": feed.now_ms}, 401)
    match request.path.strip("/").split("/"):
        case ["v3", "assets"]:
            return _enveloped(_assets(request, feed), feed)
        case ["v3", "assets", slug] if slug in CODES:
            return _enveloped(_asset(feed.ticker(CODES[slug], dollars=True)), feed)
        case ["v3", "assets", slug]:
            return Answer({"error": f"{slug} not found", "timestamp": feed.now_ms}, 404)
    return NOT_FOUND


def _assets(request: Request, feed: Feed) -> list[dict[str, object]]:
    slugs, search = request.names("ids"), request.query.get("search", "").lower()
    tickers = [ticker for ticker in feed.ranked() if not slugs or SLUGS[ticker.code] in slugs]
    tickers = [ticker for ticker in tickers if search in SLUGS[ticker.code] or search == ticker.code.lower()]
    start = request.whole("offset", 0)
    return [_asset(ticker) for ticker in tickers[start : start + request.whole("limit", 100)]]


def _asset(ticker: Ticker) -> dict[str, object]:
    return {
        "id": SLUGS[ticker.code],
        "rank": str(ticker.rank),
        "symbol": ticker.code,
        "name": ticker.name,
        "supply": fixed(ticker.supply, 16),
        "maxSupply": fixed(ticker.max_supply, 16) if ticker.max_supply else None,
        "marketCapUsd": fixed(ticker.market_cap, 16),
        "volumeUsd24Hr": fixed(ticker.quote_volume, 16),
        "priceUsd": fixed(ticker.last, 18),
        "changePercent24Hr": fixed(ticker.change_24h, 16),
        "vwap24Hr": fixed(ticker.quote_volume / ticker.volume, 18),
        "explorer": f"https://explorer.example/{SLUGS[ticker.code]}",
        "tokens": {},
    }


def _enveloped(data: object, feed: Feed) -> Answer:
    return Answer({"timestamp": feed.now_ms, "data": data})
