"""Order books and trades for Binance's clients, passed on from one exchange."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.compat import binance as schemas
from tests.clock import Clock
from tests.engine.web.api.answers import held
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

API = "/compat/binance/api/v3"


def ask(client: FlaskClient, path: str, schema: Any, *, many: bool = False) -> tuple[Any, Any]:
    """Return the content and the headers of an answer with status 200."""
    response = client.get(f"{API}/{path}")
    assert response.status_code == 200, response.text
    return held(schema, response.json, many=many), response.headers


def test_a_book_is_passed_on(client: FlaskClient, stand_in: StandIn) -> None:
    """A book has as many levels as asked for, the best first, and names its exchange."""
    book, headers = ask(client, "depth?symbol=BTCUSDT&limit=5", schemas.Depth)
    bids, asks = ([float(price) for price, _ in book[side]] for side in ("bids", "asks"))

    assert (len(bids), len(asks), book["lastUpdateId"]) == (5, 5, 7)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert headers["X-Data-Source"] == "binance"
    ask(client, "depth?symbol=BTCUSDT&limit=10", schemas.Depth)
    assert stand_in.calls.count("binance") == 1


@pytest.mark.parametrize("venue", ["kraken", "bybit", "okx", "kucoin", "gate"])
def test_another_exchange_stands_in(client: FlaskClient, stand_in: StandIn, venue: str) -> None:
    """While an exchange fails, the next one is asked, and what it does not say is left out."""
    for name in ("binance", "kraken", "bybit", "okx", "kucoin"):
        if name == venue:
            break
        stand_in.fault(name, Fault("reset"))
    book, headers = ask(client, "depth?symbol=BTCUSDT", schemas.Depth)
    trades, _ = ask(client, "trades?symbol=BTCUSDT&limit=3", schemas.Trade, many=True)
    rows, _ = ask(client, "aggTrades?symbol=BTCUSDT&limit=3", schemas.Aggregate, many=True)

    assert headers["X-Data-Source"] == venue
    assert ("lastUpdateId" in book) == (venue != "kraken")
    assert headers.get("X-Data-Missing") == ("lastUpdateId" if venue == "kraken" else None)
    assert [trade["id"] for trade in trades] == sorted(trade["id"] for trade in trades)
    assert "isBuyerMaker" in trades[0]
    assert "isBestMatch" not in trades[0]
    assert [(row["a"], row["f"]) for row in rows] == [(trade["id"], trade["id"]) for trade in trades]


def test_trades_of_binance_have_all_fields(client: FlaskClient) -> None:
    """Trades of Binance are complete, and sums of its trades can begin at an id."""
    trades, headers = ask(client, "trades?symbol=BTCUSDT&limit=2", schemas.Trade, many=True)
    (last,) = ask(
        client, f"aggTrades?symbol=BTCUSDT&fromId={trades[-1]['id']}", schemas.Aggregate, many=True
    )[0]

    assert len(trades) == 2
    assert float(trades[0]["quoteQty"]) == pytest.approx(float(trades[0]["price"]) * float(trades[0]["qty"]))
    assert "X-Data-Missing" not in headers
    assert last["l"] == last["f"] + 1


@pytest.mark.parametrize("path", ["depth", "trades", "aggTrades"])
def test_a_market_that_no_exchange_lists_is_not_served(make: Make, path: str) -> None:
    """Only where no exchange lists a market is the call unsupported: Coinbase has dollar markets alone."""
    response = make(providers_candles=("coinbase",)).get(f"{API}/{path}?symbol=BTCUSDT")

    assert (response.status_code, held(schemas.Error, response.json)["code"]) == (404, -1020)


def test_sums_are_as_many_as_requested(client: FlaskClient) -> None:
    """An answer has no more sums than its limit: the last ones, and with an id the first ones from it on."""
    last, _ = ask(client, "aggTrades?symbol=BTCUSDT&limit=2", schemas.Aggregate, many=True)
    first, _ = ask(client, "aggTrades?symbol=BTCUSDT&limit=2&fromId=1", schemas.Aggregate, many=True)

    assert len(last) == len(first) == 2
    assert first[0]["a"] < first[1]["a"] < last[0]["a"] < last[1]["a"]


def test_sums_of_the_past_are_of_binance_alone(client: FlaskClient, stand_in: StandIn) -> None:
    """While Binance fails, sums of the past fail, since no other exchange keeps them."""
    stand_in.fault("binance", Fault("reset"))
    response = client.get(f"{API}/aggTrades?symbol=BTCUSDT&fromId=1")

    assert (response.status_code, held(schemas.Error, response.json)["code"]) == (503, -1001)


def test_an_old_book_is_an_error(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A book is never served after its time: when every exchange fails, that is an error."""
    ask(client, "depth?symbol=BTCUSDT", schemas.Depth)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("reset"))
    clock.advance(2)

    assert client.get(f"{API}/depth?symbol=BTCUSDT").status_code == 503
