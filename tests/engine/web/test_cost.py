"""Answers cost the providers calls for new data only."""

from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient

from tests.clock import Clock
from tests.engine.web.api.answers import ohlcv, prices
from tests.engine.web.api.test_ohlcv import HOUR, NEWEST, rows
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually


def last_query(stand_in: StandIn, provider: str = "binance") -> dict[str, str]:
    """Return the parameters of the last call to a provider."""
    return {name: value for name, (value,) in parse_qs(stand_in.calls.list(provider)[-1].query).items()}


def test_one_series_answers_every_limit_and_window_it_covers(client: FlaskClient, stand_in: StandIn) -> None:
    """A series of a thousand candles serves any part of it without a call."""
    ohlcv(client, "symbol=BTC&limit=1000")
    some = ohlcv(client, "symbol=BTC&limit=50")
    closed = ohlcv(client, "symbol=BTC&limit=500&closedOnly=true")
    window = ohlcv(
        client, f"symbol=BTC&startTime={NEWEST - 300 * HOUR}&endTime={NEWEST - 200 * HOUR}&limit=60"
    )

    assert some["data"] == rows(stand_in, "1h", NEWEST - 49 * HOUR, NEWEST)
    assert closed["data"][-1]["timestamp"] == NEWEST - HOUR
    assert window["data"] == rows(stand_in, "1h", NEWEST - 300 * HOUR, NEWEST - 241 * HOUR)
    assert stand_in.calls.count() == 1


def test_both_names_of_a_coin_share_its_series(client: FlaskClient, stand_in: StandIn) -> None:
    """MATIC and POL are one market with one series."""
    assert ohlcv(client, "symbol=MATIC")["data"] == ohlcv(client, "symbol=POL")["data"]
    assert stand_in.calls.count() == 1


def test_a_refresh_asks_for_the_tail_only(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A refresh requests the open candle and the last three closed ones from the series' provider."""
    ohlcv(client, "symbol=BTC&limit=1000")
    clock.advance(2 * 3600 + 1)
    ohlcv(client, "symbol=BTC&limit=1000")

    eventually(lambda: stand_in.calls.count("binance") == 2)
    now = NEWEST + 2 * HOUR
    assert last_query(stand_in)["startTime"] == str(NEWEST - 2 * HOUR)
    assert last_query(stand_in)["limit"] == "5"
    answer = ohlcv(client, "symbol=BTC&limit=1000")
    assert answer["data"] == rows(stand_in, "1h", now - 999 * HOUR, now)
    assert stand_in.calls.count() == 2


def test_a_series_is_not_continued_with_another_provider_s_candles(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """If the provider of a series fails, the next one is asked for the whole series."""
    ohlcv(client, "symbol=BTC&limit=100")
    stand_in.fault("binance", Fault("status", status=500))
    clock.advance(2 * 3600)
    answer = ohlcv(client, "symbol=BTC&limit=100")

    assert answer["source"] == "kraken"
    assert answer["count"] == 100
    assert "filled" not in answer["meta"]


def test_a_longer_series_is_asked_for_when_it_is_needed(client: FlaskClient, stand_in: StandIn) -> None:
    """A request for more candles fetches a longer series, which serves the shorter ones."""
    ohlcv(client, "symbol=BTC&limit=50")
    assert ohlcv(client, "symbol=BTC&limit=200")["count"] == 200
    ohlcv(client, "symbol=BTC&limit=150")

    assert stand_in.calls.count() == 2


def test_prices_are_kept_by_coin(client: FlaskClient, stand_in: StandIn) -> None:
    """Prices are cached by coin, and a missing coin is fetched together with a common one."""
    prices(client, "symbols=BTC")
    both = prices(client, "symbols=ETH,BTC")
    prices(client, "symbols=BTC,ETH&convert=USD")

    assert [row["symbol"] for row in both["data"]] == ["ETH", "BTC"]
    assert stand_in.calls.count("binance") == 2
    assert last_query(stand_in)["symbols"] == '["ETHUSDT","BTCUSDT"]'


def test_a_failure_is_not_repeated_for_every_client(client: FlaskClient, stand_in: StandIn) -> None:
    """Within five seconds after a failure, its reasons are served without a call."""
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))
    for _ in range(20):
        assert client.get("/api/ohlcv?symbol=BTC").status_code == 503

    assert stand_in.calls.count("binance") == 1


@pytest.mark.parametrize("code", ["4h", "1w"])
def test_closed_candles_of_a_resampled_interval(make: Make, stand_in: StandIn, code: str) -> None:
    """The last closed candle of a resampled interval is recent enough."""
    name = {"4h": "coinbase", "1w": "kraken"}[code]
    client = make(providers_candles=(name,))
    for limit in (50, 60, 70):
        answer = ohlcv(client, f"symbol=BTC&interval={code}&limit={limit}&closedOnly=true")
        assert answer["count"] == limit
        assert answer["meta"]["lastCandleClosed"] is True


def test_a_thousand_closed_weeks(make: Make, stand_in: StandIn) -> None:
    """A provider with fewer closed weeks than requested serves all of them."""
    answer = ohlcv(make(providers_candles=("kraken",)), "symbol=BTC&interval=1w&limit=1000&closedOnly=true")

    assert answer["count"] >= 100
    assert answer["meta"]["lastCandleClosed"] is True


def test_in_an_outage_a_shorter_series_is_better_than_none(client: FlaskClient, stand_in: StandIn) -> None:
    """In an outage a shorter series is served to a request for more candles."""
    ohlcv(client, "symbol=BTC&limit=100")
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))

    assert ohlcv(client, "symbol=BTC&limit=500")["count"] == 100


def test_a_short_answer_hides_no_history(make: Make, stand_in: StandIn) -> None:
    """Missing candles in an answer leave earlier history available."""
    client = make(providers_candles=("kucoin",))
    stand_in.fault("kucoin", Fault("gap", count=2, times=1))
    assert ohlcv(client, "symbol=BTC&limit=100")["count"] == 98

    assert ohlcv(client, "symbol=BTC&limit=1000")["count"] == 1000
    window = f"startTime={NEWEST - 1400 * HOUR}&endTime={NEWEST - 1310 * HOUR}"
    assert ohlcv(client, f"symbol=BTC&limit=100&{window}")["count"] == 91


def test_part_of_what_was_asked_is_asked_for_once(make: Make, stand_in: StandIn) -> None:
    """Kraken's 720 candles serve requests for more without another call."""
    client = make(providers_candles=("kraken",))
    for limit in (1000, 999, 998):
        assert ohlcv(client, f"symbol=BTC&limit={limit}")["count"] == 720

    assert stand_in.calls.count("kraken") == 1


def test_a_gap_is_looked_up_again_if_no_provider_answered(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A gap is requested again unless a provider was called and has nothing for it."""
    stand_in.fault("binance", Fault("gap", count=2, times=1))
    for name in ("kraken", "bybit", "okx", "kucoin", "gate"):
        stand_in.fault(name, Fault("status", status=500, times=1))
    assert len(ohlcv(client, "symbol=BTC&limit=100")["meta"]["gaps"]) == 1
    clock.advance(400)

    ohlcv(client, "symbol=BTC&limit=100")
    eventually(lambda: ohlcv(client, "symbol=BTC&limit=100")["meta"]["gaps"] == [])


def test_in_an_outage_windows_of_what_is_kept_are_answered(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """In an outage, windows and earlier answers of cached series are served."""
    ohlcv(client, "symbol=BTC&limit=200")
    ohlcv(client, "symbol=BTC&limit=1000&closedOnly=true")
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))
    clock.advance(3700)

    assert ohlcv(client, f"symbol=BTC&startTime={NEWEST - 50 * HOUR}")["count"] >= 50
    assert ohlcv(client, "symbol=BTC&limit=1000&closedOnly=true")["count"] >= 200
