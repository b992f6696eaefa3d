"""Coinbase: numbers, low before high before open, newest first."""

from providers import RateLimited, Unavailable, Unsupported
from tests.providers.payloads import CANDLES, Answer, Failure, Payloads

ROWS = [
    [1767322800, 117.25, 119.5, 118, 117.5, 0.5],
    [1767319200, 105.5, 120, 105.75, 118, 7.25],
    [1767315600, 95, 110.25, 100.5, 105.75, 12.5],
]
PATH = "/products/BTC-USD/candles?granularity=3600"

PAYLOADS = Payloads(
    lists=("candles", "quotes"),
    candles=[Answer("low comes first", ROWS, CANDLES)],
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
    },
)
