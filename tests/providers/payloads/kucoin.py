"""KuCoin: seconds as texts, the close after the open, newest first, fractions."""

from providers import BadData, Market, Quote, RateLimited, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads

ROWS = [
    ["1767322800", "118.00", "117.50", "119.50", "117.25", "0.5", "58.9"],
    ["1767319200", "105.75", "118.00", "120.00", "105.50", "7.25", "812.0"],
    ["1767315600", "100.50", "105.75", "110.25", "95.00", "12.5", "1291.0"],
]
TICKERS = [
    {"symbol": "BTC-USDT", "symbolName": "BTC-USDT", "last": "80000.1", "changeRate": "0.03125"},
    {"symbol": "ETH-USDT", "symbolName": "ETH-USDT", "last": "3000.5", "changeRate": None},
    {"symbol": "ETH-BTC", "symbolName": "ETH-BTC", "last": "0.0375", "changeRate": "0.01"},
]
PATH = "/api/v1/market/candles?symbol=BTC-USDT&type=1hour"


def listed(symbol: str, base: str, **more: object) -> dict[str, object]:
    """Return a market against USDT that trades."""
    names = {"symbol": f"{symbol}-USDT", "baseCurrency": base, "quoteCurrency": "USDT"}
    steps = {"priceIncrement": "0.01", "baseIncrement": "0.001"}
    return {**names, **steps, "enableTrading": True, "tradingStartTime": None, **more}


PAYLOADS = Payloads(
    candles=[Answer("the close comes before the high", {"code": "200000", "data": ROWS}, VALUED)],
    quotes=[
        Answer(
            "an unknown change stays unknown",
            {"code": "200000", "data": {"time": 1767324599000, "ticker": TICKERS}},
            [
                Quote(BTC, 80000.1, "USDT", 1767324599000, change_24h=3.125),
                Quote(ETH, 3000.5, "USDT", 1767324599000),
            ],
        ),
        Answer(
            "a market without a trade has no price",
            {
                "code": "200000",
                "data": {
                    "time": 1767324599000,
                    "ticker": [{"symbol": "BTC-USDT", "last": None, "changeRate": "0"}],
                },
            },
            [],
        ),
    ],
    listing=[
        Answer(
            "the symbol stays after a rename; codes may have small letters",
            {
                "code": "200000",
                "data": [
                    listed("BCHSV", "BSV", tradingStartTime=1545818400000),
                    listed("USDE", "USDe", enableTrading=False),
                    listed("BNRENSHENG", "币安人生", priceIncrement="0.00001", baseIncrement="0.1"),
                    listed("NEW", "NEW", enableTrading=False, tradingStartTime=1767326400000),
                ],
            },
            [
                Market("kucoin", "BSV", "USDT", "BCHSV-USDT", since=1545818400000, tick=0.01, step=0.001),
                Market("kucoin", "USDe", "USDT", "USDE-USDT", "halted", tick=0.01, step=0.001),
                Market("kucoin", "币安人生", "USDT", "BNRENSHENG-USDT", tick=1e-05, step=0.1),
                Market("kucoin", "NEW", "USDT", "NEW-USDT", "upcoming", 1767326400000, 0.01, 0.001),
            ],
        )
    ],
    errors=[
        Failure({"code": "400100", "msg": "Incorrect request parameters"}, Unsupported),
        Failure({"code": "900001", "msg": "symbol not exists"}, Unsupported, 400),
        Failure({"code": "429000", "msg": "Too Many Requests"}, RateLimited, 429),
        Failure({"code": "429000", "msg": "Too Many Requests"}, RateLimited),
        Failure({"code": "500000", "msg": "Internal Server Error"}, BadData),
    ],
    requests={
        "newest": f"{PATH}&startAt=1767315600&endAt=1767324600",
        "start": f"{PATH}&startAt=1767225600&endAt=1767236400",
        "end": f"{PATH}&startAt=1767261600&endAt=1767272400",
        "both": f"{PATH}&startAt=1767225600&endAt=1767236400",
        "quotes": "/api/v1/market/allTickers",
        "listing": "/api/v2/symbols",
    },
)
