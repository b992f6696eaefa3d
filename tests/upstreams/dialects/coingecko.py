"""CoinGecko v3.

https://docs.coingecko.com/v3.0.1/reference/introduction
"""

from __future__ import annotations

from ..coins import COINS
from ..feed import Feed
from ..market import Ticker, market_change
from ..wire import Answer, Request, iso

IDS = {
    "BTC": "bitcoin",
    "ETH": "ethereum",
    "SOL": "solana",
    "XRP": "ripple",
    "BNB": "binancecoin",
    "ADA": "cardano",
    "DOT": "polkadot",
    "LINK": "chainlink",
    "LTC": "litecoin",
    "BCH": "bitcoin-cash",
    "POL": "polygon-ecosystem-token",
    "AVAX": "avalanche-2",
    "XLM": "stellar",
    "TRX": "tron",
    "DOGE": "dogecoin",
    "SHIB": "shiba-inu",
    "UNI": "uniswap",
    "ATOM": "cosmos",
    "ETC": "ethereum-classic",
    "FIL": "filecoin",
    "APT": "aptos",
    "ARB": "arbitrum",
    "OP": "optimism",
    "NEAR": "near",
    "ICP": "internet-computer",
    "TON": "the-open-network",
    "SUI": "sui",
    "PEPE": "pepe",
    "HBAR": "hedera-hashgraph",
    "AAVE": "aave",
    "USDT": "tether",
    "USDC": "usd-coin",
}
CODES = {name: code for code, name in IDS.items()}
SPANS = {
    1: ("30m", 48),
    7: ("4h", 42),
    14: ("4h", 84),
    30: ("4h", 180),
    90: ("4d", 23),
    180: ("4d", 45),
    365: ("4d", 92),
}
"""Days asked for -> size of the candles and how many of them."""
CACHED = {"Cache-Control": "max-age=30, public, must-revalidate, s-maxage=60"}


def answer(request: Request, feed: Feed) -> Answer:
    """Answer a call as api.coingecko.com does."""
    match request.path.removeprefix("/api/v3").strip("/").split("/"):
        case _ if not request.path.startswith("/api/v3/"):
            return Answer({"error": "Incorrect path. Please check https://www.coingecko.com/api/"}, 404)
        case ["ping"]:
            return Answer({"gecko_says": "(V3) To the Moon!"})
        case ["simple", "price"]:
            return _simple(request, feed)
        case ["coins", "list"]:
            return Answer(_list(request, feed), headers=CACHED)
        case ["coins", "markets"]:
            return _markets(request, feed)
        case ["coins", name, "ohlc"]:
            return _ohlc(name, request, feed)
        case ["coins", "categories"]:
            return Answer([_category(feed)], headers=CACHED)
        case ["search", "trending"]:
            return Answer({"coins": _trending(feed), "nfts": [], "categories": []}, headers=CACHED)
        case ["global"]:
            return _global(feed)
    return Answer({"error": "Incorrect path. Please check https://www.coingecko.com/api/"}, 404)


def _simple(request: Request, feed: Feed) -> Answer:
    for name in ("vs_currencies", "ids"):
        if not request.query.get(name):
            return Answer({"error": f"Missing parameter {name}"}, 422)
    prices: dict[str, dict[str, float]] = {}
    for ticker in feed.tickers(_codes(request), dollars=True):
        quote: dict[str, float] = {}
        if "usd" in request.names("vs_currencies"):
            quote["usd"] = _figure(ticker.last)
            if _wanted(request, "include_market_cap"):
                quote["usd_market_cap"] = ticker.market_cap
            if _wanted(request, "include_24hr_vol"):
                quote["usd_24h_vol"] = ticker.quote_volume
            if _wanted(request, "include_24hr_change"):
                quote["usd_24h_change"] = ticker.change_24h
        if _wanted(request, "include_last_updated_at"):
            quote["last_updated_at"] = ticker.time_ms // 1000
        prices[IDS[ticker.code]] = quote
    return Answer(prices, headers=CACHED)


def _markets(request: Request, feed: Feed) -> Answer:
    if not request.query.get("vs_currency"):
        return Answer({"error": "Missing parameter vs_currency"}, 422)
    if request.query["vs_currency"].lower() != "usd":
        return Answer({"error": "invalid vs_currency"}, 400)
    try:
        page, size = request.whole("page", 1), min(250, request.whole("per_page", 100))
    except ValueError:
        return Answer({"error": "Invalid parameter"}, 422)
    tickers = feed.tickers(_codes(request), dollars=True) if "ids" in request.query else feed.ranked()
    tickers.sort(key=lambda ticker: ticker.rank)
    spans = request.names("price_change_percentage")
    tickers = tickers[(page - 1) * size : page * size]
    rows = [_market(ticker, spans) for ticker in tickers]
    if "ids" not in request.query and page > 1:
        rows = _others(feed, page, size)
    if "ids" not in request.query and page == 1:
        rows = [*_odd_ones(feed, rows), *rows]
    return Answer(rows, headers=CACHED)


def _list(request: Request, feed: Feed) -> list[dict[str, object]]:
    """Return all coins without ranks. Codes and names repeat."""
    rows: list[dict[str, object]] = [
        {"id": IDS[code], "symbol": code.lower(), "name": coin.name} for code, coin in COINS.items()
    ]
    rows += [{"id": coin.id, "symbol": coin.code.lower(), "name": coin.name} for coin in feed.world.coins]
    if not _wanted(request, "include_platform"):
        return rows
    contracts = {coin.id: coin.contract for coin in feed.world.coins if coin.contract}
    return [
        row | {"platforms": {"ethereum": contracts[str(row["id"])]} if row["id"] in contracts else {}}
        for row in rows
    ]


def _others(feed: Feed, page: int, size: int) -> list[dict[str, object]]:
    """Return the invented coins from the second page on, so that the largest coins stay the known ones."""
    start = (page - 2) * size
    return [
        {
            "id": coin.id,
            "symbol": coin.code.lower(),
            "name": coin.name,
            "current_price": feed.world.dollars(coin.id, feed.now_ms),
            "market_cap": coin.volume * 30,
            "market_cap_rank": place,
            "total_volume": coin.volume,
            "price_change_percentage_24h": 0.0,
            "last_updated": iso(feed.now_ms),
        }
        for place, coin in enumerate(feed.world.coins[start : start + size], len(COINS) + start + 1)
    ]


def _odd_ones(feed: Feed, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return coins that follow others, and an impossible one with the fault "bogus"."""
    moved = {
        "price_change_percentage_24h": 99.0,
        "market_cap_rank": 99,
        "market_cap": 9e9,
        "total_volume": 9e9,
    }
    like = rows[0] if rows else {}
    odd = [
        like | moved | {"id": "wrapped-bitcoin", "symbol": "wbtc", "name": "Wrapped Bitcoin"},
        like | moved | {"id": "lido-dao-ether", "symbol": "lseth", "name": "Liquid Staked ETH"},
        like | moved | {"id": "usd-coin", "symbol": "usdc", "name": "USDC", "current_price": 1.0},
        like | moved | {"id": "quiet", "symbol": "quiet", "name": "Quiet Coin", "total_volume": 999_999.0},
        like
        | moved
        | {"id": "unnamed", "symbol": "evil", "name": "<b>Evil</b>", "price_change_percentage_24h": 50.0},
    ]
    if feed.has("bogus"):
        odd.append(
            like
            | moved
            | {"id": "bogus", "symbol": "bogus", "name": "Bogus", "market_cap": 3.3e15, "market_cap_rank": 1}
        )
    return odd if rows else []


def _trending(feed: Feed) -> list[dict[str, object]]:
    tickers = [] if feed.has("empty") else feed.ranked()[5:12]
    items: list[dict[str, object]] = [
        {
            "id": IDS[ticker.code],
            "coin_id": place,
            "name": ticker.name,
            "symbol": ticker.code,
            "market_cap_rank": ticker.rank,
            "score": place,
            "data": {
                "price": ticker.last,
                "price_change_percentage_24h": {"usd": ticker.change_24h},
                "market_cap": f"${ticker.market_cap:,.0f}",
                "total_volume": f"${ticker.quote_volume:,.0f}",
            },
        }
        for place, ticker in enumerate(tickers)
    ]
    if feed.has("bogus"):
        data = {
            "price": 1.0,
            "price_change_percentage_24h": {"usd": 1.0},
            "market_cap": "$3,300,000,000,000,000",
        }
        items.insert(
            0, {"id": "bogus", "name": "Bogus", "symbol": "BOGUS", "market_cap_rank": 1, "data": data}
        )
    return [{"item": item} for item in items]


def _category(feed: Feed) -> dict[str, object]:
    tickers = feed.ranked()
    return {
        "id": "layer-1",
        "name": "Layer 1 (L1)",
        "market_cap": sum(ticker.market_cap for ticker in tickers),
        "market_cap_change_24h": 0.0,
        "content": "",
        "top_3_coins_id": [IDS[ticker.code] for ticker in tickers[:3]],
        "top_3_coins": [
            f"https://coin-images.coingecko.com/{IDS[ticker.code]}.png" for ticker in tickers[:3]
        ],
        "volume_24h": sum(ticker.quote_volume for ticker in tickers),
        "updated_at": iso(feed.now_ms),
    }


def _market(ticker: Ticker, spans: list[str]) -> dict[str, object]:
    changes = {"1h": ticker.change_1h, "24h": ticker.change_24h, "7d": ticker.change_7d}
    name, fully = IDS[ticker.code], ticker.max_supply or ticker.supply
    return {
        "id": name,
        "symbol": ticker.code.lower(),
        "name": ticker.name,
        "image": f"https://coin-images.coingecko.com/coins/images/1/large/{name}.png",
        "current_price": _figure(ticker.last),
        "market_cap": ticker.market_cap,
        "market_cap_rank": ticker.rank,
        "fully_diluted_valuation": fully * ticker.last,
        "total_volume": ticker.quote_volume,
        "high_24h": _figure(ticker.high),
        "low_24h": _figure(ticker.low),
        "price_change_24h": ticker.last - ticker.open,
        "price_change_percentage_24h": round(ticker.change_24h, 5),
        "market_cap_change_24h": (ticker.last - ticker.open) * ticker.supply,
        "market_cap_change_percentage_24h": round(ticker.change_24h, 5),
        "circulating_supply": ticker.supply,
        "total_supply": ticker.supply,
        "max_supply": ticker.max_supply,
        "ath": _figure(ticker.high),
        "ath_change_percentage": 0.0,
        "ath_date": iso(ticker.time_ms),
        "atl": _figure(ticker.low),
        "atl_change_percentage": 0.0,
        "atl_date": iso(ticker.time_ms),
        "roi": None,
        "last_updated": iso(ticker.time_ms),
        **{f"price_change_percentage_{span}_in_currency": changes.get(span) for span in spans},
    }


def _ohlc(name: str, request: Request, feed: Feed) -> Answer:
    days = request.query.get("days")
    if not request.query.get("vs_currency") or not days:
        return Answer({"status": 500, "error": "Internal Server Error"}, 500)
    if name not in CODES:
        return Answer({"error": "coin not found"}, 404)
    if days == "max" or "interval" in request.query:
        return _paid_only()
    if not days.isdigit() or int(days) not in SPANS:
        return Answer({"error": "Invalid days parameter"}, 422)
    interval, count = SPANS[int(days)]
    # Stamped with the closing time: the running row carries a time that is still to come.
    return Answer(
        [
            [row.open_ms + row.size_ms, row.open, row.high, row.low, row.close]
            for row in feed.newest(CODES[name], interval, count, dollars=True)
        ],
        headers=CACHED,
    )


def _paid_only() -> Answer:
    return Answer(
        {
            "error": {
                "status": {
                    "error_code": 10012,
                    "error_message": "Your request exceeds the allowed time range.",
                }
            }
        },
        401,
    )


def _global(feed: Feed) -> Answer:
    tickers = feed.ranked()
    total = sum(ticker.market_cap for ticker in tickers)
    shares = {ticker.code.lower(): ticker.market_cap / total * 100 for ticker in tickers[:10]}
    return Answer(
        {
            "data": {
                "active_cryptocurrencies": len(tickers),
                "upcoming_icos": 0,
                "ongoing_icos": 0,
                "ended_icos": 0,
                "markets": 13,
                "total_market_cap": {"usd": total},
                "total_volume": {"usd": sum(ticker.quote_volume for ticker in tickers)},
                "market_cap_percentage": shares,
                "market_cap_change_percentage_24h_usd": market_change(tickers),
                "volume_change_percentage_24h_usd": 0.0,
                "updated_at": feed.now_ms // 1000,
            }
        }
    )


def _codes(request: Request) -> list[str]:
    # A space after a comma stays part of the name, which is then unknown and silently left out.
    return [CODES[name] for name in dict.fromkeys(request.names("ids")) if name in CODES]


def _wanted(request: Request, name: str) -> bool:
    return request.query.get(name) == "true"


def _figure(price: float) -> float:
    """Return a price in CoinGecko's form: without decimals from five digits on."""
    return round(price) if price >= 10_000 else price
