"""CoinMarketCap.

https://coinmarketcap.com/api/documentation
"""

from __future__ import annotations

from ..feed import Feed
from ..market import Ticker, market_change
from ..wire import Answer, Request, iso

IDS = {
    "BTC": 1,
    "ETH": 1027,
    "SOL": 5426,
    "XRP": 52,
    "BNB": 1839,
    "ADA": 2010,
    "DOT": 6636,
    "LINK": 1975,
    "LTC": 2,
    "BCH": 1831,
    "POL": 28321,
    "AVAX": 5805,
    "XLM": 512,
    "TRX": 1958,
    "DOGE": 74,
    "SHIB": 5994,
    "UNI": 7083,
    "ATOM": 3794,
    "ETC": 1321,
    "FIL": 2280,
    "APT": 21794,
    "ARB": 11841,
    "OP": 11840,
    "NEAR": 6535,
    "ICP": 8916,
    "TON": 11419,
    "SUI": 20947,
    "PEPE": 24478,
    "HBAR": 4642,
    "AAVE": 7278,
    "USDT": 825,
    "USDC": 3408,
}
CODES = {str(number): code for code, number in IDS.items()}
DOLLAR_ID = 2781
FIRST_ID = 100_000
PLATFORM = {"id": 1027, "name": "Ethereum", "symbol": "ETH", "slug": "ethereum"}


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as pro-api.coinmarketcap.com does: with a key, or without one below /public-api."""
    keyless = request.path.startswith("/public-api/")
    if not keyless and not request.headers.get("x-cmc_pro_api_key"):
        return _enveloped(request, feed, None, 401, 1002, "API key missing.")
    match request.path.removeprefix("/public-api").strip("/").split("/"):
        case ["v1" | "v3" as version, "cryptocurrency", "listings", "latest"]:
            return _listings(version, request, feed)
        case ["v1", "cryptocurrency", "map"]:
            return _enveloped(request, feed, _map(feed)[: request.whole("limit", 100)])
        case ["v1" | "v2" | "v3" as version, "cryptocurrency", "quotes", "latest"]:
            return _quotes(version, request, feed)
        case ["v1", "global-metrics", "quotes", "latest"]:
            return _enveloped(request, feed, _global(feed))
        case ["v3", "fear-and-greed", "latest"]:
            value, word = feed.fear_greed(feed.now_ms)
            index = {"value": value, "update_time": iso(feed.now_ms), "value_classification": word}
            return _enveloped(request, feed, {} if feed.has("empty") else index)
    return Answer({"statusCode": 404, "error": "Not Found", "message": "Not Found"}, 404)


def _listings(version: str, request: Request, feed: Feed) -> Answer:
    try:
        start, limit = request.whole("start", 1), request.whole("limit", 100)
    except ValueError:
        return _enveloped(request, feed, None, 400, 400, '"start" must be a number')
    tickers = feed.ranked()[start - 1 : start - 1 + limit]
    return _enveloped(request, feed, [_coin(ticker, version) for ticker in tickers])


def _map(feed: Feed) -> list[dict[str, object]]:
    """Return all coins by rank. Their numeric ids never change, and a token has one contract."""
    known: list[dict[str, object]] = [
        {"id": IDS[ticker.code], "rank": ticker.rank, "name": ticker.name, "symbol": ticker.code}
        for ticker in feed.ranked()
    ]
    others: list[dict[str, object]] = [
        {"id": FIRST_ID + place, "rank": len(IDS) + place, "name": coin.name, "symbol": coin.code}
        | ({"platform": PLATFORM | {"token_address": coin.contract}} if coin.contract else {})
        for place, coin in enumerate(feed.world.coins, 1)
    ]
    return [
        {"slug": str(row["name"]).lower(), "is_active": 1, "platform": None, **row}
        for row in (*known, *others)
    ]


def _quotes(version: str, request: Request, feed: Feed) -> Answer:
    codes = [CODES[number] for number in request.names("id") if number in CODES]
    codes += [code for code in request.names("symbol") if code in IDS]
    if not codes:
        return _enveloped(request, feed, None, 400, 400, 'Invalid value for "id"')
    coins = [_coin(ticker, version) for ticker in feed.tickers(codes, dollars=True)]
    return _enveloped(request, feed, coins if version == "v3" else {str(coin["id"]): coin for coin in coins})


def _coin(ticker: Ticker, version: str) -> dict[str, object]:
    when = iso(ticker.time_ms)
    quote: dict[str, object] = {
        "price": ticker.last,
        "volume_24h": ticker.quote_volume,
        "volume_change_24h": 0.0,
        "percent_change_1h": ticker.change_1h,
        "percent_change_24h": ticker.change_24h,
        "percent_change_7d": ticker.change_7d,
        "market_cap": ticker.market_cap,
        "market_cap_dominance": 0.0,
        "fully_diluted_market_cap": (ticker.max_supply or ticker.supply) * ticker.last,
        "last_updated": when,
    }
    quotes: object = {"USD": quote}
    if version == "v3":
        quotes = [{"id": DOLLAR_ID, "symbol": "USD", **quote}]
    return {
        "id": IDS[ticker.code],
        "name": ticker.name,
        "symbol": ticker.code,
        "slug": ticker.name.lower().replace(" ", "-"),
        "num_market_pairs": 13,
        "date_added": "2015-01-05T00:00:00.000Z",
        "tags": [],
        "max_supply": ticker.max_supply,
        "circulating_supply": ticker.supply,
        "total_supply": ticker.supply,
        "platform": None,
        "cmc_rank": ticker.rank,
        "self_reported_circulating_supply": None,
        "self_reported_market_cap": None,
        "last_updated": when,
        "quote": quotes,
    }


def _global(feed: Feed) -> dict[str, object]:
    tickers = feed.ranked()
    caps = {ticker.code: ticker.market_cap for ticker in tickers}
    total = sum(caps.values())
    return {
        "active_cryptocurrencies": len(caps),
        "btc_dominance": caps.get("BTC", 0.0) / (total or 1) * 100,
        "eth_dominance": caps.get("ETH", 0.0) / (total or 1) * 100,
        "quote": {
            "USD": {
                "total_market_cap": total,
                "total_volume_24h": sum(ticker.quote_volume for ticker in tickers),
                "total_market_cap_yesterday_percentage_change": market_change(tickers),
                "last_updated": iso(feed.now_ms),
            }
        },
        "last_updated": iso(feed.now_ms),
    }


def _enveloped(
    request: Request, feed: Feed, data: object, status: int = 200, code: int = 0, message: str | None = None
) -> Answer:
    # The keyless pages write the code as text.
    error_code: object = str(code) if request.path.startswith("/public-api/") else code
    envelope = {
        "timestamp": iso(feed.now_ms),
        "error_code": error_code,
        "error_message": message,
        "elapsed": 5,
        "credit_count": 0 if code else 1,
        "notice": None,
    }
    return Answer({"status": envelope} if data is None else {"status": envelope, "data": data}, status)
