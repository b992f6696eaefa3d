"""OKX: an envelope whose code is a text, newest first, the price of 24 hours ago instead of a change."""

from providers import BadData, Market, Quote, RateLimited, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads

ROWS = [
    ["1767322800000", "118.00", "119.50", "117.25", "117.50", "0.5", "58.9", "58.9", "0"],
    ["1767319200000", "105.75", "120.00", "105.50", "118.00", "7.25", "812.0", "812.0", "1"],
    ["1767315600000", "100.50", "110.25", "95.00", "105.75", "12.5", "1291.0", "1291.0", "1"],
]
TICKERS = [
    {"instId": "BTC-USDT", "last": "80000", "open24h": "64000", "ts": "1767324598000", "sodUtc0": "79000"},
    {"instId": "ETH-USDT", "last": "3000", "open24h": "4000", "ts": "1767324599000", "sodUtc0": "3100"},
    {"instId": "ETH-BTC", "last": "", "open24h": "", "ts": "1767324599000", "sodUtc0": ""},
]


def instrument(base: str, quote: str, state: str = "live", **more: object) -> dict[str, object]:
    """Return a market that was listed a day ago."""
    names = {"instId": f"{base}-{quote}", "baseCcy": base, "quoteCcy": quote, "state": state}
    return {**names, "listTime": "1767238200000", "tickSz": "0.1", "lotSz": "0.00000001", **more}


PAYLOADS = Payloads(
    candles=[Answer("volume in coins is the sixth", {"code": "0", "msg": "", "data": ROWS}, VALUED)],
    quotes=[
        Answer(
            "the change is computed",
            {"code": "0", "msg": "", "data": TICKERS},
            [
                Quote(BTC, 80000.0, "USDT", 1767324598000, change_24h=25.0),
                Quote(ETH, 3000.0, "USDT", 1767324599000, change_24h=-25.0),
            ],
        ),
        Answer(
            "dollar markets follow USDT markets",
            {"code": "0", "msg": "", "data": [TICKERS[0] | {"instId": "BTC-USD", "last": "72000"}, *TICKERS]},
            [
                Quote(BTC, 80000.0, "USDT", 1767324598000, change_24h=25.0),
                Quote(ETH, 3000.0, "USDT", 1767324599000, change_24h=-25.0),
                Quote(BTC, 72000.0, "USD", 1767324598000, change_24h=12.5),
            ],
        ),
    ],
    listing=[
        Answer(
            "a market that has not opened may say no codes",
            {
                "code": "0",
                "msg": "",
                "data": [
                    instrument("BTC", "USD", tradeQuoteCcyList=["USDG", "USD", "USDC"]),
                    instrument("USDG", "SGD", "preopen", baseCcy="", quoteCcy="", listTime="1767327000000"),
                    instrument("ETH", "BTC", "suspend", listTime="", tickSz="0.00001"),
                ],
            },
            [
                Market("okx", "BTC", "USD", "BTC-USD", since=1767238200000, tick=0.1, step=1e-08),
                Market("okx", "USDG", "SGD", "USDG-SGD", "upcoming", 1767327000000, 0.1, 1e-08),
                Market("okx", "ETH", "BTC", "ETH-BTC", "halted", tick=1e-05, step=1e-08),
            ],
        )
    ],
    errors=[
        Failure({"code": "51001", "data": [], "msg": "Instrument ID does not exist"}, Unsupported),
        Failure({"code": "51000", "data": [], "msg": "Parameter bar error"}, Unsupported, 400),
        Failure({"code": "50011", "msg": "Requests too frequent."}, RateLimited, 429),
        Failure({"code": "50011", "msg": "Requests too frequent."}, RateLimited),
        Failure({"code": "50001", "data": [], "msg": "Service temporarily unavailable"}, BadData),
    ],
    requests={
        "newest": "/api/v5/market/candles?instId=BTC-USDT&bar=1H&limit=3",
        "start": "/api/v5/market/candles?instId=BTC-USDT&bar=1H&limit=3&after=1767232800001",
        "end": "/api/v5/market/candles?instId=BTC-USDT&bar=1H&limit=3&after=1767268800001",
        "both": "/api/v5/market/candles?instId=BTC-USDT&bar=1H&limit=3&after=1767232800001",
        "quotes": "/api/v5/market/tickers?instType=SPOT",
        "listing": "/api/v5/public/instruments?instType=SPOT",
    },
)
