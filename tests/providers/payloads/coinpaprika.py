"""CoinPaprika: all coins, several of them with the same code."""

from providers import BadData, Candidate, Overview, Quote, RateLimited, Unavailable
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum"}


def ticker(symbol: str, rank: int, **usd: float | None) -> dict[str, object]:
    """Return one coin with default figures."""
    figures = {
        "price": 1.0,
        "volume_24h": 5e9,
        "market_cap": 1.5e12,
        "percent_change_1h": 0.5,
        "percent_change_24h": 3.125,
        "percent_change_7d": -2.5,
        **usd,
    }
    return {
        "id": f"{symbol.lower()}-{NAMES.get(symbol, 'unknown').lower()}",
        "name": NAMES.get(symbol, "Unknown"),
        "symbol": symbol,
        "rank": rank,
        "last_updated": "2026-01-02T03:29:58Z",
        "quotes": {"USD": figures},
    }


PAYLOADS = Payloads(
    lists=("quotes",),
    quotes=[
        Answer(
            "of the coins with one code the best rank counts, and 0 is no rank",
            [
                ticker("BTC", 0, price=7.0),
                ticker("BTC", 1, price=80000.1),
                ticker("BTC", 900, price=0.01),
                ticker("ETH", 2, price=3000.5, percent_change_7d=None),
                ticker("NOPE", 3),
            ],
            [
                Quote(BTC, 80000.1, "USD", 1767324598000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.5, "USD", 1767324598000, 0.5, 3.125, None, 5e9, 1.5e12, 2),
            ],
        )
    ],
    overview=[
        Answer(
            "Ethereum's share is missing",
            {
                "market_cap_usd": 2621040321355,
                "volume_24h_usd": 95133256404,
                "bitcoin_dominance_percentage": 57.5,
                "cryptocurrencies_number": 14500,
                "market_cap_change_24h": -1.5,
                "last_updated": 1767324599,
            },
            Overview(2621040321355.0, 95133256404.0, 57.5, None, 14500, -1.5),
        )
    ],
    coins=[
        Answer(
            "two coins may have one code, and a rank of 0 is none",
            [
                {"id": "btc-bitcoin", "name": "Bitcoin", "symbol": "BTC", "rank": 1, "quotes": {}},
                {"id": "ton-toncoin", "name": "Toncoin", "symbol": "TON", "rank": 20, "quotes": {}},
                {"id": "ton-tokamak-network", "name": "Tokamak Network", "symbol": "TON", "rank": 0},
            ],
            [
                Candidate("coinpaprika", "btc-bitcoin", "BTC", "Bitcoin", 1),
                Candidate("coinpaprika", "ton-toncoin", "TON", "Toncoin", 20),
                Candidate("coinpaprika", "ton-tokamak-network", "TON", "Tokamak Network"),
            ],
        )
    ],
    errors=[
        Failure({"error": "too many requests"}, RateLimited, 429),
        Failure({"error": "payment required"}, Unavailable, 402, "HTTP 402"),
        Failure({"error": "id not found"}, Unavailable, 404, "HTTP 404"),
        Failure({"error": "out of order"}, BadData),
    ],
    requests={
        "quotes": "/v1/tickers?quotes=USD",
        "coins": "/v1/tickers?quotes=USD",
        "overview": "/v1/global",
    },
)
