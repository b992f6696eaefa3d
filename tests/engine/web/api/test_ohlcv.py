"""`GET /api/ohlcv`."""

import re
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from providers import INTERVALS
from tests.clock import Clock
from tests.engine.web.api.answers import Json, failure, ohlcv
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES, DOLLARS_ONLY
from tests.upstreams import Fault, Market, StandIn
from tests.waiting import at_leisure, eventually

HOUR = 3_600_000
NOW = 1_795_365_630_000
NEWEST = NOW // HOUR * HOUR


def rows(stand_in: StandIn, interval: str, first: int, last: int, code: str = "BTC") -> list[Json]:
    """Return the market's candles, as they should be sent."""
    return [
        {
            "timestamp": candle.open_ms,
            "open": candle.open,
            "high": candle.high,
            "low": candle.low,
            "close": candle.close,
            "volume": pytest.approx(candle.volume),
        }
        for candle in stand_in.market.candles(code, interval, first, last)
    ]


def test_a_window_has_candles_that_the_newest_answer_had_no_room_for(make: Make, stand_in: StandIn) -> None:
    """OKX sends 300 of 1000 requested candles at once. A later window still has all of its candles."""
    client = make(providers_candles=("okx",))
    assert ohlcv(client, "symbol=BTC&limit=1000")["count"] == 300
    first, last = NEWEST - 400 * HOUR, NEWEST - 250 * HOUR
    answer = ohlcv(client, f"symbol=BTC&limit=200&startTime={first}&endTime={last}")

    assert answer["data"] == rows(stand_in, "1h", first, last)


def test_the_newest_candles(client: FlaskClient, stand_in: StandIn) -> None:
    """By default a hundred hours from Binance are served, exactly as it sent them."""
    answer = ohlcv(client, "symbol=BTC")

    assert answer["data"] == rows(stand_in, "1h", NEWEST - 99 * HOUR, NEWEST)
    assert answer["symbol"] == "BTCUSDT"
    assert answer["interval"] == "1h"
    assert answer["count"] == 100
    assert answer["source"] == "binance"
    assert answer["meta"]["quote"] == "USDT"
    assert answer["meta"]["gaps"] == []
    assert answer["meta"]["lastCandleClosed"] is False
    assert [(each["provider"], each["outcome"]) for each in answer["meta"]["attempts"]] == [("binance", "ok")]


@pytest.mark.parametrize("interval", list(INTERVALS))
@pytest.mark.parametrize("limit", [50, 1000])
def test_every_interval_and_limit(client: FlaskClient, interval: str, limit: int) -> None:
    """Candles of every interval and limit are aligned, ascending and complete."""
    answer = ohlcv(client, f"symbol=ETH&interval={interval}&limit={limit}")
    times = [row["timestamp"] for row in answer["data"]]
    length = INTERVALS[interval]

    assert answer["count"] == len(times) == min(limit, len(times))
    assert len(times) >= 50
    assert times == [length.after(times[0], place) for place in range(len(times))]
    assert times[-1] == INTERVALS[interval].open_time(NOW)


@pytest.mark.parametrize("down", range(1, len(CANDLES) + 1))
def test_every_provider_gives_the_same_candles(make: Make, stand_in: StandIn, down: int) -> None:
    """Every provider gives the same candles when those before it fail, and each failed attempt is listed."""
    client = make()
    for name in CANDLES[:down]:
        stand_in.fault(name, Fault("status", status=500))
    if down == len(CANDLES):
        assert failure(client, "/api/ohlcv?symbol=BTC", 503)["code"] == "PROVIDER_ERROR"
        return
    answer = ohlcv(client, "symbol=BTC")
    dollars = answer["meta"]["quote"] == "USD"

    assert answer["source"] == CANDLES[down]
    assert [each["outcome"] for each in answer["meta"]["attempts"]] == ["HTTP 500"] * down + ["ok"]
    assert dollars == (CANDLES[down] in DOLLARS_ONLY)
    expected = rows(stand_in, "1h", NEWEST - 99 * HOUR, NEWEST)
    if not dollars:
        assert answer["data"] == expected
    assert [row["timestamp"] for row in answer["data"]] == [row["timestamp"] for row in expected]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("status", status=403), "HTTP 403"),
        (Fault("status", status=429, headers={"Retry-After": "30"}), "Rate limited"),
        (Fault("status", status=451), "Region blocked"),
        (Fault("reset"), "Connection failed"),
        (Fault("cut"), "Connection failed"),
        (Fault("html"), "Bad data"),
        (Fault("cut_json"), "Bad data"),
        (Fault("empty"), "Bad data"),
        (Fault("old", days=3), "Bad data"),
        (Fault("nan"), "Bad data"),
        (Fault("negative_volume"), "Bad data"),
        (Fault("high_below_low"), "Bad data"),
        (Fault("unsorted"), "Bad data"),
        (Fault("doubled"), "Bad data"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
def test_an_invalid_answer_is_a_failure_and_the_next_one_is_called(
    client: FlaskClient, stand_in: StandIn, fault: Fault, reason: str
) -> None:
    """Kraken answers for any fault of Binance, and the invalid data is not cached."""
    stand_in.fault("binance", fault)
    answer = ohlcv(client, "symbol=BTC&limit=60")

    assert answer["source"] == "kraken"
    assert answer["data"] == rows(stand_in, "1h", NEWEST - 59 * HOUR, NEWEST)
    assert [each["outcome"] for each in answer["meta"]["attempts"]] == [reason, "ok"]


def test_a_slow_provider_is_hedged(make: Make, stand_in: StandIn) -> None:
    """After the first provider's usual latency, the next one is called as well."""
    stand_in.fault("binance", Fault("hang"))

    hedging = {"hedge_min_seconds": 0.3, "hedge_max_seconds": 1.0}
    source = at_leisure(
        lambda: ohlcv(make(**hedging), "symbol=BTC")["source"], lambda source: source == "kraken"
    )

    assert source == "kraken"


def test_all_providers_down_is_an_error_with_reasons(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the error has a reason for each, including those that lack the candles."""
    for name in {*CANDLES, "coingecko"} - {"bybit"}:
        stand_in.fault(name, Fault("status", status=500))
    stand_in.fault("bybit", Fault("status", status=429, headers={"Retry-After": "7"}))
    error = failure(client, "/api/ohlcv?symbol=BTC", 503)

    assert error["code"] == "PROVIDER_ERROR"
    assert error["retryAfter"] == 7
    assert error["details"] == {
        **dict.fromkeys(CANDLES, "HTTP 500"),
        "bybit": "Rate limited",
        "coingecko": "Unsupported",
    }


def test_stale_candles_are_served_and_marked_if_all_providers_fail(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """The last answer is served as stale, with its age."""
    before = ohlcv(client, "symbol=BTC&interval=1m&limit=50")
    for name in CANDLES:
        stand_in.fault(name, Fault("reset"))
    clock.advance(600)
    after = ohlcv(client, "symbol=BTC&interval=1m&limit=50")

    assert after["data"] == before["data"]
    assert after["meta"]["stale"] is True
    assert after["meta"]["ageSeconds"] == 600


def test_a_fresh_answer_needs_no_call(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """An answer is fresh for a twelfth of its interval."""
    ohlcv(client, "symbol=BTC&interval=15m")
    clock.advance(74)
    again = ohlcv(client, "symbol=btc-usdt&interval=15m")
    assert again["meta"]["ageSeconds"] == 74
    assert stand_in.calls.count("binance") == 1

    clock.advance(1)
    old = ohlcv(client, "symbol=BTC&interval=15m")
    assert old["meta"]["stale"] is True
    eventually(lambda: ohlcv(client, "symbol=BTC&interval=15m")["meta"]["stale"] is False)
    assert stand_in.calls.count("binance") == 2


def test_a_new_candle_ends_freshness(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """An answer is stale when its forming candle closes."""
    clock.advance(HOUR / 1000 - clock() % 3600 - 10)
    first = ohlcv(client, "symbol=BTC")
    clock.advance(10)
    ohlcv(client, "symbol=BTC")

    eventually(
        lambda: ohlcv(client, "symbol=BTC")["data"][-1]["timestamp"] == first["data"][-1]["timestamp"] + HOUR
    )


def test_closed_only_leaves_out_the_forming_candle(client: FlaskClient, stand_in: StandIn) -> None:
    """`closedOnly` gives as many closed candles as requested."""
    answer = ohlcv(client, "symbol=BTC&limit=1000&closedOnly=true")

    assert answer["count"] == 1000
    assert answer["data"][-1]["timestamp"] == NEWEST - HOUR
    assert answer["meta"]["lastCandleClosed"] is True


@pytest.mark.parametrize("source", CANDLES)
def test_windows_are_the_same_at_every_provider(make: Make, stand_in: StandIn, source: str) -> None:
    """Windows include both ends, begin with the oldest candle if they have a start, and agree everywhere."""
    client = make(providers_candles=(source,))
    start, end = NEWEST - 200 * HOUR, NEWEST - 100 * HOUR

    def times(query: str) -> list[int]:
        answer = ohlcv(client, f"symbol=BTC&limit=60&{query}")
        assert answer["source"] == source
        return [row["timestamp"] for row in answer["data"]]

    assert times(f"startTime={start}") == list(range(start, start + 60 * HOUR, HOUR))
    assert times(f"endTime={end}") == list(range(end - 59 * HOUR, end + 1, HOUR))
    assert times(f"startTime={start}&endTime={end}") == list(range(start, start + 60 * HOUR, HOUR))
    assert times(f"startTime={end}&endTime={end + 2 * HOUR}") == [end, end + HOUR, end + 2 * HOUR]
    assert times(f"startTime={end + 1}&endTime={end + 2 * HOUR - 1}") == [end + HOUR]
    assert times(f"startTime={end}&endTime={end}") == [end]


def test_a_window_in_the_past_is_final(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A window of the past never changes and is cached for a day."""
    query = f"symbol=BTC&limit=50&endTime={NEWEST - 100 * HOUR}"
    ohlcv(client, query)
    clock.advance(86_399)

    assert ohlcv(client, query)["meta"]["stale"] is False
    assert stand_in.calls.count() == 1


@pytest.mark.parametrize("symbol", ["BTC&source=binance", "BTC/USDT:binance"])
def test_an_empty_answer_is_a_gap_that_is_asked_for_again(
    client: FlaskClient, stand_in: StandIn, clock: Clock, symbol: str
) -> None:
    """A provider that sends no candle of a window may have them a minute later."""
    first, last = NEWEST - 299 * HOUR, NEWEST - 200 * HOUR
    query = f"symbol={symbol}&limit=100&startTime={first}&endTime={last}"
    stand_in.fault("binance", Fault("empty", path="klines"))
    empty = ohlcv(client, query)
    stand_in.heal()
    clock.advance(120)
    healed = ohlcv(client, query)

    assert (empty["count"], empty["meta"]["gaps"]) == (0, [[first, last]])
    assert empty["meta"]["gapReasons"] == ["unknown"]
    assert (healed["count"], healed["meta"]["gaps"], healed["meta"]["stale"]) == (100, [], False)


@pytest.mark.parametrize(("kept", "gap"), [(slice(0, 60), (60, 99)), (slice(40, 100), (0, 39))])
def test_what_lacks_at_an_end_of_a_range_is_a_gap(
    client: FlaskClient, stand_in: StandIn, clock: Clock, kept: slice, gap: tuple[int, int]
) -> None:
    """A provider that sends a part of a range may have the rest hours later."""
    first, last = NEWEST - 299 * HOUR, NEWEST - 200 * HOUR
    query = f"symbol=BTC&source=binance&limit=100&startTime={first}&endTime={last}"
    rows = requests.get(
        f"{stand_in.base_urls()['BINANCE_BASE_URL']}/api/v3/klines",
        {
            "symbol": "BTCUSDT",
            "interval": "1h",
            "startTime": f"{first}",
            "endTime": f"{last}",
            "limit": "100",
        },
        timeout=10,
    ).json()
    stand_in.fault("binance", Fault("status", status=200, body=rows[kept], path="klines"))
    part = ohlcv(client, query)
    stand_in.heal()
    clock.advance(7201)
    healed = ohlcv(client, query)

    assert part["count"] == 60
    assert part["meta"]["gaps"] == [[first + gap[0] * HOUR, first + gap[1] * HOUR]]
    assert part["meta"]["gapReasons"] == ["unknown"]
    assert (healed["count"], healed["meta"]["gaps"]) == (100, [])


def test_an_empty_answer_of_all_providers_is_final(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """No provider is asked again for what none of several has."""
    first, last = NEWEST - 299 * HOUR, NEWEST - 200 * HOUR
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("empty"))
    query = f"symbol=BTC&interval=1m&limit=100&startTime={first}&endTime={last}"
    empty = ohlcv(client, query)
    calls = stand_in.calls.count()
    clock.advance(3600)

    assert (empty["count"], len(empty["meta"]["attempts"]) > 1) == (0, True)
    assert ohlcv(client, query)["data"] == []
    assert stand_in.calls.count() == calls


def test_an_empty_window_that_goes_on_is_asked_for_again(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A minute in which no provider has a trade yet may have one in some seconds."""
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("empty"))
    query = f"symbol=BTC&interval=1m&limit=100&startTime={NOW // 60_000 * 60_000}"
    empty = ohlcv(client, query)
    stand_in.heal()
    clock.advance(15)

    assert empty["count"] == 0
    assert ohlcv(client, query)["count"] == 1


def test_a_window_without_an_open_time_is_empty(client: FlaskClient, stand_in: StandIn) -> None:
    """Between two open times, or in the future, no provider is called."""
    between = f"startTime={NEWEST - HOUR + 1}&endTime={NEWEST - 1}"
    for window in (between, f"startTime={NOW + 10 * HOUR}"):
        answer = ohlcv(client, f"symbol=BTC&{window}")
        assert (answer["data"], answer["count"], answer["source"]) == ([], 0, None)
    assert stand_in.calls.count() == 0


def test_gaps_are_reported(make: Make, stand_in: StandIn) -> None:
    """Candles that no provider has are listed as gaps, and are neither invented nor hidden."""
    client = make(providers_candles=("binance",))
    stand_in.fault("binance", Fault("gap", count=3))
    answer = ohlcv(client, "symbol=BTC&limit=100")
    times = [row["timestamp"] for row in answer["data"]]
    ((first, last),) = answer["meta"]["gaps"]

    assert last - first == 2 * HOUR
    assert set(times) | set(range(first, last + 1, HOUR)) == set(range(times[0], times[-1] + 1, HOUR))


def test_gaps_are_filled_by_the_next_provider(client: FlaskClient, stand_in: StandIn) -> None:
    """Each filled candle is listed with its provider, after one call for all answers."""
    stand_in.fault("binance", Fault("gap", count=3))
    answer = ohlcv(client, "symbol=BTC&limit=100")

    assert answer["data"] == rows(stand_in, "1h", NEWEST - 99 * HOUR, NEWEST)
    assert answer["meta"]["gaps"] == []
    assert [fill["provider"] for fill in answer["meta"]["filled"]] == ["kraken"] * 3
    assert ohlcv(client, "symbol=BTC&limit=60")["count"] == 60
    assert stand_in.calls.count("kraken") == 1


def test_a_dollar_market_that_stands_in_is_named(make: Make, stand_in: StandIn) -> None:
    """A dollar market that replaces a USDT market is named, as Kraken's for XLM."""
    answer = ohlcv(make(providers_candles=("kraken",)), "symbol=XLMUSDT")

    assert answer["symbol"] == "XLMUSDT"
    assert answer["meta"]["quote"] == "USD"


def test_a_request_for_dollars_prefers_dollar_markets(client: FlaskClient) -> None:
    """A request for dollars prefers dollar markets, and the answer's quote is USD."""
    answer = ohlcv(client, "symbol=BTC-USD")

    assert (answer["symbol"], answer["source"], answer["meta"]["quote"]) == ("BTCUSD", "kraken", "USD")


@pytest.mark.parametrize("name", ["MATIC", "POL", "TON", "GRAM"])
def test_either_name_of_a_renamed_coin(client: FlaskClient, name: str) -> None:
    """Either name of a renamed coin is accepted, and the answer repeats it."""
    assert ohlcv(client, f"symbol={name}")["symbol"] == f"{name}USDT"


def test_history_from_before_a_renaming(make: Make, stand_in: StandIn) -> None:
    """Binance has the candles of MATIC under that name up to its last day, and then those of POL."""
    client = make(providers_candles=("binance",))
    day = 86_400_000
    answer = ohlcv(client, "symbol=POL&interval=1d&limit=100&startTime=1719792000")
    later = ohlcv(client, "symbol=MATIC&interval=1d&limit=50&startTime=1726185600")

    assert answer["data"][0]["timestamp"] == 1_719_792_000_000
    days = [row["timestamp"] for row in answer["data"]]
    renamed = 1_725_937_200_000 // day * day
    assert days[days.index(renamed) + 1] == 1_726_185_600_000
    assert answer["meta"]["gaps"] == [[renamed + day, renamed + 2 * day]]
    assert answer["count"] == 100
    assert later["data"][0]["timestamp"] == 1_726_185_600_000
    assert later["count"] == 50


def test_newest_candles_have_all_names_and_cut_no_later_range(make: Make, stand_in: StandIn) -> None:
    """The newest days of a renamed coin begin before its new name, and ranges that they serve are whole."""
    client = make(providers_candles=("binance",))
    newest = ohlcv(client, "symbol=TON&interval=1d&limit=1000")
    june, august = 1_780_272_000, 1_788_134_400
    window = ohlcv(client, f"symbol=TON&interval=1d&startTime={june}&endTime={august}&limit=200")

    assert newest["count"] == 1000
    assert window["data"][0]["timestamp"] == june * 1000
    assert window["count"] == (august - june) // 86_400 + 1
    assert window["meta"]["gaps"] == []


def test_four_hours_without_volume(make: Make, stand_in: StandIn) -> None:
    """CoinGecko's candles have null as volume, and its close times become open times."""
    answer = ohlcv(make(providers_candles=("coingecko",)), "symbol=BTC&interval=4h&limit=50")

    assert {row["volume"] for row in answer["data"]} == {None}
    assert answer["data"][-1]["timestamp"] == INTERVALS["4h"].open_time(NOW)


@pytest.mark.parametrize(("interval", "small"), [("4h", "1h"), ("1w", "1d")])
def test_resampled_candles_are_exact(make: Make, stand_in: StandIn, interval: str, small: str) -> None:
    """A resampled candle is exact, and the answer names the smaller interval."""
    source = {"4h": "coinbase", "1w": "kucoin"}[interval]
    answer = ohlcv(make(providers_candles=(source,)), f"symbol=BTC&interval={interval}&limit=50")
    times = [row["timestamp"] for row in answer["data"]]

    assert answer["meta"]["resampledFrom"] == small
    if source == "kucoin":
        assert answer["data"] == rows(stand_in, interval, times[0], times[-1])
    assert len(times) == 50
    assert times[-1] == INTERVALS[interval].open_time(NOW)


@pytest.mark.parametrize("interval", ["3d", "1w", "1M"])
def test_a_young_coin_has_few_candles(
    make: Make, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, interval: str
) -> None:
    """If a coin has few candles, all of them are served, and the answer is marked."""
    length = INTERVALS[interval]
    begun = length.after(length.open_time(NOW), -19)
    every = Market.candles

    def since(market: Market, *bounds: Any) -> list[Any]:
        return [row for row in every(market, *bounds) if row.open_ms >= begun]

    monkeypatch.setattr(Market, "candles", since)
    client = make(providers_candles=("binance", "okx", "kraken"))
    answer = ohlcv(client, f"symbol=ETH&interval={interval}")

    assert [row["timestamp"] for row in answer["data"]] == [length.after(begun, place) for place in range(20)]
    assert answer["source"] == "binance"
    assert answer["meta"]["short"] is True
    assert {each["outcome"] for each in answer["meta"]["attempts"]} == {"ok"}
    assert stand_in.calls.count() == 3


def test_a_refresh_of_few_candles_asks_their_provider_only(
    make: Make, stand_in: StandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh of few candles calls their provider only, because no other had more."""
    month = INTERVALS["1M"]
    begun = month.after(month.open_time(NOW), -19)
    every = Market.candles

    def since(market: Market, *bounds: Any) -> list[Any]:
        return [row for row in every(market, *bounds) if row.open_ms >= begun]

    monkeypatch.setattr(Market, "candles", since)
    client = make(providers_candles=("binance", "okx", "kraken"))
    ohlcv(client, "symbol=ETH&interval=1M")
    clock.advance(2000)
    answer = ohlcv(client, "symbol=ETH&interval=1M")

    assert answer["count"] == 20
    assert stand_in.calls.count("binance") == 2
    assert stand_in.calls.count() == 4


def test_a_provider_that_has_sent_too_few_candles_is_asked_for_all_again(
    make: Make, stand_in: StandIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Candles that are missing at the beginning come within an hour, and without a restart."""
    every, few = Market.candles, INTERVALS["1h"].after(INTERVALS["1h"].open_time(NOW), -59)

    def since(market: Market, *bounds: Any) -> list[Any]:
        return [row for row in every(market, *bounds) if row.open_ms >= few]

    client = make(providers_candles=("binance",))
    with monkeypatch.context() as short:
        short.setattr(Market, "candles", since)
        assert ohlcv(client, "symbol=ETH&limit=200")["count"] == 60
    clock.advance(1800)
    assert ohlcv(client, "symbol=ETH&limit=200")["count"] == 61
    clock.advance(1800)

    assert ohlcv(client, "symbol=ETH&limit=200")["count"] == 200


def test_few_candles_of_other_intervals_are_an_error(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer candles than a signal needs are an error, unless they are days of a young market."""
    begun = INTERVALS["1d"].after(INTERVALS["1d"].open_time(NOW), -19)
    every = Market.candles
    monkeypatch.setattr(
        Market, "candles", lambda *them: [row for row in every(*them) if row.open_ms >= begun]
    )
    error = failure(make(providers_candles=("binance",)), "/api/ohlcv?symbol=ETH&interval=1d", 422)

    assert error["details"] == {"available": 20, "required": 50}


@pytest.mark.parametrize("source", ["kraken", "okx"])
def test_one_source_is_asked_and_no_other(client: FlaskClient, stand_in: StandIn, source: str) -> None:
    """A client may choose a provider, whose candles are cached beside those of the usual one."""
    usual = ohlcv(client, "symbol=BTC&limit=50")
    chosen = ohlcv(client, f"symbol=BTC&limit=50&source={source}")

    assert usual["source"] == "binance"
    assert chosen["source"] == source
    assert [each["provider"] for each in chosen["meta"]["attempts"]] == [source]
    assert ohlcv(client, "symbol=BTC&limit=50")["source"] == "binance"
    assert (stand_in.calls.count(source), stand_in.calls.count()) == (1, 2)


def test_no_other_source_replaces_the_one_that_was_asked_for(client: FlaskClient, stand_in: StandIn) -> None:
    """A failure of the chosen provider is the answer, and the details name it alone."""
    stand_in.fault("kraken", Fault("status", status=500))
    error = failure(client, "/api/ohlcv?symbol=BTC&source=kraken", 503)

    assert error["details"] == {"kraken": "HTTP 500"}
    assert stand_in.calls.count("binance") == 0


def test_a_source_that_lacks_the_candles_is_not_called(client: FlaskClient, stand_in: StandIn) -> None:
    """A chosen provider without the candles is not called, such as CoinGecko for hours."""
    error = failure(client, "/api/ohlcv?symbol=BTC&source=coingecko", 503)

    assert error["details"] == {"coingecko": "Unsupported"}
    assert stand_in.calls.count() == 0


def test_an_unknown_source_lists_the_known_ones(make: Make) -> None:
    """The error for an unknown provider lists those of candles, and for a disabled one the enabled ones."""
    unknown = failure(make(), "/api/ohlcv?symbol=BTC&source=mtgox", 400)
    idle = failure(make(providers_candles=("kraken", "okx")), "/api/ohlcv?symbol=BTC&source=binance", 400)

    assert unknown["code"] == idle["code"] == "INVALID_PARAMETER"
    assert all(name in unknown["details"]["source"][0] for name in CANDLES)
    assert idle["details"]["source"] == ["Not enabled here. Enabled are: kraken, okx."]


@pytest.mark.parametrize(
    ("source", "figures"),
    [
        ("binance", (True, True)),
        ("kraken", (False, True)),
        ("gate", (True, False)),
        ("coinbase", (False, False)),
    ],
)
def test_all_fields_have_what_the_source_sends(
    client: FlaskClient, stand_in: StandIn, source: str, figures: tuple[bool, bool]
) -> None:
    """A volume in the quote currency and a number of trades are null where a provider has none."""
    rows = ohlcv(client, f"symbol=BTC&limit=50&fields=all&source={source}")["data"]

    assert {(row["quoteVolume"] is not None, row["trades"] is not None) for row in rows} == {figures}
    if source == "binance":
        sent = stand_in.market.candles("BTC", "1h", NEWEST - 49 * HOUR, NEWEST)
        assert [row["trades"] for row in rows] == [candle.trades for candle in sent]
        assert [row["quoteVolume"] for row in rows] == [candle.quote_volume for candle in sent]


def test_other_clients_do_not_get_all_fields(client: FlaskClient) -> None:
    """The usual row keeps its fields, and a table has the requested figures."""
    ohlcv(client, "symbol=BTC&limit=50&fields=all")
    table = client.get("/api/ohlcv.csv?symbol=BTC&limit=50&fields=all").text

    assert set(ohlcv(client, "symbol=BTC&limit=50")["data"][0]) == {
        *("timestamp", "open", "high", "low", "close", "volume")
    }
    assert table.startswith("timestamp,open,high,low,close,volume,quoteVolume,trades\r\n")


def test_resampled_candles_have_all_fields(client: FlaskClient) -> None:
    """The volumes and trades of a resampled candle are the sums of its parts."""
    query = "symbol=BTC&limit=50&fields=all&source=gate&interval="
    whole = ohlcv(client, f"{query}12h")["data"][-2]
    opened = whole["timestamp"]
    small = ohlcv(client, f"{query}4h")["data"]
    parts = [row for row in small if opened <= row["timestamp"] < opened + 12 * HOUR]

    assert len(parts) == 3
    assert whole["quoteVolume"] == pytest.approx(sum(part["quoteVolume"] for part in parts))
    assert whole["trades"] is None


def test_too_few_candles_are_an_error(make: Make, stand_in: StandIn) -> None:
    """Fewer candles than a signal needs are an error."""
    error = failure(make(providers_candles=("coinbase",)), "/api/ohlcv?symbol=BTC&interval=1w", 422)

    assert error["code"] == "INSUFFICIENT_DATA"
    assert error["details"] == {"available": 42, "required": 50}


def test_the_path_and_the_alias_are_the_same_resource(client: FlaskClient, stand_in: StandIn) -> None:
    """`/api/ohlcv/BTC?timeframe=` equals `?symbol=BTC&interval=`."""
    by_path = client.get("/api/ohlcv/btc?timeframe=4h&limit=50").json
    by_query = client.get("/api/ohlcv?symbol=BTC&interval=4h&limit=50").json

    assert by_path == by_query
    assert stand_in.calls.count() == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "INVALID_PARAMETER"),
        ("symbol=FOO", "INVALID_SYMBOL"),
        ("symbol=BTCEUR", "INVALID_SYMBOL"),
        ("symbol=", "INVALID_SYMBOL"),
        ("symbol=" + "A" * 10_000, "INVALID_SYMBOL"),
        ("symbol=%C3%A9", "INVALID_SYMBOL"),
        ("symbol=%FF%FE", "INVALID_SYMBOL"),
        ("symbol=BTC%00", "INVALID_SYMBOL"),
        ("symbol=BTC%0d%0aX", "INVALID_SYMBOL"),
        ("symbol=BTC&symbol=ETH", "INVALID_PARAMETER"),
        ("symbol=BTC&symbol=BTC", "INVALID_PARAMETER"),
        ("symbol=BTC&interval=7h", "INVALID_INTERVAL"),
        ("symbol=BTC&timeframe=7h", "INVALID_INTERVAL"),
        ("timeframe=1h", "INVALID_PARAMETER"),
        ("symbol=BTC-", "INVALID_SYMBOL"),
        ("symbol=BTC&limit=0", "INVALID_PARAMETER"),
        ("symbol=BTC&limit=49", "INVALID_PARAMETER"),
        ("symbol=BTC&limit=1001", "INVALID_PARAMETER"),
        ("symbol=BTC&limit=abc", "INVALID_PARAMETER"),
        ("symbol=BTC&startTime=1700000001&endTime=1700000000", "INVALID_PARAMETER"),
        ("symbol=BTC&unknown=1", "INVALID_PARAMETER"),
        ("symbol=BTC&interval=1h&timeframe=1h", "INVALID_PARAMETER"),
        ("symbol=BTC&closedOnly=yes", "INVALID_PARAMETER"),
    ],
)
def test_invalid_requests_are_refused_without_a_call(
    client: FlaskClient, stand_in: StandIn, query: str, code: str
) -> None:
    """An invalid request is 400 with its code and parameter, without a call."""
    error = failure(client, f"/api/ohlcv?{query}", 400)

    assert error["code"] == code
    assert error["details"]
    assert stand_in.calls.count() == 0


@pytest.mark.parametrize(
    "window",
    ["endTime=1000", "interval=1w&endTime=100000000", "startTime=0&endTime=86400", "interval=1d&endTime=0"],
)
def test_no_call_for_times_before_the_first_trade(
    client: FlaskClient, stand_in: StandIn, window: str
) -> None:
    """Times before the first trade cause no call, because providers fail for negative times."""
    assert ohlcv(client, f"symbol=BTC&{window}")["data"] == []
    assert stand_in.calls.count() == 0


def test_a_window_begins_with_the_first_block(client: FlaskClient, stand_in: StandIn) -> None:
    """A window begins with the first block, and a large limit reaches no further."""
    ohlcv(client, "symbol=BTC&interval=1w&limit=1000&endTime=1500000000")

    times = [
        int(time)
        for call in stand_in.calls.list(None, None)
        for time in re.findall(r"=(-?\d{9,})", call.query)
    ]
    assert times
    assert (
        min(time if time > 10**11 else time * 1000 for time in times) >= 1_230_508_800_000
    )  # the week of the first block
