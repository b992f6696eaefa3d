"""Coinbase: numbers, low before high before open, newest first."""

from providers import Market, RateLimited, Unavailable, Unsupported
from tests.providers.payloads import CANDLES, Answer, Failure, Payloads

ROWS = [
    [1767322800, 117.25, 119.5, 118, 117.5, 0.5],
    [1767319200, 105.5, 120, 105.75, 118, 7.25],
    [1767315600, 95, 110.25, 100.5, 105.75, 12.5],
]
PATH = "/products/BTC-USD/candles?granularity=3600"


def product(base: str, quote: str, **more: object) -> dict[str, object]:
    """Return a market that trades."""
    names = {"id": f"{base}-{quote}", "base_currency": base, "quote_currency": quote}
    steps = {"quote_increment": "0.01", "base_increment": "0.00000001"}
    return {**names, **steps, "status": "online", "trading_disabled": False, "post_only": False, **more}


PAYLOADS = Payloads(
    lists=("candles", "quotes"),
    candles=[Answer("low comes first", ROWS, CANDLES)],
    listing=[
        Answer(
            "delisted products stay, and an online one may be disabled",
            [
                product("BTC", "USD", post_only=True),
                product("BTC", "USDC", status="delisted", trading_disabled=True),
                product("ETH", "BTC", trading_disabled=True, quote_increment="0.00001", base_increment=None),
            ],
            [
                Market("coinbase", "BTC", "USD", "BTC-USD", tick=0.01, step=1e-08),
                Market("coinbase", "BTC", "USDC", "BTC-USDC", "ended", tick=0.01, step=1e-08),
                Market("coinbase", "ETH", "BTC", "ETH-BTC", "halted", tick=1e-05),
            ],
        )
    ],
    errors=[
        Failure({"message": "NotFound"}, Unsupported, 404),
        Failure({"message": "Public rate limit exceeded"}, RateLimited, 429),
        Failure({"message": "Public rate limit exceeded"}, RateLimited, 400),
        Failure({"message": "granularity too small"}, Unavailable, 400, "HTTP 400"),
    ],
    requests={
        "newest": PATH,
        "start": f"{PATH}&start=2026-01-01T00:00:00Z&end=2026-01-01T02:00:00Z",
        "end": f"{PATH}&start=2026-01-01T10:00:00Z&end=2026-01-01T12:00:00Z",
        "both": f"{PATH}&start=2026-01-01T00:00:00Z&end=2026-01-01T02:00:00Z",
        "listing": "/products",
    },
)
