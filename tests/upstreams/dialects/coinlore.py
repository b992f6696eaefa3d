"""CoinLore.

https://www.coinlore.com/cryptocurrency-data-api
"""

from __future__ import annotations

from ..coins import COINS
from ..feed import Feed
from ..market import Ticker, market_change
from ..wire import NOT_FOUND, Answer, Request, fixed

KNOWN_IDS = {
    "BTC": "90",
    "ETH": "80",
    "USDT": "518",
    "BNB": "2710",
    "SOL": "48543",
    "XRP": "58",
    "ADA": "257",
    "DOGE": "2",
    "TRX": "2713",
    "AVAX": "44883",
    "DOT": "45219",
    "LINK": "2751",
    "LTC": "1",
    "BCH": "2321",
    "SHIB": "45088",
    "XLM": "89",
    "UNI": "47305",
    "ATOM": "33830",
    "ETC": "118",
}
IDS = {code: KNOWN_IDS.get(code, str(90_000 + place)) for place, code in enumerate(COINS)}
FIRST_ID = 100_000
CODES = {number: code for code, number in IDS.items()}


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.coinlore.net does."""
    match request.path.strip("/").split("/"):
        case ["api", "tickers"]:
            return _page(request, feed)
        case ["api", "ticker"]:
            codes = [CODES[number] for number in request.names("id") if number in CODES]
            bitcoin = _bitcoin(feed)
            # Alone among the pages this one gives the volume as text.
            return Answer(
                [
                    _row(ticker, bitcoin) | {"volume24": fixed(ticker.quote_volume, 2)}
                    for ticker in feed.tickers(codes, dollars=True)
                ]
            )
        case ["api", "global"]:
            return _global(feed)
    return NOT_FOUND


def _page(request: Request, feed: Feed) -> Answer:
    try:
        start, limit = request.whole("start", 0), min(100, request.whole("limit", 100))
    except ValueError:
        start, limit = 0, 100
    tickers, bitcoin = feed.ranked(), _bitcoin(feed)
    rows = [*(_row(ticker, bitcoin) for ticker in tickers), *_others(feed)][start : start + limit]
    return Answer({"data": rows, "info": {"coins_num": len(COINS), "time": feed.now_ms // 1000}})


def _others(feed: Feed) -> list[dict[str, object]]:
    """Return the invented coins, some under the code of another."""
    return [
        {
            "id": str(FIRST_ID + place),
            "symbol": coin.code,
            "name": coin.name,
            "nameid": coin.id,
            "rank": len(COINS) + place,
            "price_usd": fixed(feed.world.dollars(coin.id, feed.now_ms), 10),
            "market_cap_usd": fixed(coin.volume * 30, 2),
            "volume24": round(coin.volume, 2),
        }
        for place, coin in enumerate(feed.world.coins, 1)
    ]


def _row(ticker: Ticker, bitcoin: float) -> dict[str, object]:
    return {
        "id": IDS[ticker.code],
        "symbol": ticker.code,
        "name": ticker.name,
        "nameid": ticker.name.lower().replace(" ", "-"),
        "rank": ticker.rank,
        "price_usd": fixed(ticker.last, 2 if ticker.last >= 1 else 10),
        "percent_change_24h": fixed(ticker.change_24h, 2),
        "percent_change_1h": fixed(ticker.change_1h, 2),
        "percent_change_7d": fixed(ticker.change_7d, 2),
        "price_btc": fixed(ticker.last / bitcoin),
        "market_cap_usd": fixed(ticker.market_cap, 2),
        "volume24": round(ticker.quote_volume, 2),
        "volume24a": round(ticker.quote_volume * 0.98, 2),
        "csupply": fixed(ticker.supply, 2),
        "tsupply": fixed(ticker.supply, 0),
        "msupply": fixed(ticker.max_supply, 0) if ticker.max_supply else "",
    }


def _bitcoin(feed: Feed) -> float:
    return next((ticker.last for ticker in feed.tickers(["BTC"], dollars=True)), 1.0)


def _global(feed: Feed) -> Answer:
    tickers = feed.ranked()
    total = sum(ticker.market_cap for ticker in tickers)
    caps = {ticker.code: ticker.market_cap for ticker in tickers}
    return Answer(
        [
            {
                "coins_count": len(tickers),
                "active_markets": 13,
                "total_mcap": total,
                "total_volume": sum(ticker.quote_volume for ticker in tickers),
                "btc_d": fixed(caps.get("BTC", 0.0) / (total or 1) * 100, 2),
                "eth_d": fixed(caps.get("ETH", 0.0) / (total or 1) * 100, 2),
                "mcap_change": fixed(market_change(tickers), 2),
            }
        ]
    )
