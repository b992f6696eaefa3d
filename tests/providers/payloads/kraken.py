"""Kraken: times in seconds, the average before the volume, its own market names."""

from msgspec.structs import replace

from providers import EURO, TETHER, BadData, Market, Quote, RateLimited, Unsupported
from tests.providers.payloads import BTC, CANDLES, ETH, Answer, Failure, Payloads

ROWS = [
    [1767315600, "100.50", "110.25", "95.00", "105.75", "99.9", "12.5", 9],
    [1767319200, "105.75", "120.00", "105.50", "118.00", "99.9", "7.25", 9],
    [1767322800, "118.00", "119.50", "117.25", "117.50", "0.0", "0.5", 9],
]
COUNTED = [replace(candle, trades=9) for candle in CANDLES]


def ticker(price: str) -> dict[str, object]:
    """Return a ticker with a different value for each other price."""
    return {"a": ["1.0", "1", "1.0"], "b": ["2.0", "1", "1.0"], "c": [price, "0.1"], "o": "3.0"}


def market(base: str, quote: str, named: str | None, **more: object) -> dict[str, object]:
    """Return a market by the keys of its assets, with the name that has a slash."""
    facts = {"altname": "".join((named or "").split("/")), "wsname": named, "base": base, "quote": quote}
    return {**facts, "pair_decimals": 1, "lot_decimals": 8, "status": "online", **more}


PAYLOADS = Payloads(
    candles=[
        Answer(
            "the result has a different market name",
            {"error": [], "result": {"XBTUSDT": ROWS, "last": 1767319200}},
            COUNTED,
        ),
        Answer(
            "a warning accompanies a result",
            {"error": ["WGeneral:Slow"], "result": {"BTC/USDT": ROWS, "last": 1767319200}},
            COUNTED,
        ),
    ],
    quotes=[
        Answer(
            "market names are old names, new names and pairs",
            {
                "error": [],
                "result": {
                    "XXBTZUSD": ticker("80000.1"),
                    "ETH/USD": ticker("3000.5"),
                    "USDTZUSD": ticker("0.9995"),
                },
            },
            [Quote(BTC, 80000.1, "USD"), Quote(ETH, 3000.5, "USD"), Quote(TETHER, 0.9995, "USD")],
        ),
        Answer(
            "USDT and euro markets follow dollar markets",
            {
                "error": [],
                "result": {
                    "USDTEUR": ticker("0.875"),
                    "XBTUSDT": ticker("80040"),
                    "ZEURZUSD": ticker("1.14"),
                    "XXBTZUSD": ticker("80000"),
                    "XXBTZEUR": ticker("70000"),
                },
            },
            [
                Quote(EURO, 1.14, "USD"),
                Quote(BTC, 80000.0, "USD"),
                Quote(TETHER, 0.875, "EUR"),
                Quote(BTC, 80040.0, "USDT"),
            ],
        ),
    ],
    listing=[
        Answer(
            "assets are called by their usual codes; dark pools and a second venue are left out",
            {
                "error": [],
                "result": {
                    "XXBTZUSD": market("XXBT", "ZUSD", "XBT/USD", tick_size="0.1"),
                    "XXBTZUSD.d": market("XXBT", "ZUSD", None, altname="XBTUSD.d"),
                    "XBT/USD:BTNL": market("XXBT", "ZUSD", "XBT/USD"),
                    "XXDGXXBT": market("XXDG", "XXBT", "XDG/XBT", pair_decimals=8, status="cancel_only"),
                    "XTZUSD": market("XTZ", "ZUSD", "XTZ/USD", tick_size="0.0001"),
                    "TSLAx/USD": market("TSLAx", "USD", "TSLAx/USD", aclass_base="tokenized_asset"),
                },
            },
            [
                Market("kraken", "BTC", "USD", "XBTUSD", tick=0.1, step=1e-08),
                Market("kraken", "DOGE", "BTC", "XDGXBT", "halted", tick=1e-08, step=1e-08),
                Market("kraken", "XTZ", "USD", "XTZUSD", tick=0.0001, step=1e-08),
                Market("kraken", "TSLAx", "USD", "TSLAxUSD", tick=0.1, step=1e-08, kind="stock"),
            ],
            calls=2,
        )
    ],
    errors=[
        Failure({"error": ["EQuery:Unknown asset pair"]}, Unsupported),
        Failure({"error": ["EAPI:Rate limit exceeded"]}, RateLimited),
        Failure({"error": ["EGeneral:Too many requests"]}, RateLimited),
        Failure({"error": ["EGeneral:Temporary lockout"]}, RateLimited),
        Failure({"error": ["EService:Unavailable"]}, BadData),
    ],
    requests={
        **dict.fromkeys(("newest", "start", "end", "both"), "/0/public/OHLC?pair=XBTUSDT&interval=60"),
        "quotes": "/0/public/Ticker?pair=XBTUSD,ETHUSD,USDTUSD,EURUSD,USDTEUR,XBTUSDT,ETHUSDT",
        "listing": "/0/public/Assets?assetVersion=1",
    },
)
