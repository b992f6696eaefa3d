"""CoinGecko: 4-hour candles with their close time and without a volume; lists or error objects."""

from providers import (
    TETHER,
    Candidate,
    Candle,
    Category,
    Figures,
    Listing,
    Overview,
    Quote,
    RateLimited,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

ROWS = [
    [1767297600000, 90.0, 99.0, 89.0, 98.0],
    [1767312000000, 98, 106, 97.5, 100.5],
    [1767326400000, 100.5, 120.0, 95.0, 117.5],
]


def coin(id_: str, price: float | None, rank: int | None, change: float | None = 3.125) -> dict[str, object]:
    """Return one coin."""
    return {
        "id": id_,
        "current_price": price,
        "market_cap": 1.5e12,
        "market_cap_rank": rank,
        "total_volume": 5e9,
        "price_change_percentage_24h": 9.9,
        "last_updated": "2026-01-02T03:29:58.599Z",
        "price_change_percentage_1h_in_currency": 0.5,
        "price_change_percentage_24h_in_currency": change,
        "price_change_percentage_7d_in_currency": -2.5,
    }


GLOBAL = {
    "active_cryptocurrencies": 17397,
    "markets": 1476,
    "total_market_cap": {"btc": 34570737.2, "usd": 2621040321355.5},
    "total_volume": {"btc": 1254779.1, "usd": 95133256404},
    "market_cap_percentage": {"btc": 57.5, "eth": 9.5},
    "market_cap_change_percentage_24h_usd": -1.625,
    "updated_at": 1767324599,
}


def trend(symbol: str, **more: object) -> dict[str, object]:
    """Return a trending coin."""
    return {"item": {"id": "x", "name": "Bonk", "symbol": symbol, "market_cap_rank": 103, **more}}


def category(name: str, cap: float | None) -> dict[str, object]:
    """Return a category."""
    return {
        "id": name.lower(),
        "name": name,
        "market_cap": cap,
        "market_cap_change_24h": cap and -0.5,
        "content": "",
        "top_3_coins": ["https://img.example/1.png"],
        "volume_24h": cap and 7e9,
        "updated_at": "2026-01-02T03:00:00.000Z",
    }


PATH = "/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=7"

PAYLOADS = Payloads(
    interval="4h",
    lists=("candles", "quotes", "listings", "categories", "figures"),
    candles=[
        Answer(
            "times are close times, and that of the open candle is in the future",
            ROWS,
            [
                Candle(1767283200000, 90.0, 99.0, 89.0, 98.0, None),
                Candle(1767297600000, 98.0, 106.0, 97.5, 100.5, None),
                Candle(1767312000000, 100.5, 120.0, 95.0, 117.5, None),
            ],
        )
    ],
    quotes=[
        Answer(
            "a coin without a price is omitted, other figures are optional",
            [coin("bitcoin", 80000.1, 1), coin("tether", None, None), coin("ethereum", 3000, None, None)],
            [
                Quote(BTC, 80000.1, "USD", 1767324598599, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.0, "USD", 1767324598599, 0.5, None, -2.5, 5e9, 1.5e12, None),
            ],
        ),
        Answer(
            "USDT has a price in dollars",
            [coin("tether", 0.9995, 3)],
            [Quote(TETHER, 0.9995, "USD", 1767324598599, 0.5, 3.125, -2.5, 5e9, 1.5e12, 3)],
        ),
    ],
    overview=[
        Answer(
            "shares and totals are found by their currency",
            {"data": GLOBAL},
            Overview(2621040321355.5, 95133256404.0, 57.5, 9.5, 17397, -1.625, 1476),
        )
    ],
    listings=[
        Answer(
            "codes are in upper case; figures are optional",
            [
                {**coin("bonk", 5e-06, 103), "symbol": "bonk", "name": "Bonk"},
                {
                    **coin("new", None, None, None),
                    "symbol": "new",
                    "name": "New",
                    "price_change_percentage_24h": None,
                    "market_cap": None,
                },
            ],
            [
                Listing("BONK", "Bonk", 5e-06, 9.9, 5e9, 1.5e12, 103),
                Listing("NEW", "New", None, None, 5e9, None, None),
            ],
        )
    ],
    trending=[
        Answer(
            "sums are texts, and older answers have no figures",
            {
                "coins": [
                    trend(
                        "bonk",
                        data={
                            "price": 5.5e-06,
                            "price_change_percentage_24h": {"usd": -3.25, "btc": -1.25},
                            "market_cap": "$521,967,819",
                            "total_volume": "$31,701,707",
                        },
                    ),
                    trend("SLP", market_cap_rank=None),
                ],
                "nfts": [],
            },
            [
                Listing("BONK", "Bonk", 5.5e-06, -3.25, 31701707.0, 521967819.0, 103),
                Listing("SLP", "Bonk", None, None, None, None, None),
            ],
        )
    ],
    categories=[
        Answer(
            "figures are optional",
            [category("Layer 1", 2e12), category("Odd", None)],
            [
                Category("layer 1", "Layer 1", 2e12, -0.5, 7e9, ("https://img.example/1.png",)),
                Category("odd", "Odd", None, None, None, ("https://img.example/1.png",)),
            ],
        )
    ],
    coins=[
        Answer(
            "ranks come from another list, of which four pages are asked for",
            [
                {"id": "bitcoin", "symbol": "btc", "name": "Bitcoin", "platforms": {}, "market_cap_rank": 1},
                {
                    "id": "tether",
                    "symbol": "usdt",
                    "name": "Tether",
                    "platforms": {"ethereum": "0xDAC17", "near-protocol": ""},
                    "market_cap_rank": 3,
                },
                {"id": "tokamak-network", "symbol": "ton", "name": "Tokamak Network"},
                {"id": "bonk", "symbol": "bonk", "name": "Bonk", "platforms": {"solana": "DezXAZ8z7Pnr"}},
            ],
            [
                Candidate("coingecko", "bitcoin", "BTC", "Bitcoin", 1),
                Candidate("coingecko", "tether", "USDT", "Tether", 3, ("ethereum:0xdac17",)),
                Candidate("coingecko", "tokamak-network", "TON", "Tokamak Network"),
                Candidate("coingecko", "bonk", "BONK", "Bonk", None, ("solana:DezXAZ8z7Pnr",)),
            ],
            calls=5,
        )
    ],
    figures=[
        Answer(
            "figures are optional, and a coin without a price has none",
            [
                {
                    **coin("monero", 170.5, 24),
                    "price_change_percentage_1h_in_currency": 0.25,
                    "price_change_percentage_24h_in_currency": -1.5,
                    "price_change_percentage_7d_in_currency": None,
                },
                coin("unpriced", None, None),
                {"id": "bare", "current_price": 2},
            ],
            [
                Figures("monero", 170.5, 0.25, -1.5, None, 5e9, 1.5e12, 24),
                Figures("bare", 2.0),
            ]
            * 4,
            calls=4,
        )
    ],
    errors=[
        Failure({"status": {"error_code": 429, "error_message": "Rate Limit"}}, RateLimited, 429),
        Failure({"status": {"error_code": 429, "error_message": "Rate Limit"}}, RateLimited),
        Failure({"error": {"status": {"error_code": 10010}}}, Unauthorized, 400),
        Failure({"status": {"error_code": 10002}}, Unauthorized, 401),
        Failure({"status": {"error_code": 10005}}, Unauthorized, 401),
        Failure({"error": {"status": {"error_code": 10012}}}, Unsupported, 401),
        Failure({"error": "coin not found"}, Unsupported, 404),
        Failure({"error": "Missing parameter ids"}, Unavailable, 422, "HTTP 422"),
        Failure({"status": 500, "error": "Internal Server Error"}, Unavailable, 500, "HTTP 500"),
    ],
    requests={
        **dict.fromkeys(("newest", "start", "end", "both"), PATH),
        "quotes": "/api/v3/coins/markets?vs_currency=usd&ids=bitcoin,ethereum,tether"
        "&per_page=250&price_change_percentage=1h,24h,7d",
        "overview": "/api/v3/global",
        "listings": "/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=250&page=1",
        "trending": "/api/v3/search/trending",
        "coins": "/api/v3/coins/list?include_platform=true",
        "figures": "/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=250&page=1"
        "&price_change_percentage=1h,24h,7d",
        "categories": "/api/v3/coins/categories",
    },
)
