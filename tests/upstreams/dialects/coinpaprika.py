"""CoinPaprika v1.

https://api.coinpaprika.com
"""

from __future__ import annotations

from ..coins import COINS
from ..feed import Feed
from ..market import Ticker, market_change
from ..wire import Answer, Request, iso

OWN_NAMES = {
    "AAVE": "new",
    "ATOM": "cosmos",
    "HBAR": "hedera-hashgraph",
    "POL": "polygon-ecosystem-token",
    "BNB": "binance-coin",
}
IDS = {
    code: f"{code}-{OWN_NAMES.get(code, coin.name.replace(' ', '-'))}".lower() for code, coin in COINS.items()
}
CODES = {name: code for code, name in IDS.items()}


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.coinpaprika.com does."""
    if request.path.endswith("/"):
        bare = request.path.rstrip("/")
        return Answer(f'<a href="{bare}">Moved Permanently</a>.\n\n', 301, {"Location": bare})
    match request.path.strip("/").split("/"):
        case ["v1", "global"]:
            return Answer(_global(feed))
        case ["v1", "tickers"]:
            return Answer([*(_ticker(ticker) for ticker in feed.ranked()), *_others(feed)])
        case ["v1", "tickers", name] if name in CODES:
            return Answer(_ticker(feed.ticker(CODES[name], dollars=True)))
        case ["v1", "tickers", _]:
            return Answer({"error": "id not found"}, 404)
        case ["v1", "coins"]:
            return Answer(
                [
                    {
                        "id": IDS[ticker.code],
                        "name": ticker.name,
                        "symbol": ticker.code,
                        "rank": ticker.rank,
                        "is_new": False,
                        "is_active": True,
                        "type": "coin",
                    }
                    for ticker in feed.ranked()
                ]
            )
    return Answer({"error": "not found"}, 404)


def _global(feed: Feed) -> dict[str, object]:
    tickers = feed.ranked()
    total = sum(ticker.market_cap for ticker in tickers)
    bitcoin = sum(ticker.market_cap for ticker in tickers if ticker.code == "BTC")
    return {
        "market_cap_usd": round(total),
        "volume_24h_usd": round(sum(ticker.quote_volume for ticker in tickers)),
        "bitcoin_dominance_percentage": round(bitcoin / (total or 1) * 100, 2),
        "cryptocurrencies_number": len(tickers),
        "market_cap_ath_value": round(total),
        "market_cap_change_24h": round(market_change(tickers), 2),
        "last_updated": feed.now_ms // 1000,
    }


def _others(feed: Feed) -> list[dict[str, object]]:
    """Return the invented coins, some under the code of another."""
    return [
        {
            "id": f"{coin.code}-{coin.name.replace(' ', '-')}".lower(),
            "name": coin.name,
            "symbol": coin.code,
            "rank": place,
            "last_updated": iso(feed.now_ms)[:19] + "Z",
            "quotes": {"USD": {"price": feed.world.dollars(coin.id, feed.now_ms), "volume_24h": coin.volume}},
        }
        for place, coin in enumerate(feed.world.coins, len(COINS) + 1)
    ]


def _ticker(ticker: Ticker) -> dict[str, object]:
    return {
        "id": IDS[ticker.code],
        "name": ticker.name,
        "symbol": ticker.code,
        "rank": ticker.rank,
        "total_supply": ticker.supply,
        "max_supply": ticker.max_supply or 0,
        "beta_value": 1.0,
        "first_data_at": "2015-01-05T00:00:00Z",
        "last_updated": iso(ticker.time_ms)[:19] + "Z",
        "quotes": {
            "USD": {
                "price": ticker.last,
                "volume_24h": ticker.quote_volume,
                "volume_24h_change_24h": 0.0,
                "market_cap": ticker.market_cap,
                "market_cap_change_24h": round(ticker.change_24h, 2),
                "percent_change_15m": 0.0,
                "percent_change_30m": 0.0,
                "percent_change_1h": round(ticker.change_1h, 2),
                "percent_change_6h": 0.0,
                "percent_change_12h": 0.0,
                "percent_change_24h": round(ticker.change_24h, 2),
                "percent_change_7d": round(ticker.change_7d, 2),
                "percent_change_30d": 0.0,
                "percent_change_1y": 0.0,
                "ath_price": ticker.high,
                "ath_date": iso(ticker.time_ms)[:19] + "Z",
                "percent_from_price_ath": round((ticker.last / ticker.high - 1) * 100, 2),
            }
        },
    }
