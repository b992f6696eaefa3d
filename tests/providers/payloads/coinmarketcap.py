"""CoinMarketCap: a status beside the data; `quote` an object or a list."""

from providers import (
    TETHER,
    BadData,
    Candidate,
    FearGreed,
    Listing,
    Overview,
    ProviderError,
    Quote,
    RateLimited,
    Unauthorized,
    Unavailable,
)
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

USD = {
    "price": 80000.1,
    "volume_24h": 5e9,
    "percent_change_1h": 0.5,
    "percent_change_24h": 3.125,
    "percent_change_7d": -2.5,
    "market_cap": 1.5e12,
    "last_updated": "2026-01-02T03:29:58.000Z",
}


def coin(id_: int, symbol: str, rank: int, quote: object) -> dict[str, object]:
    """Return one coin."""
    return {"id": id_, "symbol": symbol, "cmc_rank": rank, "quote": quote}


def failure(code: int, status: int, error: type[ProviderError]) -> Failure:
    """Return the body of an error."""
    body = {"status": {"error_code": code, "error_message": "no", "credit_count": 0}}
    reason = f"HTTP {status}" if error is Unavailable else None
    return Failure(body, error, status, reason)


PAYLOADS = Payloads(
    quotes=[
        Answer(
            "coins are matched by id",
            {
                "status": {"error_code": 0, "error_message": None},
                "data": [
                    coin(1, "BTC", 1, {"USD": USD}),
                    coin(99999, "ETH", 3, {"USD": USD}),
                    coin(1027, "ETH", 2, {"USD": {**USD, "price": 3000.5, "percent_change_1h": None}}),
                ],
            },
            [
                Quote(BTC, 80000.1, "USD", 1767324598000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.5, "USD", 1767324598000, None, 3.125, -2.5, 5e9, 1.5e12, 2),
            ],
        ),
        Answer(
            "a quote may be a list, named by symbol or by name",
            {
                "status": {"error_code": "0"},
                "data": [
                    coin(1, "BTC", 1, [{"symbol": "EUR", "price": 1}, {"id": 2781, "symbol": "USD", **USD}]),
                    coin(825, "USDT", 4, [{"name": "USD", **USD, "price": 0.9995}]),
                ],
            },
            [
                Quote(BTC, 80000.1, "USD", 1767324598000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(TETHER, 0.9995, "USD", 1767324598000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 4),
            ],
        ),
        Answer("no status is no failure", {"data": []}, []),
        Answer("nor is a status of another kind", {"status": None, "data": []}, []),
    ],
    fear_greed=[
        Answer(
            "one value with its time",
            {
                "status": {"error_code": "0"},
                "data": {
                    "value": 40,
                    "update_time": "2026-01-02T03:15:00.017Z",
                    "value_classification": "Extreme fear",
                },
            },
            [FearGreed(40, "Extreme Fear", 1767323700017)],
        )
    ],
    overview=[
        Answer(
            "the change is optional",
            {
                "data": {
                    "active_cryptocurrencies": 9000,
                    "btc_dominance": 57.25,
                    "eth_dominance": 9.75,
                    "quote": {"USD": {"total_market_cap": 2.6e12, "total_volume_24h": 9e10}},
                }
            },
            Overview(2.6e12, 9e10, 57.25, 9.75, 9000),
        ),
        Answer(
            "the quote may be a list",
            {
                "data": {
                    "active_cryptocurrencies": 9000,
                    "btc_dominance": 57.25,
                    "eth_dominance": None,
                    "quote": [
                        {
                            "symbol": "USD",
                            "total_market_cap": 2.6e12,
                            "total_market_cap_yesterday_percentage_change": -1.5,
                        }
                    ],
                }
            },
            Overview(2.6e12, None, 57.25, None, 9000, -1.5),
        ),
    ],
    listings=[
        Answer(
            "the list includes coins that are not served",
            {
                "data": [
                    {**coin(23095, "Bonk", 60, {"USD": USD}), "name": "Bonk"},
                    {**coin(5, "new", 61, [{"symbol": "USD", **USD, "volume_24h": 0}]), "name": "New"},
                ]
            },
            [
                Listing("BONK", "Bonk", 80000.1, 3.125, 5e9, 1.5e12, 60),
                Listing("NEW", "New", 80000.1, 3.125, None, 1.5e12, 61),
            ],
        )
    ],
    coins=[
        Answer(
            "a coin that is not active is none, and a token has the contract of one chain",
            {
                "status": {"error_code": 0, "error_message": None},
                "data": [
                    {
                        "id": 1,
                        "rank": 1,
                        "name": "Bitcoin",
                        "symbol": "BTC",
                        "is_active": 1,
                        "platform": None,
                    },
                    {
                        "id": 825,
                        "rank": 3,
                        "name": "Tether USDt",
                        "symbol": "USDT",
                        "is_active": 1,
                        "platform": {"id": 1027, "slug": "ethereum", "token_address": "0xDAC17"},
                    },
                    {"id": 3, "name": "Terracoin", "symbol": "TRC", "is_active": 0},
                ],
            },
            [
                Candidate("coinmarketcap", "1", "BTC", "Bitcoin", 1),
                Candidate("coinmarketcap", "825", "USDT", "Tether USDt", 3, ("ethereum:0xdac17",)),
            ],
        )
    ],
    errors=[
        failure(1001, 401, Unauthorized),
        failure(1002, 401, Unauthorized),
        failure(1005, 403, Unauthorized),
        failure(1007, 403, Unauthorized),
        failure(1006, 403, Unavailable),
        failure(1008, 429, RateLimited),
        failure(1011, 200, RateLimited),
        failure(500, 200, BadData),
    ],
    requests={
        "quotes": "/v3/cryptocurrency/listings/latest?start=1&limit=200&convert=USD",
        "fear_greed": "/v3/fear-and-greed/latest",
        "overview": "/v1/global-metrics/quotes/latest",
        "listings": "/v3/cryptocurrency/listings/latest?start=1&limit=250&convert=USD",
        "coins": "/v1/cryptocurrency/map?listing_status=active&sort=cmc_rank&limit=5000"
        "&aux=platform,is_active",
    },
)
