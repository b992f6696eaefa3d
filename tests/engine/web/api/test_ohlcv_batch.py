"""`GET /api/ohlcv/batch`."""

import pytest
from flask.testing import FlaskClient

from tests.engine.web.api.answers import Json, failure
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.upstreams import Fault, StandIn

PATH = "/api/ohlcv/batch"


def batch(client: FlaskClient, query: str) -> list[Json]:
    """Return the series of a batch."""
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.text
    data: list[Json] = response.get_json()["data"]
    return data


def test_each_series_is_what_its_own_request_gets(client: FlaskClient) -> None:
    """Each series is its own request's answer, in the requested order, each pair's intervals together."""
    found = batch(client, "symbols=ETH,BTC&intervals=4h,1h&limit=50")

    assert [(each["symbol"], each["interval"]) for each in found] == [
        ("ETHUSDT", "4h"),
        ("ETHUSDT", "1h"),
        ("BTCUSDT", "4h"),
        ("BTCUSDT", "1h"),
    ]
    for each in found:
        alone = client.get(f"/api/ohlcv?symbol={each['symbol']}&interval={each['interval']}&limit=50")
        assert each == alone.get_json()


def test_a_failed_series_has_its_error_among_the_others(client: FlaskClient) -> None:
    """An unknown coin or interval has its own request's error, and the others are served."""
    found = batch(client, "symbols=BTC,DOGEE&intervals=1h,7h&limit=50")
    good, interval, coin, both = found

    assert good["count"] == 50
    assert (interval["symbol"], interval["interval"]) == ("BTC", "7h")
    assert interval["error"]["code"] == "INVALID_INTERVAL"
    assert (coin["symbol"], coin["error"]["code"]) == ("DOGEE", "INVALID_SYMBOL")
    assert both["error"]["code"] == "INVALID_SYMBOL"
    for each in (interval, coin):
        alone = failure(client, f"/api/ohlcv?symbol={each['symbol']}&interval={each['interval']}", 400)
        assert each["error"] == alone


def test_pairs_of_the_catalogue_are_series_too(client: FlaskClient) -> None:
    """Any pair is named as for `/api/ohlcv`, and a code of several coins is an error of its own."""
    give_catalogue(client)
    good, ambiguous = batch(client, "symbols=ETH/BTC,NEIRO&limit=50")

    assert (good["symbol"], good["meta"]["quote"]) == ("ETH/BTC", "BTC")
    assert (ambiguous["symbol"], ambiguous["error"]["code"]) == ("NEIRO", "AMBIGUOUS_SYMBOL")


def test_a_batch_of_failures_is_an_error(client: FlaskClient, stand_in: StandIn) -> None:
    """If no series can be served, the gravest error is the answer."""
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))

    assert failure(client, f"{PATH}?symbols=NOPE,BTC", 503)["code"] == "PROVIDER_ERROR"
    assert failure(client, f"{PATH}?symbols=NOPE", 400)["code"] == "INVALID_SYMBOL"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "symbols=",
        "symbols=BTC&limit=5",
        "symbols=BTC&intervals=1h&source=mtgox",
        "symbols=BTC&startTime=2&endTime=1",
        "symbols=BTC&format=xml",
        "symbols=" + ",".join(f"C{place}" for place in range(51)) + "&intervals=1h,4h",
        "symbols=" + ",".join(f"C{place}" for place in range(101)),
    ],
)
def test_an_invalid_batch_is_refused_without_a_call(
    client: FlaskClient, stand_in: StandIn, query: str
) -> None:
    """A batch of more than a hundred series, or with an invalid parameter, is refused without a call."""
    assert failure(client, f"{PATH}?{query}", 400)["code"] in ("INVALID_PARAMETER", "INVALID_SYMBOL")
    assert stand_in.calls.count() == 0


def test_ten_series_count_as_one_request(make: Make) -> None:
    """A batch of eleven series costs two requests of the quota."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=4)
    coins = "BTC,ETH,SOL,XRP,ADA,DOT,LINK,LTC,BCH,AVAX,DOGE"
    first = client.get(f"{PATH}?symbols={coins}&limit=50")
    second = client.get(f"{PATH}?symbols=BTC&limit=50")

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["X-RateLimit-Remaining"] == "1"
    assert failure(client, f"{PATH}?symbols={coins}", 429)["code"] == "RATE_LIMITED"


def test_all_series_share_the_other_parameters(client: FlaskClient, stand_in: StandIn) -> None:
    """A source, closed candles and all fields hold for every series of a batch."""
    found = batch(client, "symbol=BTC,ETH&interval=1h&limit=50&source=kraken&closedOnly=true&fields=all")

    assert {each["source"] for each in found} == {"kraken"}
    assert all(each["meta"]["lastCandleClosed"] for each in found)
    assert all("trades" in row for each in found for row in each["data"])
    assert stand_in.calls.count() == stand_in.calls.count("kraken") == 2


def test_a_batch_of_an_earlier_time_asks_no_provider(client: FlaskClient, stand_in: StandIn) -> None:
    """`asOf` holds for every series: without a history none of them is served with newer candles instead."""
    asked = failure(client, f"{PATH}?symbols=BTC,ETH&asOf=2024-01-01", 404)
    alone = failure(client, "/api/ohlcv?symbol=BTC&asOf=2024-01-01", 404)

    assert asked["code"] == alone["code"] == "HISTORY_DISABLED"
    assert stand_in.calls.count() == 0


def test_a_slow_series_does_not_delay_the_others_beyond_the_deadline(make: Make, stand_in: StandIn) -> None:
    """At the deadline a batch has the series that arrived, and the others may be requested again."""
    client = make(providers_candles=("kraken",), candles_deadline_seconds=1.0)
    batch(client, "symbols=BTC&limit=50")
    stand_in.fault("kraken", Fault("hang"))
    fast, slow = batch(client, "symbols=BTC,ETH&limit=50")

    assert fast["count"] == 50
    assert slow["error"]["code"] == "PROVIDER_ERROR"
    assert slow["error"]["retryAfter"] >= 1
