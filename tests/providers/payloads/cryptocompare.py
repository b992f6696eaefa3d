"""CryptoCompare: objects, times in seconds, failures as HTTP 200."""

from providers import BadData, ProviderError, Quote, RateLimited, Unauthorized, Unsupported
from tests.providers.payloads import BTC, ETH, VALUED, Answer, Failure, Payloads


def row(time: int, *prices: float) -> dict[str, object]:
    """Return a candle from open, high, low, close and both volumes."""
    open_, high, low, close, volume, quote_volume = prices
    return {
        "time": time,
        "high": high,
        "low": low,
        "open": open_,
        "volumefrom": volume,
        "volumeto": quote_volume,
        "close": close,
        "conversionType": "direct",
        "conversionSymbol": "",
    }


def candles(*rows: dict[str, object]) -> dict[str, object]:
    """Return the envelope of rows."""
    return {"Response": "Success", "Message": "", "Type": 100, "Data": {"Aggregated": False, "Data": rows}}


def failure(message: str, kind: int, error: type[ProviderError]) -> Failure:
    """Return the body of an error."""
    body = {"Response": "Error", "Message": message, "HasWarning": False, "Type": kind, "Data": {}}
    return Failure(body, error)


BEFORE = row(1767312000, 100.0, 101.0, 99.0, 100.5, 3.0, 301.5)
FIRST = row(1767315600, 100.5, 110.25, 95.0, 105.75, 12.5, 1291.0)
SECOND = row(1767319200, 105.75, 120.0, 105.5, 118.0, 7.25, 812.0)
RUNNING = row(1767322800, 118.0, 119.5, 117.25, 117.5, 0.5, 58.9)
UNSOUND = row(1767322800, 118.0, 118.0, 118.0, 119.0, 0.5, 59.0)
UNLISTED = row(1767312000, 0, 0, 0, 0, 0, 0)

USD = {"PRICE": 80000.1, "LASTUPDATE": 1767324598, "CHANGEPCT24HOUR": 3.125, "MKTCAP": 1.5e12}
PATH = "/data/v2/histohour?fsym=BTC&tsym=USD&aggregate=1&limit=2"

PAYLOADS = Payloads(
    candles=[
        Answer("the additional row is cut off", candles(BEFORE, FIRST, SECOND, RUNNING), VALUED),
        Answer("zeros from before a listing are left out", candles(UNLISTED, FIRST, SECOND), VALUED[:2]),
        Answer("a running row may break its own bounds", candles(FIRST, SECOND, UNSOUND), VALUED[:2]),
    ],
    quotes=[
        Answer(
            "the volume is not market-wide, and unknown coins are omitted",
            {"RAW": {"BTC": {"USD": {**USD, "VOLUME24HOURTO": 5e9}}}, "DISPLAY": {}},
            [Quote(BTC, 80000.1, "USD", 1767324598000, change_24h=3.125, market_cap=1.5e12)],
        ),
        Answer(
            "several coins",
            {"RAW": {"ETH": {"USD": {**USD, "PRICE": 3000.5}}, "BTC": {"USD": USD}}},
            [
                Quote(BTC, 80000.1, "USD", 1767324598000, change_24h=3.125, market_cap=1.5e12),
                Quote(ETH, 3000.5, "USD", 1767324598000, change_24h=3.125, market_cap=1.5e12),
            ],
        ),
    ],
    errors=[
        failure("cccagg market does not exist for this coin pair (NO-USD)", 2, Unsupported),
        failure("You are over your rate limit please upgrade your account!", 99, RateLimited),
        failure("You need a valid auth key or api key to access this endpoint", 2, Unauthorized),
        failure("limit is not a number", 1, BadData),
    ],
    requests={
        "newest": PATH,
        "start": f"{PATH}&toTs=1767232800",
        "end": f"{PATH}&toTs=1767268800",
        "both": f"{PATH}&toTs=1767232800",
        "quotes": "/data/pricemultifull?fsyms=BTC,ETH,USDT&tsyms=USD",
    },
)
