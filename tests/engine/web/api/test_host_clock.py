"""A host with a wrong clock serves correct data by the providers' clocks."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import create_app
from schemas import HealthAnswer
from tests.clock import Clock
from tests.engine.web.api.answers import Json, held, ohlcv, prices
from tests.engine.web.conftest import settings_for
from tests.everybody import QUOTES
from tests.upstreams import Fault, StandIn

WRONG = [90.0, -150.0, 30.0, 3600.0, -86_400.0]
"""Seconds by which the clock of this host is slow."""
Late = Callable[..., FlaskClient]


@pytest.fixture
def late(stand_in: StandIn, clock: Clock) -> Late:
    """Return a function that makes a client of a host whose clock is `slow`."""

    def late(slow: float, **settings: Any) -> FlaskClient:
        return create_app(lambda: clock() - slow, **{**settings_for(stand_in), **settings}).test_client()

    return late


def offset(client: FlaskClient) -> float | None:
    """Return the offset of the clock in `/api/health`."""
    report = held(HealthAnswer, client.get("/api/health").json)
    found: float | None = report["meta"]["clockOffsetSeconds"]
    return found


@pytest.mark.parametrize("slow", WRONG)
@pytest.mark.parametrize("interval", ["1m", "5m", "1h"])
def test_candles_are_checked_by_the_clocks_of_providers(
    late: Late, clock: Clock, slow: float, interval: str
) -> None:
    """On a host with a wrong clock, candles still come from the first choice, including the forming one."""
    client = late(slow)
    prices(client, "symbols=BTC")
    answer = ohlcv(client, f"symbol=BTC&interval={interval}&limit=50")

    assert (answer["count"], answer["source"]) == (50, "binance")
    assert answer["data"][-1]["timestamp"] == clock() * 1000 // LENGTHS[interval] * LENGTHS[interval]
    assert answer["meta"]["lastCandleClosed"] is False
    assert answer["meta"]["ageSeconds"] == 0


LENGTHS = {"1m": 60_000, "5m": 300_000, "1h": 3_600_000}


@pytest.mark.parametrize("slow", WRONG)
def test_the_very_first_request_is_served(late: Late, slow: float) -> None:
    """The first request is served on a host with a wrong clock, because its calls measure the clock."""
    answer = ohlcv(late(slow), "symbol=BTC&interval=1m&limit=50")

    assert answer["count"] == 50
    assert answer["meta"]["lastCandleClosed"] is False


@pytest.mark.parametrize("slow", WRONG)
def test_closed_candles_are_closed_by_the_time_of_the_market(late: Late, clock: Clock, slow: float) -> None:
    """The newest closed candle ended less than a minute ago by the market's time."""
    client = late(slow)
    prices(client, "symbols=BTC")
    answer = ohlcv(client, "symbol=BTC&interval=1m&limit=50&closedOnly=true")

    assert answer["data"][-1]["timestamp"] == (clock() // 60 - 1) * 60_000
    assert answer["meta"]["lastCandleClosed"] is True


@pytest.mark.parametrize("slow", WRONG)
def test_a_forming_candle_is_fresh_until_it_closes(late: Late, clock: Clock, slow: float) -> None:
    """A forming candle is fresh for the half minute until it closes, whatever this host's clock says."""
    client = late(slow, cache_ttl_ohlcv=60)
    prices(client, "symbols=BTC")
    first = client.get("/api/ohlcv?symbol=BTC&interval=1h&limit=50")
    clock.advance(19 * 60)  # a minute before the hour is over
    assert ohlcv(client, "symbol=BTC&interval=1h&limit=50")["meta"]["ageSeconds"] < 60
    clock.advance(31)
    late_one = client.get("/api/ohlcv?symbol=BTC&interval=1h&limit=51")

    assert "max-age=60" in first.headers["Cache-Control"]
    assert max_age(late_one.headers["Cache-Control"]) <= 31


def max_age(header: str) -> int:
    """Return the seconds that a cache may store an answer."""
    return int(header.partition("max-age=")[2].partition(",")[0])


@pytest.mark.parametrize("slow", WRONG)
def test_windows_end_at_the_time_of_the_market(late: Late, clock: Clock, slow: float) -> None:
    """Windows up to now include the last minutes, and windows in the future are empty."""
    client = late(slow)
    prices(client, "symbols=BTC")
    now = int(clock())
    answer = ohlcv(client, f"symbol=BTC&interval=1m&limit=100&startTime={now - 600}&endTime={now + 600}")

    assert answer["data"][-1]["timestamp"] == now // 60 * 60_000
    assert answer["count"] == 10


@pytest.mark.parametrize("slow", [*WRONG, 400.0, -400.0])
def test_quotes_are_recent_by_the_clocks_of_providers(late: Late, clock: Clock, slow: float) -> None:
    """Quotes are recent by the providers' clocks, so that five minutes of difference do not matter."""
    client = late(slow)
    ohlcv(client, "symbol=BTC&interval=1m&limit=50")  # asks enough of them to know
    client.get("/api/prices?symbols=ETH")
    answer = prices(client, "symbols=BTC")
    names = {source["provider"] for source in answer["data"][0]["sources"]}

    assert {"coinmarketcap", "coinpaprika", "bybit", "okx"} <= names
    assert answer["data"][0]["verified"] is True
    updated = datetime.fromisoformat(answer["data"][0]["lastUpdate"]).timestamp()
    assert updated == pytest.approx(clock(), abs=1), "as far as a busy machine knows their clocks"
    assert answer["meta"]["ageSeconds"] == 0


def test_health_has_the_offset(late: Late) -> None:
    """Health has the clock's offset, which is unknown until three providers have answered."""
    client = late(90)
    assert offset(client) is None
    prices(client, "symbols=BTC")

    assert offset(client) == pytest.approx(90, abs=1.5)


def test_the_offset_is_logged_once(late: Late, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """The offset is logged once, for any number of answers."""
    client = late(-150)
    for _ in range(3):
        prices(client, "symbols=BTC")
        clock.advance(31)
    said = [record.getMessage() for record in caplog.records if "clock" in record.getMessage()]

    assert len(said) == 1
    assert re.match(r"this host's clock is 1(49|50) s fast: ", said[0])


def test_a_right_clock_is_not_corrected(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """For a right clock nothing is corrected and nothing is logged."""
    prices(client, "symbols=BTC")

    assert offset(client) == 0
    assert "clock" not in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        Fault("date", seconds=3600),
        Fault("date", seconds=-3600),
        Fault("date", headers={"Date": "soon"}),
        Fault("date", headers={"Date": f"Sun, 22 Nov {'9' * 400} 16:40:30 GMT"}),
    ],
)
@pytest.mark.parametrize("slow", [0.0, 90.0])
def test_one_wrong_date_does_not_move_the_offset(
    late: Late, stand_in: StandIn, fault: Fault, slow: float
) -> None:
    """One wrong or invalid `Date` leaves the offset unchanged, and its provider's data still counts."""
    stand_in.fault("binance", fault)
    client = late(slow)
    prices(client, "symbols=BTC")

    assert offset(client) == pytest.approx(slow, abs=1.5)
    assert ohlcv(client, "symbol=BTC&interval=1m&limit=50")["source"] == "binance"


@pytest.mark.parametrize("date", [-600.0, 0.0])
def test_dates_of_caches_do_not_count(late: Late, stand_in: StandIn, date: float) -> None:
    """`Date` headers from caches leave the offset unchanged, even in a majority."""
    for name in QUOTES[:7]:
        stand_in.fault(name, Fault("date", seconds=date, headers={"Age": "600"}))
    client = late(0)
    prices(client, "symbols=BTC")

    assert offset(client) == 0


def json(response: TestResponse) -> Json:
    """Return the body of an answer."""
    assert response.status_code == 200
    return response.get_json()


@pytest.mark.parametrize("slow", WRONG)
def test_ages_never_jump(late: Late, clock: Clock, slow: float) -> None:
    """A correction of the clock leaves the age of an answer unchanged."""
    client = late(slow)
    ohlcv(client, "symbol=BTC&interval=1d&limit=50")
    clock.advance(10)
    before = client.get("/api/ohlcv?symbol=BTC&interval=1d&limit=50")
    prices(client, "symbols=BTC")
    after = client.get("/api/ohlcv?symbol=BTC&interval=1d&limit=50")

    assert [json(each)["meta"]["ageSeconds"] for each in (before, after)] == [10, 10]
    assert before.headers["Age"] == after.headers["Age"] == "10"


@pytest.mark.parametrize("slow", WRONG)
def test_dialects_have_the_corrected_time(late: Late, clock: Clock, slow: float) -> None:
    """The compatible interfaces have the corrected time, which charts and bots use for requests."""
    client = late(slow)
    prices(client, "symbols=BTC")

    assert int(client.get("/udf/time").text) == pytest.approx(clock(), abs=1.5)
    time = json(client.get("/compat/binance/api/v3/time"))["serverTime"]
    assert time == pytest.approx(clock() * 1000, abs=1500)
    day = json(client.get("/compat/binance/api/v3/ticker/24hr?symbol=BTCUSDT"))
    assert day["closeTime"] == pytest.approx(clock() * 1000, abs=1500)
