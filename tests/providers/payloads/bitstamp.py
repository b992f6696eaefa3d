"""Bitstamp: texts, times in seconds, ascending; the day's open beside the change over 24 hours."""

from providers import TETHER, BadData, Market, Quote, Unavailable
from tests.providers.payloads import BTC, CANDLES, ETH, Answer, Failure, Payloads


def row(time: str, *figures: str) -> dict[str, str]:
    """Return a candle."""
    names = ("open", "high", "low", "close", "volume")
    return {"timestamp": time, **dict(zip(names, figures, strict=True))}


def ticker(pair: str, last: str, change: str | None) -> dict[str, object]:
    """Return a ticker with a different value for each other price."""
    others = {"open": "1", "high": "2", "low": "3", "vwap": "4", "bid": "5", "ask": "6", "open_24": "7"}
    facts = {"timestamp": "1767324599", "side": "0", "volume": "8", "percent_change_24": change}
    return {"pair": pair, "last": last, **others, **facts}


ROWS = [
    row("1767315600", "100.50", "110.25", "95.00", "105.75", "12.50000000"),
    row("1767319200", "105.75", "120", "105.50", "118", "7.25000000"),
    row("1767322800", "118", "119.50", "117.25", "117.50", "0.50000000"),
]
TICKERS = [
    ticker("BTC/USD", "80000.1", "3.125"),
    ticker("BTC/EUR", "70000", "3.1"),
    ticker("BTC/USD-PERP", "80100", "3.2"),
    ticker("ETH/USD", "3000.5", None),
    ticker("USDT/USD", "0.99950", "0.01"),
]
PATH = "/api/v2/ohlc/btcusd/?step=3600&limit=3"


def pair(name: str, description: str | None, **more: object) -> dict[str, object]:
    """Return a market whose prices have two decimal places."""
    facts = {"name": name, "url_symbol": name.replace("/", "").lower(), "description": description}
    return {**facts, "trading": "Enabled", "base_decimals": 8, "counter_decimals": 2, **more}


PAYLOADS = Payloads(
    lists=("quotes",),
    candles=[
        Answer("the market is named beside the rows", {"data": {"pair": "BTC/USD", "ohlc": ROWS}}, CANDLES),
        Answer("it may be left out", {"data": {"ohlc": ROWS}}, CANDLES),
    ],
    quotes=[
        Answer(
            "dollar markets count, and changes are optional",
            TICKERS,
            [
                Quote(BTC, 80000.1, "USD", 1767324599000, change_24h=3.125),
                Quote(ETH, 3000.5, "USD", 1767324599000),
                Quote(TETHER, 0.9995, "USD", 1767324599000, change_24h=0.01),
            ],
        )
    ],
    listing=[
        Answer(
            "the description has the name, and perpetual contracts are none of ours",
            [
                pair("BTC/EUR", "Bitcoin / Euro"),
                pair("UST/USD", None, trading="Disabled", counter_decimals=5),
                pair("ETH/USD", "Ether / U.S. dollar", market_type="SPOT", base_decimals=None),
                pair("BTC/USD-PERP", "Bitcoin / U.S. dollar perpetual", market_type="PERPETUAL"),
            ],
            [
                Market("bitstamp", "BTC", "EUR", "btceur", tick=0.01, step=1e-08, name="Bitcoin"),
                Market("bitstamp", "UST", "USD", "ustusd", "halted", tick=1e-05, step=1e-08),
                Market("bitstamp", "ETH", "USD", "ethusd", tick=0.01, name="Ether"),
            ],
        )
    ],
    errors=[
        Failure({"status": "error", "reason": "Not found.", "code": "API0011"}, Unavailable, 404, "HTTP 404"),
        Failure({"error": "Invalid step."}, Unavailable, 400, "HTTP 400"),
        Failure({"status": "error", "reason": {"step": ["Not a valid choice."]}}, BadData),
        Failure({"error": "Invalid step."}, BadData),
    ],
    requests={
        "newest": PATH,
        "start": f"{PATH}&end=1767236399",
        "end": f"{PATH}&end=1767272399",
        "both": f"{PATH}&end=1767236399",
        "quotes": "/api/v2/ticker/",
        "listing": "/api/v2/trading-pairs-info/",
    },
)
