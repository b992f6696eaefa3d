"""Bybit: an envelope with a code and a time, texts, newest first, fractions."""

from providers import BadData, Blocked, Market, Quote, RateLimited, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads


def envelope(result: object, code: int = 0, message: str = "OK") -> dict[str, object]:
    """Return the envelope of every response."""
    return {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": 1767324599000}


ROWS = [
    ["1767322800000", "118.00", "119.50", "117.25", "117.50", "0.5", "58.9"],
    ["1767319200000", "105.75", "120.00", "105.50", "118.00", "7.25", "812.0"],
    ["1767315600000", "100.50", "110.25", "95.00", "105.75", "12.5", "1291.0"],
]
TICKERS = [
    {"symbol": "BTCUSDT", "lastPrice": "80000.1", "prevPrice24h": "77575", "price24hPcnt": "0.03125"},
    {"symbol": "ETHUSDT", "lastPrice": "3000.5", "prevPrice24h": "3200", "price24hPcnt": "-0.0625"},
    {"symbol": "ETHBTC", "lastPrice": "0.0375", "prevPrice24h": "", "price24hPcnt": ""},
]


def instrument(base: str, **more: object) -> dict[str, object]:
    """Return a market against USDT."""
    sizes = {"lotSizeFilter": {"basePrecision": "0.000001"}, "priceFilter": {"tickSize": "0.1"}}
    names = {"symbol": f"{base}USDT", "baseCoin": base, "quoteCoin": "USDT"}
    return {**names, "status": "Trading", "symbolType": "", **sizes, **more}


PAYLOADS = Payloads(
    candles=[
        Answer("the newest comes first", envelope({"symbol": "BTCUSDT", "list": ROWS}), VALUED),
    ],
    quotes=[
        Answer(
            "changes are fractions, and one time applies to all",
            envelope({"category": "spot", "list": TICKERS}),
            [
                Quote(BTC, 80000.1, "USDT", 1767324599000, change_24h=3.125),
                Quote(ETH, 3000.5, "USDT", 1767324599000, change_24h=-6.25),
            ],
        ),
        Answer(
            "some coins have a dollar index",
            envelope(
                {"list": [TICKERS[0] | {"usdIndexPrice": "79960.5"}, TICKERS[1] | {"usdIndexPrice": ""}]}
            ),
            [
                Quote(BTC, 80000.1, "USDT", 1767324599000, change_24h=3.125),
                Quote(ETH, 3000.5, "USDT", 1767324599000, change_24h=-6.25),
                Quote(BTC, 79960.5, "USD", 1767324599000),
            ],
        ),
    ],
    listing=[
        Answer(
            "tokens of shares have a type of their own",
            envelope(
                {
                    "category": "spot",
                    "list": [
                        instrument("BTC"),
                        instrument("TSLAX", symbolType="xstocks"),
                        instrument("HYPE", symbolType="adventure", status="PreLaunch", priceFilter=None),
                    ],
                }
            ),
            [
                Market("bybit", "BTC", "USDT", "BTCUSDT", tick=0.1, step=1e-06),
                Market("bybit", "TSLAX", "USDT", "TSLAXUSDT", tick=0.1, step=1e-06, kind="stock"),
                Market("bybit", "HYPE", "USDT", "HYPEUSDT", "halted", step=1e-06),
            ],
        )
    ],
    errors=[
        Failure(envelope({}, 10001, "Not supported symbols"), Unsupported),
        Failure(envelope({}, 10029, "symbol not in whitelist"), Unsupported),
        Failure(envelope({}, 10006, "Too many visits!"), RateLimited),
        Failure(envelope({}, 10009, "region"), Blocked),
        Failure(envelope({}, 10024, "compliance"), Blocked),
        Failure(envelope({}, 10016, "server"), BadData),
    ],
    requests={
        "newest": "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=3",
        "start": "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=3"
        "&start=1767225600000&end=1767232800000",
        "end": "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=3"
        "&start=1767261600000&end=1767268800000",
        "both": "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=3"
        "&start=1767225600000&end=1767232800000",
        "quotes": "/v5/market/tickers?category=spot",
        "listing": "/v5/market/instruments-info?category=spot",
    },
)
