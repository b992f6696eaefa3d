"""Answers in other services' formats are compressed so that any of their clients can read them."""

import gzip
import json

import pytest
from flask.testing import FlaskClient

SDK = {"Accept-Encoding": "gzip, deflate, br"}
"""What clients send that have no decoder for brotli."""


@pytest.mark.parametrize(
    "path",
    [
        "/compat/binance/api/v3/klines?symbol=BTCUSDT&interval=1h",
        "/compat/coingecko/api/v3/coins/bitcoin/ohlc?vs_currency=usd&days=30",
        "/compat/cryptocompare/histohour?fsym=BTC&tsym=USDT&limit=100",
        "/udf/history?symbol=BTCUSDT&resolution=60&countback=100&to=1795365630",
    ],
)
def test_gzip_is_preferred_where_both_are_offered(client: FlaskClient, path: str) -> None:
    """A client that offers gzip and brotli gets gzip, which every client can read."""
    plain, packed = client.get(path), client.get(path, headers=SDK)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert type(json.loads(gzip.decompress(packed.data))) is type(plain.json)


def test_a_client_that_prefers_brotli_gets_it(client: FlaskClient) -> None:
    """A client that weighs brotli higher gets it."""
    answer = client.get(
        "/compat/binance/api/v3/klines?symbol=BTCUSDT&interval=1h",
        headers={"Accept-Encoding": "gzip;q=0.5, br"},
    )

    assert answer.headers["Content-Encoding"] == "br"
