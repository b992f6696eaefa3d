"""CoinGecko: four-hour candles stamped with their close, without a volume; lists or error objects."""

from providers import TETHER, Candle, Quote, RateLimited, Unauthorized, Unavailable, Unsupported
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

ROWS = [
    [1767297600000, 90.0, 99.0, 89.0, 98.0],
    [1767312000000, 98, 106, 97.5, 100.5],
    [1767326400000, 100.5, 120.0, 95.0, 117.5],
]


def coin(id_: str, price: float | None, rank: int | None, change: float | None = 3.125) -> dict[str, object]:
    """One coin."""
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


PATH = "/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=7"

PAYLOADS = Payloads(
    interval="4h",
    lists=True,
    candles=[
        Answer(
            "a stamp is the time of the close, that of the running candle lies in the future",
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
            "a coin without a price is left out, other figures may be unknown",
            [coin("bitcoin", 80000.1, 1), coin("tether", None, None), coin("ethereum", 3000, None, None)],
            [
                Quote(BTC, 80000.1, "USD", 1767324598599, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.0, "USD", 1767324598599, 0.5, None, -2.5, 5e9, 1.5e12, None),
            ],
        ),
        Answer(
            "what a USDT is worth",
            [coin("tether", 0.9995, 3)],
            [Quote(TETHER, 0.9995, "USD", 1767324598599, 0.5, 3.125, -2.5, 5e9, 1.5e12, 3)],
        ),
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
    },
)
