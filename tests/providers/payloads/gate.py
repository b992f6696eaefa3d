"""Gate: seconds as texts, the quote volume first and the open sixth, ascending."""

from providers import Quote, RateLimited, Unavailable, Unsupported
from tests.providers.payloads import BTC, CANDLES, ETH, Answer, Failure, Payloads

ROWS = [
    ["1767315600", "1291.0", "105.75", "110.25", "95.00", "100.50", "12.5", "true"],
    ["1767319200", "812.0", "118.00", "120.00", "105.50", "105.75", "7.25", "true"],
    ["1767322800", "58.9", "117.50", "119.50", "117.25", "118.00", "0.5", "false"],
]
TICKERS = [
    {"currency_pair": "BTC_USDT", "last": "80000.1", "change_percentage": "3.125"},
    {"currency_pair": "ETH_USDT", "last": "3000.5", "change_percentage": ""},
    {"currency_pair": "BTC3L_USDT", "last": "2.4", "change_percentage": "-8.91"},
]
PATH = "/api/v4/spot/candlesticks?currency_pair=BTC_USDT&interval=1h"

PAYLOADS = Payloads(
    lists=("candles", "quotes"),
    candles=[
        Answer("the open comes sixth", ROWS, CANDLES),
        Answer("older rows do not say whether they are closed", [row[:7] for row in ROWS], CANDLES),
    ],
    quotes=[
        Answer(
            "changes are in per cent, and there is no time",
            TICKERS,
            [Quote(BTC, 80000.1, "USDT", change_24h=3.125), Quote(ETH, 3000.5, "USDT")],
        )
    ],
    errors=[
        Failure({"label": "INVALID_PARAM_VALUE", "message": "Candlestick too long ago."}, Unsupported, 400),
        Failure({"label": "INVALID_CURRENCY_PAIR", "message": "NO_USDT"}, Unsupported, 400),
        Failure({"label": "TOO_FAST", "message": "Request Rate limit Exceeded"}, RateLimited, 400),
        Failure({"label": "SERVER_ERROR", "message": "internal"}, Unavailable, 500, "HTTP 500"),
    ],
    requests={
        "newest": f"{PATH}&limit=3",
        "start": f"{PATH}&from=1767225600&to=1767232800",
        "end": f"{PATH}&from=1767261600&to=1767268800",
        "both": f"{PATH}&from=1767225600&to=1767232800",
        "quotes": "/api/v4/spot/tickers",
    },
)
