"""CoinLore: prices as texts, the volume as a number, one time for all."""

from providers import BadData, Candidate, Overview, Quote
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum"}


def ticker(symbol: str, rank: int, price: str) -> dict[str, object]:
    """Return one coin."""
    return {
        "symbol": symbol,
        "name": NAMES[symbol],
        "nameid": NAMES[symbol].lower(),
        "rank": rank,
        "price_usd": price,
        "percent_change_1h": "0.50",
        "percent_change_24h": "3.125",
        "percent_change_7d": "-2.50",
        "market_cap_usd": "1500000000000.00",
        "volume24": 5e9,
    }


PAYLOADS = Payloads(
    quotes=[
        Answer(
            "of the coins with one code the best rank counts",
            {
                "data": [
                    ticker("BTC", 1, "80000.1"),
                    ticker("ETH", 77, "0.01"),
                    ticker("ETH", 2, "3000.5"),
                ],
                "info": {"coins_num": 14993, "time": 1767324599},
            },
            [
                Quote(BTC, 80000.1, "USD", 1767324599000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.5, "USD", 1767324599000, 0.5, 3.125, -2.5, 5e9, 1.5e12, 2),
            ],
        )
    ],
    overview=[
        Answer(
            "the overview is a list of one object with texts",
            [
                {
                    "coins_count": 14993,
                    "active_markets": 35000,
                    "total_mcap": 2621040321355.5,
                    "total_volume": 95133256404.25,
                    "btc_d": "57.50",
                    "eth_d": "9.50",
                    "mcap_change": "-1.50",
                }
            ],
            Overview(2621040321355.5, 95133256404.25, 57.5, 9.5, 14993, -1.5),
        )
    ],
    coins=[
        Answer(
            "a short page is the last one, and a coin may have no rank",
            {
                "data": [
                    {"id": "90", "symbol": "BTC", "name": "Bitcoin", "rank": 1, "price_usd": "80000.1"},
                    {"id": "48543", "symbol": "币安人生", "name": "BinanceLife", "rank": 0},
                    {"id": "90", "symbol": "BTC", "name": "Bitcoin", "rank": 1},
                ],
                "info": {"coins_num": 14993, "time": 1767324599},
            },
            [
                Candidate("coinlore", "90", "BTC", "Bitcoin", 1),
                Candidate("coinlore", "48543", "币安人生", "BinanceLife"),
            ],
        )
    ],
    errors=[Failure({"data": None, "info": {"time": 1767324599}}, BadData)],
    requests={
        "quotes": "/api/tickers/?start=0&limit=100",
        "coins": "/api/tickers/?start=0&limit=100",
        "overview": "/api/global/",
    },
)
