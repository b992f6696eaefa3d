"""CoinCap: figures as texts, one time for all."""

from providers import BadData, Quote, Unauthorized, Unavailable
from tests.providers.payloads import BTC, ETH, Answer, Failure, Payloads

ASSET = {
    "rank": "1",
    "supply": "19904934.0",
    "maxSupply": None,
    "marketCapUsd": "1500000000000.00",
    "volumeUsd24Hr": "5000000000.00",
    "priceUsd": "80000.100000000000000000",
    "changePercent24Hr": "3.125",
    "vwap24Hr": None,
}

PAYLOADS = Payloads(
    quotes=[
        Answer(
            "coins are matched by id, and one without a price is omitted",
            {
                "timestamp": 1767324599000,
                "data": [
                    {**ASSET, "id": "bitcoin", "symbol": "BTC"},
                    {**ASSET, "id": "ethereum", "rank": "2", "priceUsd": "3000.5", "changePercent24Hr": None},
                    {**ASSET, "id": "tether", "priceUsd": None},
                    {**ASSET, "id": "bitcoin-2", "symbol": "BTC"},
                ],
            },
            [
                Quote(BTC, 80000.1, "USD", 1767324599000, None, 3.125, None, 5e9, 1.5e12, 1),
                Quote(ETH, 3000.5, "USD", 1767324599000, None, None, None, 5e9, 1.5e12, 2),
            ],
        )
    ],
    errors=[
        Failure({"error": "key"}, Unauthorized, 401),
        Failure({"error": "credits"}, Unavailable, 403, "HTTP 403"),
        Failure({"error": "not found", "timestamp": 1767324599000}, Unavailable, 404, "HTTP 404"),
        Failure({"data": {"message": "This version is gone"}, "timestamp": 1767324599000}, BadData),
    ],
    requests={"quotes": "/v3/assets?ids=bitcoin,ethereum,tether"},
)
