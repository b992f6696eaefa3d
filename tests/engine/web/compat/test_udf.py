"""TradingView's UDF protocol, with the requests of its charting library's adapter."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.catalogue.searching import Search
from engine.web.compat.udf._bars import Span, table
from engine.web.compat.udf._pairs import tick_scale
from engine.web.compat.udf._search import find
from providers import INTERVALS, Candle
from schemas.compat._udf_resolutions import EVERY
from schemas.compat.udf import (
    UdfConfigAnswer,
    UdfFailureAnswer,
    UdfFoundRow,
    UdfHistoryAnswer,
    UdfQuotesAnswer,
    UdfSymbolAnswer,
)
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.catalogue.markets import catalogue_of
from tests.engine.web.api.answers import Json, held
from tests.engine.web.catalogued import ask_venues, give_catalogue
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.upstreams import Fault, StandIn

HOUR = 3600
NOW = 1_795_365_630
NEWEST = NOW // HOUR * HOUR
FIRST = 1_420_416_000
"""The open time of the stand-in's market."""
RESOLUTIONS = {
    **{"1": "1m", "3": "3m", "5": "5m", "15": "15m", "30": "30m", "60": "1h", "120": "2h", "180": "3h"},
    **{"240": "4h", "360": "6h", "480": "8h", "720": "12h", "1D": "1d", "3D": "3d", "1W": "1w", "1M": "1M"},
}


def ask(client: FlaskClient, **query: Any) -> TestResponse:
    """Send the library's request for `history`; `start` and `end` are its `from` and `to`."""
    names = {"start": "from", "end": "to"}
    asked = {"symbol": "BTCUSDT", "resolution": "60"} | {
        names.get(name, name): value for name, value in query.items()
    }
    return client.get("/udf/history", query_string=asked)


def history(client: FlaskClient, **query: Any) -> Json:
    """Return the body of such an answer."""
    response = ask(client, **query)
    assert response.status_code == 200, response.text
    return held(UdfHistoryAnswer, response.json)


def failure(client: FlaskClient, **query: Any) -> str:
    """Return the message of an error."""
    response = ask(client, **query)
    assert response.status_code == 200, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return str(held(UdfFailureAnswer, response.json)["errmsg"])


def test_the_abilities_of_the_data_feed(client: FlaskClient, stand_in: StandIn) -> None:
    """The data feed has a search and a time, and no marks, without a provider."""
    config = held(UdfConfigAnswer, client.get("/udf/config").json)

    assert config["supported_resolutions"] == list(RESOLUTIONS)
    assert (config["supports_search"], config["supports_group_request"]) == (True, False)
    assert (config["supports_marks"], config["supports_timescale_marks"]) == (False, False)
    assert config["supports_time"] is True
    assert client.get("/udf/marks?symbol=BTCUSDT&from=1&to=2&resolution=60").json == []
    assert client.get("/udf/timescale_marks?symbol=BTCUSDT&from=1&to=2&resolution=60").json == []
    assert stand_in.calls.count() == 0


def test_the_time_is_plain_text_in_seconds(client: FlaskClient) -> None:
    """The time is plain text in seconds, and the library sets its clock by it."""
    response = client.get("/udf/time")

    assert response.text == str(NOW)
    assert response.mimetype == "text/plain"


@pytest.mark.parametrize("asked", ["BTCUSDT", "BINANCE:BTCUSDT", "ENGINE:BTCUSDT", "BTC/USDT", "btcusdt"])
def test_a_pair_is_resolved(client: FlaskClient, asked: str) -> None:
    """A pair is resolved with or without an exchange, and trades around the clock, in UTC."""
    symbol = held(UdfSymbolAnswer, client.get("/udf/symbols", query_string={"symbol": asked}).json)

    assert (symbol["name"], symbol["ticker"], symbol["full_name"]) == ("BTCUSDT", "BTCUSDT", "ENGINE:BTCUSDT")
    assert symbol["description"] == "Bitcoin / Tether"
    assert (symbol["session"], symbol["timezone"], symbol["type"]) == ("24x7", "Etc/UTC", "crypto")
    assert (symbol["minmov"], symbol["data_status"]) == (1, "pulsed")
    assert symbol["intraday_multipliers"] == [name for name in RESOLUTIONS if name.isdecimal()]
    assert (symbol["daily_multipliers"], symbol["monthly_multipliers"]) == (["1", "3"], ["1"])
    assert symbol["has_intraday"] is symbol["has_daily"] is symbol["has_weekly_and_monthly"] is True


@pytest.mark.parametrize(
    ("pair", "scale"), [("BTCUSDT", 100), ("ETHUSDT", 1000), ("XRPUSD", 10**6), ("PEPEUSDT", 10**10)]
)
def test_prices_are_shown_with_seven_digits(client: FlaskClient, pair: str, scale: int) -> None:
    """Prices have seven digits, with two to ten decimals."""
    assert client.get(f"/udf/symbols?symbol={pair}").get_json()["pricescale"] == scale


def test_a_pair_without_a_price_is_resolved(client: FlaskClient, stand_in: StandIn) -> None:
    """A pair without a price is resolved with the most decimals, because an error would deny the pair."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))

    assert client.get("/udf/symbols?symbol=BTCUSDT").get_json()["pricescale"] == 10**10


def test_an_unknown_pair_has_the_librarys_error(client: FlaskClient) -> None:
    """An unknown pair has status 200 with `s`, which is all that the adapter reads."""
    for path in ("/udf/symbols?symbol=FOOUSDT", "/udf/history?symbol=FOOUSDT&resolution=1D&from=1&to=2"):
        response = client.get(path)

        assert response.status_code == 200
        assert response.json == {
            "s": "error",
            "errmsg": "unknown_symbol (symbol: FOOUSDT: unknown coin or pair)",
        }


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("query=BTC&limit=30&type=&exchange=", "BTCUSDT"),
        ("query=BTCUSD&type=crypto", "BTCUSDT"),
        ("query=ETHER", "ETHUSDT"),
        ("query=POL", "MATICUSDT"),
        ("query=ENGINE:SOL&exchange=ENGINE", "SOLUSDT"),
        ("query=sol/usd", "SOLUSDT"),
    ],
)
def test_pairs_are_found_by_symbol_and_name(client: FlaskClient, query: str, first: str) -> None:
    """Pairs are found by symbol and name in any case, and by former symbols."""
    rows = held(UdfFoundRow, client.get(f"/udf/search?{query}").json, many=True)

    assert first in [row["symbol"] for row in rows][:4]
    assert all(row["ticker"] == row["symbol"] for row in rows)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("query=eth/btc", "ETH/BTC"),
        ("query=ethb", "ETH/BTC"),
        ("query=decentral", "MANA/USD"),
        ("query=币安", "币安人生/USDT"),
        ("query=neiro", "@neiro-first/USDT"),  # a code of two coins
        ("query=lunc", "LUNC/USDT"),
        ("query=BTC&exchange=kraken", "BTCUSD"),
        ("query=t&exchange=coinbase", "T/USD"),
    ],
)
def test_pairs_of_the_catalogue_are_found(client: FlaskClient, query: str, first: str) -> None:
    """Pairs of every quote are found under an unambiguous text, and an exchange limits them to its own."""
    give_catalogue(client)
    rows = held(UdfFoundRow, client.get(f"/udf/search?{query}").json, many=True)

    assert rows[0]["symbol"] == first


def test_any_pair_of_the_catalogue_is_resolved(client: FlaskClient) -> None:
    """Any pair is resolved with the step of its prices, and a code of two coins only by their ids."""
    give_catalogue(client)
    pair = held(UdfSymbolAnswer, client.get("/udf/symbols?symbol=ENGINE:ETH/BTC").json)
    other = held(UdfSymbolAnswer, client.get("/udf/symbols?symbol=@neiro-first/USDT").json)

    assert (pair["name"], pair["description"]) == ("ETH/BTC", "Ethereum / Bitcoin")
    assert (pair["minmov"], pair["pricescale"], pair["currency_code"]) == (1, 100_000, "BTC")
    assert other["description"] == "First Neiro on Ethereum / Tether"
    assert client.get("/udf/symbols?symbol=NEIRO").get_json()["errmsg"].startswith("unknown_symbol (symbol:")


def test_no_pair_without_proof_is_found(client: FlaskClient) -> None:
    """A pair without proof is found neither by its code nor by its exchange."""
    give_catalogue(client)

    assert client.get("/udf/search?query=FOO").json == []
    assert client.get("/udf/search?query=BTC&exchange=nowhere").json == []
    assert "kraken" in {row["value"] for row in client.get("/udf/config").get_json()["exchanges"]}


def test_the_most_traded_pair_comes_first() -> None:
    """Equally good matches are sorted by the dollars that all venues trade."""
    search = Search.of(catalogue_of())
    few = {"binance ETHBTC": 5.0, "binance ETHUSDT": 3.0}

    assert [it.symbol for it in find("eth", search, few, 2)] == ["ETH/BTC", "ETHUSDT"]
    assert [it.symbol for it in find("eth", search, {**few, "binance ETHUSDT": 7.0}, 1)] == ["ETHUSDT"]


@pytest.mark.parametrize(
    ("tick", "scale"), [(0.01, (1, 100)), (0.0005, (5, 10_000)), (1e-12, (1, 10**12)), (5.0, (5, 1))]
)
def test_a_step_of_prices_is_a_fraction(tick: float, scale: tuple[int, int]) -> None:
    """A step of prices is the smallest fraction with a power of ten below."""
    assert tick_scale(tick) == scale


def test_a_search_is_limited(client: FlaskClient) -> None:
    """A search has a limit, lists the best matches first, and finds nothing of other types or exchanges."""
    assert len(client.get("/udf/search?query=&limit=30").get_json()) == 30
    assert client.get("/udf/search?query=BTC&type=stock").json == []
    assert client.get("/udf/search?query=BTC&exchange=NYSE").json == []
    assert client.get("/udf/search?query=nothing").json == []
    assert [row["symbol"] for row in client.get("/udf/search?query=OP&limit=2").get_json()] == [
        "OPUSDT",
        "OPUSD",
    ]


@pytest.mark.parametrize("resolution", [name for name in RESOLUTIONS if name != "180"])
def test_bars_of_every_resolution(client: FlaskClient, stand_in: StandIn, resolution: str) -> None:
    """Every served resolution answers the first request of the library: bars up to now, in seconds."""
    interval = EVERY[RESOLUTIONS[resolution]]
    newest = interval.open_time(NOW * 1000)
    answer = history(client, resolution=resolution, start=NOW - 10, end=NOW + 60, countback=329)
    market = stand_in.market.candles("BTC", interval.code, interval.after(newest, -328), newest)

    assert answer["s"] == "ok"
    assert answer["t"] == [candle.open_ms // 1000 for candle in market]
    assert answer["o"] == [candle.open for candle in market]
    assert answer["h"] == [candle.high for candle in market]
    assert answer["l"] == [candle.low for candle in market]
    assert answer["c"] == [candle.close for candle in market]
    assert answer["v"] == pytest.approx([candle.volume for candle in market])


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("D", "1d"), ("1d", "1d"), ("W", "1w"), ("1w", "1w"), ("1h", "1h"), ("1H", "1h"), ("15m", "15m")],
)
def test_a_resolution_has_several_spellings(client: FlaskClient, spelling: str, code: str) -> None:
    """A resolution has several spellings, such as `D` of older libraries and `1h` of people."""
    first, second = history(client, resolution=spelling, end=NOW, countback=2)["t"]

    assert second - first == INTERVALS[code].length // 1000


@pytest.mark.parametrize("resolution", ["7", "2M", "1S", "", "1y"])
def test_an_unserved_resolution_is_refused(client: FlaskClient, resolution: str) -> None:
    """The error of an unserved resolution lists those that are served."""
    message = failure(client, resolution=resolution, start=1, end=NOW)

    assert f"not one of {', '.join(RESOLUTIONS)}" in message


def test_from_is_inclusive_and_to_is_exclusive(client: FlaskClient) -> None:
    """`from` is inclusive and `to` is exclusive, because the library has the bar that opens at `to`."""
    start, end = NEWEST - 20 * HOUR, NEWEST - 10 * HOUR

    assert history(client, start=start, end=end)["t"] == list(range(start, end, HOUR))
    assert history(client, start=start - 1, end=end + 1)["t"] == list(range(start, end + 1, HOUR))
    assert history(client, start=start + 1, end=end)["t"] == list(range(start + HOUR, end, HOUR))


def test_countback_wins_over_from(client: FlaskClient) -> None:
    """`countback` decides the number of bars, whether its range has more or fewer."""
    end = NEWEST - 100 * HOUR

    assert history(client, start=end - HOUR, end=end, countback=3)["t"] == [
        end - 3 * HOUR,
        end - 2 * HOUR,
        end - HOUR,
    ]
    assert history(client, start=NOW - 10 * HOUR, end=NOW, countback=2)["t"] == [NEWEST - HOUR, NEWEST]
    assert history(client, start=-5_000_000, end=end, countback=1)["t"] == [end - HOUR]


def test_an_answer_has_at_most_the_newest_thousand_bars(client: FlaskClient) -> None:
    """An answer has at most the newest thousand bars, and the library requests the earlier ones."""
    end = NEWEST - 50 * HOUR
    expected = list(range(end - 1000 * HOUR, end, HOUR))

    assert history(client, start=end - 3000 * HOUR, end=end)["t"] == expected
    assert history(client, start=0, end=end, countback=5000)["t"] == expected
    assert len(history(client, start=0, end=NOW)["t"]) == 1000


def test_a_chart_reaches_its_first_bar(client: FlaskClient) -> None:
    """Requests that each end where the last one began reach the first bar."""
    end = NOW
    times: list[int] = []
    for _ in range(10):
        answer = history(client, resolution="1W", start=end - 1, end=end, countback=150)
        if answer["s"] == "no_data":
            break
        times = answer["t"] + times
        end = times[0]

    assert answer == {"s": "no_data"}
    assert times == list(range(FIRST, times[-1] + 1, 7 * 24 * HOUR))
    assert times[-1] == INTERVALS["1w"].open_time(NOW * 1000) // 1000


def test_without_bars_the_newest_one_before_is_named(client: FlaskClient) -> None:
    """A request without bars names the newest one before it, except before the first bar."""
    day = NOW // 86_400 * 86_400

    assert history(client, resolution="1D", start=day - 7200, end=day - 3600) == {
        "s": "no_data",
        "nextTime": day - 86_400,
    }
    assert history(client, start=NOW + 5 * HOUR, end=NOW + 9 * HOUR) == {"s": "no_data", "nextTime": NEWEST}
    assert history(client, start=FIRST - 50 * HOUR, end=FIRST - 10 * HOUR) == {"s": "no_data"}


@pytest.mark.parametrize("resolution", ["1", "1W"])
@pytest.mark.parametrize("end", [-9_999_999_999, 0, 1])
def test_no_provider_is_called_for_impossible_times(
    client: FlaskClient, stand_in: StandIn, resolution: str, end: int
) -> None:
    """Impossible times call no provider, because its refusal would open its circuit."""
    assert history(client, resolution=resolution, start=-5, end=end, countback=300) == {"s": "no_data"}
    assert stand_in.calls.count() > 0
    assert not [call.query for call in stand_in.calls if "=-" in call.query]


def test_a_gap_is_neither_invented_nor_hidden(make: Make, stand_in: StandIn) -> None:
    """The bars of a gap are missing, and a header has the first and the last one."""
    stand_in.fault("binance", Fault("gap", count=3))
    response = ask(make(providers_candles=("binance",)), end=NOW, countback=100)
    first, last = (int(time) for time in response.headers["X-Data-Gaps"].split("-"))

    assert last - first == 2 * HOUR * 1000
    assert not set(range(first // 1000, last // 1000 + 1, HOUR)) & set(response.get_json()["t"])


def test_a_coin_with_few_bars_is_drawn(make: Make) -> None:
    """A coin with few bars is served, because a chart needs fewer than a signal."""
    answer = history(make(providers_candles=("coinbase",)), resolution="1W", end=NOW, countback=300)

    assert answer["s"] == "ok"
    assert 0 < len(answer["t"]) < 50


def test_unknown_volumes_are_left_out(make: Make) -> None:
    """Without volumes, as from CoinGecko, the column is omitted."""
    answer = history(make(providers_candles=("coingecko",)), resolution="240", end=NOW, countback=50)

    assert set(answer) == {"s", "t", "o", "h", "l", "c"}


def test_headers_have_the_provider_and_the_age(client: FlaskClient, clock: Clock, stand_in: StandIn) -> None:
    """Headers have the provider and the age, because the protocol has no fields for these."""
    stand_in.fault("binance", Fault("status", status=451))
    fresh = ask(client, resolution="15", end=NOW, countback=10)
    clock.advance(20)
    kept = ask(client, resolution="15", end=NOW, countback=10)

    assert (fresh.headers["X-Data-Source"], fresh.headers["X-Data-Quote"]) == ("kraken", "USDT")
    assert fresh.headers["Cache-Status"] == "engine; fwd=miss"
    assert (kept.headers["Age"], kept.headers["Cache-Status"]) == ("20", "engine; hit; ttl=55")


def test_a_bar_that_opens_meanwhile_is_left_out() -> None:
    """A bar that opens between the request and the answer is omitted."""
    rows = [Candle(number * HOUR * 1000, 2.0, 3.0, 1.0, 2.0, 5.0) for number in range(5)]
    span = Span.of(INTERVALS["1h"], None, 4 * HOUR * 1000, 2, 3 * HOUR * 1000)

    assert table(rows, span)["t"] == [2 * HOUR, 3 * HOUR]


def test_charts_on_other_sites_may_call(client: FlaskClient) -> None:
    """Charts on other sites may call, and may read the headers, also of refusals."""
    site = {"Origin": "https://charts.example"}
    for path in ("/udf/history?symbol=BTCUSDT&resolution=60&countback=2", "/udf/nothing"):
        headers = client.get(path, headers=site).headers

        assert headers["Access-Control-Allow-Origin"] in ("*", "https://charts.example")
        assert "X-Data-Source" in headers["Access-Control-Expose-Headers"]


def test_polling_makes_no_calls(client: FlaskClient, clock: Clock, stand_in: StandIn) -> None:
    """The library's polling every ten seconds makes no calls."""
    for _ in range(5):
        history(client, start=int(clock()) - 10 * HOUR, end=int(clock()), countback=2)
        clock.advance(10)

    assert stand_in.calls.count() == 1


def test_all_providers_down_is_an_error_in_the_body(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the body has the error with the reasons, and is not cached."""
    for name in CANDLES:
        stand_in.fault(name, Fault("status", status=500))

    assert "binance: HTTP 500" in failure(client, end=NOW, countback=300)


def test_stale_bars_are_served_for_two_intervals(
    client: FlaskClient, clock: Clock, stand_in: StandIn
) -> None:
    """Stale bars are served for two intervals with their age, and then are an error."""
    before = history(client, end=int(clock()), countback=300)
    for name in CANDLES:
        stand_in.fault(name, Fault("reset"))
    clock.advance(2 * HOUR)
    stale = ask(client, end=int(clock()), countback=300)
    clock.advance(1)
    outdated = failure(client, end=int(clock()), countback=300)

    assert stale.json == before
    assert stale.headers["Age"] == "7200"
    assert stale.headers["Cache-Status"].endswith("detail=stale")
    assert outdated == "All data providers are currently unavailable; the cached data is 7201 seconds old"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"start": "soon", "end": NOW}, "from: "),
        ({"start": 1, "end": 1_795_365_630_000}, "to: "),
        ({"end": NOW}, "from: is required unless countback is present"),
        ({"end": NOW, "countback": "-1"}, "countback: "),
        ({"resolution": "60 ", "end": NOW, "countback": 1}, "resolution: "),
    ],
)
def test_an_invalid_parameter_is_named(client: FlaskClient, query: dict[str, Any], named: str) -> None:
    """The error for an invalid parameter has the protocol's name of it."""
    assert named in failure(client, **query)


def test_unknown_parameters_are_ignored(client: FlaskClient) -> None:
    """Unknown parameters are ignored, because the library sends some with certain symbols."""
    assert history(client, end=NOW, countback=2, currencyCode="USD", unitId="kg", firstDataRequest="true")


def test_a_refusal_has_the_protocols_format(make: Make) -> None:
    """A refusal has the protocol's format with the status and the wait that any client reads."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=1)
    ask(client, end=NOW, countback=2)
    response = ask(client, end=NOW, countback=2)

    assert response.status_code == 429
    assert response.json == {"s": "error", "errmsg": "Too many requests"}
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["X-RateLimit-Limit"] == "1"


def test_unknown_paths_and_methods(client: FlaskClient) -> None:
    """The error for an unknown path or method has the protocol's format and HTTP's status."""
    nothing, post = client.get("/udf/nothing"), client.post("/udf/history")

    assert (nothing.status_code, nothing.get_json()["s"]) == (404, "error")
    assert (post.status_code, post.get_json()["s"]) == (405, "error")
    assert client.get("/udf/config/").status_code == 200


def test_it_is_documented() -> None:
    """The OpenAPI document has the protocol's names of parameters."""
    paths = own_document().paths
    named = {each["name"] for each in paths["/udf/history"]["get"]["parameters"]}

    assert named == {"symbol", "resolution", "from", "to", "countback"}
    assert {path for path in paths if path.startswith("/udf")} == {
        f"/udf/{name}"
        for name in ("config", "time", "marks", "timescale_marks", "search", "symbols", "history", "quotes")
    }


def test_bars_of_three_hours_are_made_of_hours(client: FlaskClient) -> None:
    """Bars of 180 minutes follow exactly from those of an hour, at the same times."""
    hours = history(client, countback=300, end=NOW)
    bars = history(client, resolution="180", countback=20, end=NOW)
    high = dict(zip(hours["t"], hours["h"], strict=True))
    closes = dict(zip(hours["t"], hours["c"], strict=True))

    assert len(bars["t"]) == 20
    for time, most, close in zip(bars["t"][:-1], bars["h"], bars["c"], strict=False):
        assert time % (3 * HOUR) == 0
        assert most == max(high[time + place * HOUR] for place in range(3))
        assert close == closes[time + 2 * HOUR]


@pytest.mark.parametrize("listed", [False, True])
def test_quotes(client: FlaskClient, listed: bool) -> None:
    """A quote has the price and its change, of an exchange's ticker also its day; others are errors."""
    if listed:
        ask_venues(client)
    response = client.get("/udf/quotes?symbols=BINANCE:BTCUSDT,FOOBAR,ETH/USDT")
    rows = held(UdfQuotesAnswer, response.json)["d"]
    first, unknown, second = rows

    assert [row["n"] for row in rows] == ["BINANCE:BTCUSDT", "FOOBAR", "ETH/USDT"]
    assert (first["s"], second["s"]) == ("ok", "ok")
    assert (unknown["s"], unknown["errmsg"]) == ("error", "unknown_symbol")
    values = first["v"]
    assert values["short_name"] == "BTCUSDT"
    assert values["lp"] == pytest.approx(values["prev_close_price"] + values["ch"])
    if listed:
        assert values["low_price"] <= values["lp"] <= values["high_price"]
        assert values["bid"] < values["ask"]
        assert response.headers["X-Data-Source"] == "binance"
