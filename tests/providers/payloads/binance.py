"""Binance: rows of twelve fields, ascending, changes in per cent."""

from msgspec.structs import replace

from providers import BadData, Blocked, Market, Quote, RateLimited, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads

ROWS = [
    [1767315600000, "100.50", "110.25", "95.00", "105.75", "12.5", 1767319199999, "1291.0", 9, "1", "1", "0"],
    [1767319200000, "105.75", "120.00", "105.50", "118.00", "7.25", 1767322799999, "812.0", 9, "1", "1", "0"],
    [1767322800000, "118.00", "119.50", "117.25", "117.50", "0.5", 1767326399999, "58.9", 9, "1", "1", "0"],
]
TICKERS = [
    {"symbol": "ETHUSDT", "priceChangePercent": "-6.250", "lastPrice": "3000.50", "closeTime": 1767324599000},
    {"symbol": "BTCUSDT", "priceChangePercent": "3.125", "lastPrice": "80000.10", "closeTime": 1767324598000},
    {"symbol": "ETHBTC", "priceChangePercent": "1.000", "lastPrice": "0.0375", "closeTime": 1767324598000},
]


def symbol(base: str, quote: str, status: str = "TRADING", **more: object) -> dict[str, object]:
    """Return a market that trades on the spot."""
    names = {"symbol": base + quote, "baseAsset": base, "quoteAsset": quote}
    return {**names, "status": status, "isSpotTradingAllowed": True, **more}


FILTERS = [
    {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "tickSize": "0.01000000"},
    {"filterType": "LOT_SIZE", "minQty": "0.00001000", "stepSize": "0.00001000"},
    {"filterType": "NOTIONAL", "minNotional": "5.00000000"},
]


PAYLOADS = Payloads(
    lists=("candles", "quotes"),
    candles=[Answer("volume is the sixth", ROWS, [replace(candle, trades=9) for candle in VALUED])],
    quotes=[
        Answer(
            "other markets are omitted",
            TICKERS,
            [
                Quote(ETH, 3000.5, "USDT", 1767324599000, change_24h=-6.25),
                Quote(BTC, 80000.1, "USDT", 1767324598000, change_24h=3.125),
            ],
        )
    ],
    listing=[
        Answer(
            "a market trades where its status says so and spot trading is allowed",
            {
                "timezone": "UTC",
                "symbols": [
                    symbol("BTC", "USDT", filters=FILTERS),
                    symbol("ETH", "BTC", "HALT", filters=[]),
                    symbol("BNB", "BTC", "CANCEL_ONLY"),
                    symbol("BTCUP", "USDT", isSpotTradingAllowed=False),
                    symbol("币安人生", "USDT"),
                ],
            },
            [
                Market("binance", "BTC", "USDT", "BTCUSDT", tick=0.01, step=1e-05),
                Market("binance", "ETH", "BTC", "ETHBTC", "halted"),
                Market("binance", "BNB", "BTC", "BNBBTC", "halted"),
                Market("binance", "BTCUP", "USDT", "BTCUPUSDT", "halted"),
                Market("binance", "币安人生", "USDT", "币安人生USDT"),
            ],
        )
    ],
    errors=[
        Failure({"code": -1121, "msg": "Invalid symbol."}, Unsupported, 400),
        Failure({"code": -1120, "msg": "Invalid interval."}, Unsupported, 400),
        Failure({"code": -1003, "msg": "Too much request weight used."}, RateLimited, 429),
        Failure({"code": -1003, "msg": "IP banned until 1767330000000."}, RateLimited, 418),
        Failure({"code": 0, "msg": "Service unavailable from a restricted location"}, Blocked, 451),
        Failure({"code": -9999, "msg": "An unlisted error."}, BadData),
    ],
    requests={
        "newest": "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3",
        "start": "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3&startTime=1767225600000",
        "end": "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3&endTime=1767268800000",
        "both": "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3"
        "&startTime=1767225600000&endTime=1767268800000",
        "quotes": '/api/v3/ticker/24hr?symbols=["BTCUSDT","ETHUSDT"]',
        "listing": "/api/v3/exchangeInfo?symbolStatus=TRADING&showPermissionSets=false",
    },
)
