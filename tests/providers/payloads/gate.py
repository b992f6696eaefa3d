"""Gate: seconds as texts, the quote volume first and the open sixth, ascending."""

from providers import Market, Quote, RateLimited, Unavailable, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads

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


def listed(base: str, name: str | None, **more: object) -> dict[str, object]:
    """Return a market against USDT that trades."""
    names = {"id": f"{base}_USDT", "base": base, "quote": "USDT", "base_name": name}
    return {
        **names,
        "trade_status": "tradable",
        "precision": 1,
        "amount_precision": 6,
        "buy_start": 0,
        **more,
    }


PAYLOADS = Payloads(
    lists=("candles", "quotes"),
    candles=[
        Answer("the open comes sixth", ROWS, VALUED),
        Answer("older rows do not say whether they are closed", [row[:7] for row in ROWS], VALUED),
    ],
    quotes=[
        Answer(
            "changes are in per cent, and there is no time",
            TICKERS,
            [Quote(BTC, 80000.1, "USDT", change_24h=3.125), Quote(ETH, 3000.5, "USDT")],
        )
    ],
    listing=[
        Answer(
            "a market may not have opened yet, have ended, or be closed for a while",
            [
                listed("BTC", "Bitcoin"),
                listed("BTG", "Openverse Network", buy_start=1767326400, precision=None),
                listed("MAPO", "MAP Protocol", buy_start=1709728200, delisting_time=1767324000),
                listed("ELON", "Echelon", delisting_time=1767325000),
                listed("XAR", None, trade_status="untradable"),
            ],
            [
                Market("gate", "BTC", "USDT", "BTC_USDT", tick=0.1, step=1e-06, name="Bitcoin"),
                Market(
                    "gate",
                    "BTG",
                    "USDT",
                    "BTG_USDT",
                    "upcoming",
                    1767326400000,
                    step=1e-06,
                    name="Openverse Network",
                ),
                Market(
                    "gate", "MAPO", "USDT", "MAPO_USDT", "ended", 1709728200000, 0.1, 1e-06, "MAP Protocol"
                ),
                Market("gate", "ELON", "USDT", "ELON_USDT", tick=0.1, step=1e-06, name="Echelon"),
                Market("gate", "XAR", "USDT", "XAR_USDT", "halted", tick=0.1, step=1e-06),
            ],
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
        "listing": "/api/v4/spot/currency_pairs",
    },
)
