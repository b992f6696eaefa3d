"""`GET /api/indicators` and `GET /api/indicators/list`."""

import subprocess
import sys
from statistics import fmean
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.analysis.indicators import INDICATORS
from schemas import IndicatorListAnswer, IndicatorsAnswer, IndicatorsBatchAnswer
from tests.clock import Clock
from tests.engine.web.api.answers import Json, failure, held, ohlcv
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.running import ROOT
from tests.upstreams import Fault, StandIn

HOUR = 3_600_000
PROMISED = (
    "sma ema wma hma vwma vwap rsi stoch stochrsi macd bbands keltner donchian atr natr adx cci mfi obv roc "
    "mom williams supertrend psar ichimoku zscore volatility"
).split()

UNKNOWN = "Unknown parameter: there are symbol, symbols, interval, limit, indicators, closedOnly"


def indicators(client: FlaskClient, query: str) -> Json:
    """Return the answer with status 200 for one pair."""
    response = client.get(f"/api/indicators?{query}")
    assert response.status_code == 200, response.text
    return held(IndicatorsAnswer, response.json)


def batch(client: FlaskClient, query: str) -> list[Any]:
    """Return the rows of an answer with status 200 for several pairs."""
    response = client.get(f"/api/indicators?{query}")
    assert response.status_code == 200, response.text
    rows: list[Any] = held(IndicatorsBatchAnswer, response.json)["data"]
    return rows


def test_each_candle_has_the_values_under_the_names_that_were_asked(client: FlaskClient) -> None:
    """A candle has values under the requested names: one output is a number, several are an object."""
    answer = indicators(client, "symbol=BTC&limit=100&indicators=sma:5,rsi,macd:12:26:9&closedOnly=true")
    candles = ohlcv(client, "symbol=BTC&limit=100&closedOnly=true")["data"]
    newest = answer["data"][-1]

    assert (answer["symbol"], answer["interval"], answer["count"]) == ("BTCUSDT", "1h", 100)
    assert answer["source"] == "binance"
    assert [(row["timestamp"], row["close"]) for row in answer["data"]] == [
        (candle["timestamp"], candle["close"]) for candle in candles
    ]
    assert list(newest) == ["timestamp", "close", "sma:5", "rsi", "macd:12:26:9"]
    assert newest["sma:5"] == pytest.approx(fmean(candle["close"] for candle in candles[-5:]))
    assert 0 < newest["rsi"] < 100
    assert newest["macd:12:26:9"]["histogram"] == pytest.approx(
        newest["macd:12:26:9"]["macd"] - newest["macd:12:26:9"]["signal"]
    )
    assert all(row["rsi"] is not None for row in answer["data"])
    assert answer["meta"]["definitions"]["rsi"] == "Wilder; seeded with the mean of the first 14 changes"
    assert answer["meta"]["gaps"] == []
    assert answer["meta"]["quote"] == "USDT"


def test_the_warm_up_is_read_from_older_candles(client: FlaskClient, stand_in: StandIn) -> None:
    """The warm-up needs pages of older candles, which are cached."""
    answer = indicators(client, "symbol=BTC&limit=100&indicators=ema:200,sma:5&closedOnly=true")

    assert answer["meta"]["warmup"]["ema:200"] == {
        "needed": 1582,
        "used": 1681,
        "residual": pytest.approx((199 / 201) ** 1481),
        "stable": True,
    }
    assert answer["meta"]["warmup"]["sma:5"] == {"needed": 5, "used": 104, "residual": 0.0, "stable": True}
    calls = stand_in.calls.count()
    indicators(client, "symbol=BTC&limit=100&indicators=ema:200&closedOnly=true")
    indicators(client, "symbol=BTC&limit=50&indicators=ema:190,rsi:14")
    assert stand_in.calls.count() == calls


def test_a_new_candle_costs_one_call(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A new candle costs one call, because the pages of older candles stay the same."""
    before = indicators(client, "symbol=BTC&indicators=ema:200")
    calls = stand_in.calls.count()
    clock.advance(3600)
    after = indicators(client, "symbol=BTC&indicators=ema:200")

    assert stand_in.calls.count() == calls + 1
    assert after["data"][-2]["timestamp"] == before["data"][-1]["timestamp"]
    for old, new in zip(before["data"][1:-1], after["data"], strict=False):
        assert new["ema:200"] == pytest.approx(old["ema:200"], rel=1e-6)


def test_a_balance_of_volumes_has_one_level_whatever_the_limit_is(client: FlaskClient) -> None:
    """OBV at a candle is the same in answers of one candle and of a thousand."""
    short = indicators(client, "symbol=BTC&limit=1&indicators=obv&closedOnly=true")
    long = indicators(client, "symbol=BTC&limit=1000&indicators=obv,ema:500&closedOnly=true")

    assert short["data"][-1]["obv"] == long["data"][-1]["obv"]
    assert None not in {row["obv"] for row in long["data"]}


def test_a_short_history_says_how_warm_it_is(make: Make) -> None:
    """With Kraken's 720 candles, a value has the weight of its seed and is not stable."""
    answer = indicators(make(providers_candles=("kraken",)), "symbol=BTC&limit=1&indicators=ema:200,rsi")

    assert answer["source"] == "kraken"
    assert answer["data"][0]["ema:200"] is not None
    assert answer["meta"]["warmup"]["ema:200"] == {
        "needed": 1582,
        "used": 720,
        "residual": pytest.approx((199 / 201) ** 520),
        "stable": False,
    }
    assert answer["meta"]["warmup"]["rsi"]["stable"] is True


@pytest.mark.parametrize(
    ("provider", "interval", "indicator"), [("okx", "1h", "ema:100"), ("coinbase", "4h", "ema:20")]
)
def test_small_pages_of_a_provider_make_a_whole_warm_up(
    make: Make, provider: str, interval: str, indicator: str
) -> None:
    """Providers that send 300 candles at once are asked for older pages, of parts of candles as well."""
    client = make(providers_candles=(provider,))
    answer = indicators(client, f"symbol=BTC&limit=1&interval={interval}&indicators={indicator}")

    assert answer["meta"]["warmup"][indicator]["stable"] is True


def test_older_candles_are_those_of_the_same_provider(make: Make, stand_in: StandIn) -> None:
    """If the newest candles come from Bybit, older ones do as well, although Binance works again."""
    stand_in.fault("binance", Fault("status", status=500))
    client = make(providers_candles=("binance", "bybit"))
    ohlcv(client, "symbol=BTC&limit=1000")
    stand_in.heal("binance")
    answer = indicators(client, "symbol=BTC&limit=1&indicators=ema:200")

    assert answer["source"] == "bybit"
    assert answer["meta"]["warmup"]["ema:200"]["used"] == 1582


def test_one_source_is_asked_and_no_other(client: FlaskClient) -> None:
    """`source` limits the candles to one provider, and `timeframe` is another name of `interval`."""
    answer = indicators(client, "symbol=BTC&limit=1&indicators=ema:200&source=kraken&timeframe=1d")

    assert (answer["source"], answer["interval"]) == ("kraken", "1d")
    assert answer["meta"]["warmup"]["ema:200"]["used"] == 720
    error = failure(client, "/api/indicators?symbol=BTC&indicators=rsi&source=nowhere", 400)
    assert error["code"] == "INVALID_PARAMETER"


def test_a_failure_of_older_candles_shortens_the_warm_up(client: FlaskClient, stand_in: StandIn) -> None:
    """If older candles fail, the newest ones are served, and the answer has the reason."""
    ohlcv(client, "symbol=BTC&limit=1000")
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))
    answer = indicators(client, "symbol=BTC&limit=1&indicators=ema:200")

    assert answer["meta"]["warmup"]["ema:200"]["used"] == 1000


def test_the_forming_candle_is_left_out_or_marked(client: FlaskClient) -> None:
    """`closedOnly` ends with a closed candle, and otherwise `lastCandleClosed` is true or false."""
    both = indicators(client, "symbol=BTC&limit=2&indicators=rsi")
    closed = indicators(client, "symbol=BTC&limit=2&indicators=rsi&closedOnly=true")

    assert both["meta"]["lastCandleClosed"] is False
    assert closed["meta"]["lastCandleClosed"] is True
    assert closed["data"][-1]["timestamp"] == both["data"][-1]["timestamp"] - HOUR
    assert closed["data"][-1]["rsi"] == pytest.approx(both["data"][-2]["rsi"], rel=1e-6)


def test_a_hole_begins_the_calculation_anew(make: Make, stand_in: StandIn) -> None:
    """Candles that no provider has are a gap, and only the candles after it count as used."""
    stand_in.fault("binance", Fault("gap", count=3))
    answer = indicators(make(providers_candles=("binance",)), "symbol=BTC&limit=250&indicators=sma:20,rsi")
    [[first, last]] = answer["meta"]["gaps"]
    after = [row for row in answer["data"] if row["timestamp"] > last]

    assert last - first == 2 * HOUR
    assert answer["meta"]["warmup"]["rsi"]["used"] == len(after)
    assert [row["sma:20"] is None for row in after] == [place < 19 for place in range(len(after))]
    assert answer["data"][0]["sma:20"] is not None


def test_a_hole_in_the_warm_up_shortens_it(make: Make, stand_in: StandIn) -> None:
    """A hole among the older candles is no gap of the answer, and the warm-up begins after it."""
    stand_in.fault("binance", Fault("gap", count=3))
    client = make(providers_candles=("binance",))
    answer = indicators(client, "symbol=BTC&limit=10&indicators=ema:200")

    assert answer["meta"]["gaps"] == []
    assert 200 < answer["meta"]["warmup"]["ema:200"]["used"] < 1000


def test_what_needs_an_unknown_volume_is_null(make: Make) -> None:
    """Without volumes, as from CoinGecko, values that need them are null and never 0."""
    answer = indicators(
        make(providers_candles=("coingecko",)), "symbol=BTC&interval=4h&indicators=vwma,obv,sma"
    )

    assert {row["vwma"] for row in answer["data"]} == {row["obv"] for row in answer["data"]} == {None}
    assert all(row["sma"] is not None for row in answer["data"][-50:])
    assert answer["meta"]["warmup"]["vwma"]["stable"] is False


def test_a_cached_answer_is_served_from_memory(client: FlaskClient, stand_in: StandIn) -> None:
    """A repeated request gets the same bytes without a calculation or a call."""
    first = client.get("/api/indicators?symbol=ETH&indicators=rsi,bbands")
    calls = stand_in.calls.count()
    second = client.get("/api/indicators?symbol=ETH&indicators=rsi,bbands")

    assert first.headers["Cache-Status"] == "engine; fwd=miss"
    assert second.headers["Cache-Status"].startswith("engine; hit")
    assert second.data == first.data
    assert stand_in.calls.count() == calls
    again = client.get(
        "/api/indicators?symbol=ETH&indicators=rsi,bbands", headers={"If-None-Match": second.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_batch_has_the_answers_in_order(client: FlaskClient) -> None:
    """A batch has each pair's own answer in order, and its headers are those of the oldest."""
    rows = batch(client, "symbols=SOL,BTC&indicators=rsi,atr:7&limit=3")

    assert [row["symbol"] for row in rows] == ["SOLUSDT", "BTCUSDT"]
    for row in rows:
        alone = indicators(client, f"symbol={row['symbol']}&indicators=rsi,atr:7&limit=3")
        assert held(IndicatorsAnswer, row) == alone


def test_a_batch_has_the_error_of_what_failed(make: Make, stand_in: StandIn) -> None:
    """A batch has an error for each failed pair, and is a failure only if all fail."""
    stand_in.fault("binance", Fault("empty", coins=("ETH",)))
    client = make(providers_candles=("binance",))
    first, second = batch(client, "symbols=BTC,ETH&indicators=rsi")

    assert first["count"] == 100
    assert second["symbol"] == "ETH"
    assert second["interval"] == "1h"
    assert second["error"]["code"] == "PROVIDER_ERROR"
    assert second["error"]["details"] == {"binance": "Bad data"}
    assert failure(client, "/api/indicators?symbols=ETH&indicators=rsi", 503)["code"] == "PROVIDER_ERROR"


def test_an_unknown_name_in_a_batch_has_its_own_error(client: FlaskClient) -> None:
    """An unknown name in a batch has its own request's error, and the others are served."""
    first, second = batch(client, "symbols=NOTHERE,BTC&indicators=rsi")

    assert (first["symbol"], first["error"]["code"]) == ("NOTHERE", "INVALID_SYMBOL")
    assert second["symbol"] == "BTCUSDT"
    error = failure(client, "/api/indicators?symbols=NOTHERE&indicators=rsi", 400)
    assert error["code"] == "INVALID_SYMBOL"


def test_ten_series_times_indicators_count_as_one_request(make: Make) -> None:
    """Ten series times indicators count as one request, cached or not."""
    client = make(rate_limit_enabled=True, rate_limit_default=12)

    def left(query: str) -> int:
        return int(client.get(f"/api/indicators?{query}").headers["X-RateLimit-Remaining"])

    ten = ",".join(f"sma:{period}" for period in range(2, 12))
    assert left(f"symbol=BTC&indicators={ten}") == 11
    assert left(f"symbol=BTC&indicators={ten}") == 10
    assert left(f"symbol=BTC&indicators={ten},rsi") == 8
    assert left(f"symbol=BTC&indicators={ten},rsi") == 6
    assert left(f"symbols=BTC,ETH,SOL&indicators={ten}") == 3
    error = failure(client, f"/api/indicators?symbols=BTC,ETH,SOL,XRP&indicators={ten}", 429)
    assert error["code"] == "RATE_LIMITED"


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ("symbol=BTC", "INVALID_PARAMETER", {"indicators": ["Missing data for required field."]}),
        ("indicators=rsi", "INVALID_PARAMETER", {"symbol": ["give either symbol or symbols"]}),
        (
            "symbol=BTC&symbols=ETH&indicators=rsi",
            "INVALID_PARAMETER",
            {"symbol": ["give either symbol or symbols"]},
        ),
        (
            "symbol=BTC&indicators=stochrs,rsi:1,macd:26:12,obv",
            "INVALID_INDICATOR",
            {
                "indicators": [
                    "stochrs: unknown indicator",
                    "rsi:1: period must be an integer from 2 to 500",
                    "macd:26:12: fast must be less than slow",
                ],
                "stochrs": {"didYouMean": ["stochrsi", "stoch"]},
            },
        ),
        ("symbol=BTC&indicators=ema:501", "INVALID_INDICATOR", None),
        ("symbol=BTC&indicators=", "INVALID_INDICATOR", None),
        ("symbol=BTC&indicators=%00%C3%A9", "INVALID_INDICATOR", None),
        ("symbol=FOO&indicators=rsi", "INVALID_SYMBOL", None),
        ("symbol=BTC&interval=2y&indicators=rsi", "INVALID_INTERVAL", None),
        ("symbol=BTC&limit=1001&indicators=rsi", "INVALID_PARAMETER", None),
        ("symbol=BTC&limit=0&indicators=rsi", "INVALID_PARAMETER", None),
        ("symbol=BTC&indicators=rsi&period=3", "INVALID_PARAMETER", None),
        (
            "symbols=BTC,ETH&indicators=" + ",".join(f"sma:{period}" for period in range(2, 53)),
            "INVALID_PARAMETER",
            {"indicators": ["102 with all symbols exceed 100"]},
        ),
        (
            "symbol=BTC&indicators=" + ",".join(f"sma:{period}" for period in range(2, 103)),
            "INVALID_PARAMETER",
            {"indicators": ["names more than 100"]},
        ),
    ],
)
def test_a_wrong_request_says_what_is_wrong(
    client: FlaskClient, query: str, code: str, details: Json
) -> None:
    """An invalid request has the code of its kind, and every wrong name."""
    error = failure(client, f"/api/indicators?{query}", 400)

    assert error["code"] == code
    assert details is None or error["details"] == details


def test_while_every_provider_fails_old_values_are_marked(
    make: Make, stand_in: StandIn, clock: Clock
) -> None:
    """While every provider fails, old values are marked, and without them the error has each reason."""
    client = make()
    indicators(client, "symbol=BTC&indicators=rsi")
    clock.advance(7200)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    stale = indicators(client, "symbol=BTC&indicators=rsi")

    assert stale["meta"]["stale"] is True
    assert stale["meta"]["ageSeconds"] == pytest.approx(7200, abs=1)
    assert failure(client, "/api/indicators?symbol=ETH&indicators=rsi", 503)["code"] == "PROVIDER_ERROR"


def test_the_list_has_every_indicator(client: FlaskClient) -> None:
    """The list has every indicator with its parameters, ranges, defaults, outputs and definition."""
    rows = held(IndicatorListAnswer, client.get("/api/indicators/list").json)["data"]
    rsi = next(row for row in rows if row["name"] == "rsi")

    assert [row["name"] for row in rows] == sorted(INDICATORS)
    assert set(PROMISED) <= set(INDICATORS)
    assert rsi["parameters"] == [
        {"name": "period", "default": 14, "minimum": 2, "maximum": 500, "fractional": False}
    ]
    assert rsi["outputs"] == ["rsi"]
    assert "Wilder" in rsi["definition"]


def test_an_idle_engine_loads_no_library_of_indicators() -> None:
    """An idle engine does not import numpy and TA-Lib before the first calculation."""
    code = (
        "import sys; from engine import create_app;"
        "client = create_app(cache_warming_enabled=False).test_client();"
        "assert client.get('/api/indicators/list').status_code == 200;"
        "assert not {'numpy', 'talib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, timeout=60)
