"""Closed candles that were served once are served again without a provider."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.analysis.candles import resample
from engine.history import tables
from engine.history.errors import ArchiveFull
from engine.history.series import Cause, Finding, KeptCandle, SeriesKey
from engine.web.services import services_of
from providers import INTERVALS, Candle
from tests.clock import Clock
from tests.engine.web.api.answers import failure
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

HOUR = 3600
BITCOIN_HOURS = SeriesKey("btc", "USDT", "1h")
WINDOW = "/api/ohlcv?symbol=BTCUSDT&interval=1h&startTime={}&endTime={}&limit=200"


def window(clock: Clock, ago: int = 300, until: int = 200) -> str:
    """Return the path of a closed window of hours."""
    now = int(clock()) // HOUR * HOUR
    return WINDOW.format(now - ago * HOUR, now - until * HOUR)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """Return settings with a separate history for each test."""
    return {"history_enabled": True, "data_dir": f"{tmp_path}"}


def answer(client: FlaskClient, path: str) -> Any:
    """Return the answer with status 200."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json


def record(client: FlaskClient) -> int:
    """Write the waiting candles, as the background job does."""
    return services_of(client.application).recording.tick()


def stop(client: FlaskClient) -> None:
    """Stop the application as a server does."""
    services_of(client.application).recording.stop()


def test_a_closed_window_is_served_without_a_call(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """A restarted engine serves the same candles of a closed window without a call."""
    client = make(**settings)
    before = answer(client, window(clock))
    stop(client)
    stand_in.calls.forget()

    client = make(**settings)
    after = answer(client, window(clock))
    inside = answer(client, window(clock, 280, 220))
    stop(client)

    assert stand_in.calls.count() == 0
    assert after["data"] == before["data"]
    assert after["count"] == 101
    assert (after["source"], after["meta"]["gaps"]) == (before["source"], [])
    assert inside["data"] == before["data"][20:81]


def test_hours_come_from_kept_minutes(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """Where minutes alone are kept, hours are served from them without a call, also as they were known."""
    client = make(**settings)
    begin = int(clock()) // HOUR * HOUR - 30 * HOUR
    path = "/api/ohlcv?symbol=BTC&interval={}&startTime={}&endTime={}&limit=1000"
    minutes = answer(client, path.format("1m", begin, begin + 10 * HOUR - 60))["data"]
    record(client)
    stand_in.calls.forget()

    hours = answer(client, path.format("1h", begin, begin + 9 * HOUR))
    then = answer(client, path.format("1h", begin, begin + 9 * HOUR) + f"&asOf={int(clock())}")
    calls = stand_in.calls.count()
    longer = answer(client, path.format("1h", begin, begin + 10 * HOUR))
    stop(client)

    candles = [Candle(row.pop("timestamp"), **row) for row in minutes]
    expected = resample(candles, INTERVALS["1m"], INTERVALS["1h"], int(clock() * 1000))
    assert [row["close"] for row in hours["data"]] == [candle.close for candle in expected]
    assert [row["volume"] for row in hours["data"]] == [candle.volume for candle in expected]
    assert (hours["count"], hours["source"], hours["meta"]["resampledFrom"]) == (10, "binance", "1m")
    assert (then["data"], then["meta"]["resampledFrom"]) == (hours["data"], "1m")
    assert calls == 0
    assert (longer["count"], stand_in.calls.count() > 0) == (11, True)
    assert "resampledFrom" not in longer["meta"]


def test_the_warm_up_of_indicators_comes_from_the_history(
    make: Make, settings: dict[str, Any], stand_in: StandIn
) -> None:
    """A restarted engine asks for the newest candles only; the older ones are kept."""
    path = "/api/indicators?symbol=BTC&interval=1h&limit=100&indicators=ema:200&closedOnly=true"
    client = make(**settings)
    before = answer(client, path)
    calls = stand_in.calls.count()
    stop(client)
    stand_in.calls.forget()

    client = make(**settings)
    after = answer(client, path)
    stop(client)

    assert calls >= 2
    assert stand_in.calls.count() <= 1
    assert after["data"] == before["data"]
    assert after["meta"]["warmup"]["ema:200"]["used"] == 1681


def test_sparklines_come_from_the_history(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """A restarted engine has the last day of a pinned coin without a request for candles."""
    client = make(**settings)
    candles = answer(client, "/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=100&closedOnly=true")["data"]
    stop(client)
    stand_in.calls.forget()

    client = make(**settings)
    btc, eth = answer(client, "/api/prices?symbols=BTC,ETH&sparkline=true")["data"]
    stop(client)

    assert btc["sparkline"] == [candle["close"] for candle in candles[-24:]]
    assert eth["sparkline"] is None
    assert not [call for call in stand_in.calls if "candle" in call.path or "kline" in call.path]


def test_the_first_answer_after_a_restart_comes_from_the_history(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """After a restart, the newest stored candles are served with their age while providers hang."""
    client = make(**settings)
    before = answer(client, "/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=100")
    stop(client)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    clock.advance(400)

    client = make(**settings)
    after = answer(client, "/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=99")
    stop(client)

    assert after["data"] == before["data"][:-1]
    assert after["meta"]["stale"] is True
    assert after["meta"]["ageSeconds"] == 400.0


def test_what_is_not_kept_is_fetched(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """A window beyond the stored candles is fetched from providers."""
    client = make(**settings)
    client.get(window(clock))
    record(client)
    stand_in.calls.forget()

    longer = answer(client, window(clock, 310, 200))
    stop(client)

    assert stand_in.calls.count() > 0
    assert longer["count"] == 111


def test_without_a_history_nothing_is_kept(make: Make, settings: dict[str, Any], clock: Clock) -> None:
    """`HISTORY_ENABLED=false` writes no file."""
    client = make(**{**settings, "history_enabled": False})
    client.get(window(clock))
    stop(client)

    assert list(Path(settings["data_dir"]).iterdir()) == []


def test_pages_put_together_are_the_range(make: Make, settings: dict[str, Any], clock: Clock) -> None:
    """`meta.next` leads through a range of candles from providers and through a kept one alike."""
    client = make(**settings)
    for _ in range(2):
        path, rows = window(clock, 500, 200).replace("limit=200", "limit=70"), []
        while path:
            page = answer(client, path)
            rows += page["data"]
            path = page["meta"].get("next", "")
        times = [row["timestamp"] for row in rows]

        assert times == list(range(times[0], times[0] + 301 * HOUR * 1000, HOUR * 1000))
        record(client)
    stop(client)


def test_candles_as_they_were_known(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """`asOf` asks no provider, and what was unknown then is a gap that was not fetched."""
    client = make(**settings)
    before = answer(client, window(clock))
    record(client)
    known = int(clock())
    stand_in.calls.forget()

    after = answer(client, f"{window(clock)}&asOf={known}")
    earlier = answer(client, f"{window(clock)}&asOf={known - HOUR}")
    stop(client)

    assert after["data"] == before["data"]
    assert earlier["data"] == []
    assert earlier["meta"]["gapReasons"] == ["not_fetched"]
    assert stand_in.calls.count() == 0


def test_what_is_known_of_the_present_is_not_cached_for_long(
    make: Make, settings: dict[str, Any], clock: Clock
) -> None:
    """Candles that were received by now may still be written, and those of the future have not arrived."""
    client = make(**settings)
    now = int(clock())
    lifetimes = [
        client.get(f"{window(clock)}&asOf={time}").cache_control.max_age or 0
        for time in (now + 10 * HOUR, now, now - HOUR)
    ]
    stop(client)

    assert [lifetime > 5 for lifetime in lifetimes] == [False, False, True]


def test_candles_of_other_venues_were_not_fetched_from_the_one_that_is_named(
    make: Make, settings: dict[str, Any], clock: Clock
) -> None:
    """With a `source`, kept candles of another provider are gaps."""
    client = make(**settings)
    before = answer(client, window(clock))["data"]
    record(client)
    found = answer(client, f"{window(clock)}&asOf={int(clock())}&source=kraken")
    stop(client)

    assert found["data"] == []
    assert found["meta"]["gaps"] == [[before[0]["timestamp"], before[-1]["timestamp"]]]
    assert found["meta"]["gapReasons"] == ["not_fetched"]


def test_a_venue_that_changes_yesterdays_candles(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """A corrected candle is served with its new values, and `asOf` still gives the old ones."""
    client = make(**settings)
    before = answer(client, "/api/ohlcv?symbol=BTC&interval=1h&limit=100")["data"]
    record(client)
    known = int(clock())
    stand_in.fault("binance", Fault("price", factor=1.001))
    clock.advance(2 * HOUR)
    corrected = answer(client, "/api/ohlcv?symbol=BTC&interval=1h&limit=100")["data"]
    record(client)
    path = f"/api/ohlcv?symbol=BTC&interval=1h&startTime={before[-3]['timestamp']}&limit=50"
    then = answer(client, f"{path}&asOf={known}")["data"]
    now = answer(client, f"{path}&asOf={int(clock())}")["data"]
    stop(client)

    assert then == before[-3:-1]
    assert now[:2] == [
        row for row in corrected if row["timestamp"] in (then[0]["timestamp"], then[1]["timestamp"])
    ]
    assert now[0]["close"] != then[0]["close"]


def test_a_corrupt_page_is_named_and_fetched_again(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer has the candles of a damaged page from a provider, and the next one has them kept again."""
    client = make(**settings)
    before = answer(client, window(clock, 400, 201))
    record(client)
    damage = update(tables.page).values(data=b"damaged")
    archive = services_of(client.application).archive
    archive.change(lambda storage: storage.as_writer(lambda it: it.execute(damage).close()))
    archive.release()
    stop(client)
    answers, calls = [], []
    for _ in range(2):
        stand_in.calls.forget()
        client = make(**settings)
        answers.append(answer(client, window(clock, 400, 201))["data"])
        calls.append(stand_in.calls.count() > 0)
        stop(client)

    assert answers == [before["data"]] * 2
    assert calls == [True, False]
    assert caplog.text.count("of btc/USDT 1h is corrupt, and is fetched again") == 1


def test_a_full_history_is_in_health(make: Make, settings: dict[str, Any]) -> None:
    """Health is degraded while there is no room, and says why."""
    client = make(**settings)
    archive = services_of(client.application).archive
    archive.availability.filled_up(ArchiveFull("there is no room"))
    history = answer(client, "/api/health")["history"]
    archive.availability.has_room()
    after = answer(client, "/api/health")["history"]

    assert (history["state"], history["reason"]) == ("full", "there is no room")
    assert after["state"] == "ok"


def test_a_correction_drops_answers_that_hold_the_candle(
    make: Make, settings: dict[str, Any], stand_in: StandIn, clock: Clock
) -> None:
    """A closed window that is cached for a day has the new values once its candle was corrected."""
    client = make(**settings)
    path, other = window(clock), window(clock, 500, 400)
    first, apart = answer(client, path)["data"][0], answer(client, other)
    record(client)
    time, close = first["timestamp"], first["close"]
    clock.advance(60)
    row = Candle(time, first["open"], first["high"], first["low"], first["open"], first["volume"])
    now = int(clock() * 1000)
    kept = Finding(time, time + HOUR * 1000, [KeptCandle(row, "binance", known=now)], now)
    services_of(client.application).recording.recorder.offer(BITCOIN_HOURS, kept, Cause.REQUEST)
    before = answer(client, path)["data"][0]
    record(client)
    stand_in.calls.forget()
    after = answer(client, path)
    again = answer(client, other)
    stop(client)

    assert before["close"] == close != first["open"]
    assert after["data"][0]["close"] == first["open"]
    assert (after["meta"]["ageSeconds"], again["data"]) == (0, apart["data"])
    assert again["meta"]["ageSeconds"] == 60
    assert stand_in.calls.count() == 0


@pytest.mark.parametrize(
    "query", ["interval=1h&limit=100", "interval=1d&limit=50", "interval=1h&source=binance"]
)
@pytest.mark.parametrize("restarted", [True, False])
def test_the_forming_candle_is_fetched_to_those_of_the_history(
    make: Make, settings: dict[str, Any], clock: Clock, query: str, *, restarted: bool
) -> None:
    """An answer has as many candles as were asked for, and ends with the forming one."""
    path = f"/api/ohlcv?symbol=BTC&{query}"
    client = make(**settings)
    for interval in ("1h", "1d"):
        answer(client, f"/api/ohlcv?symbol=BTC&interval={interval}&limit=200")
    record(client)
    before = answer(client, path)
    if restarted:
        stop(client)
        clock.advance(30)
        client = make(**settings)
    after = answer(client, path)
    stop(client)

    for each in (before, after):
        assert (each["meta"]["lastCandleClosed"], each["meta"]["stale"]) == (False, False)
    assert after["data"][-1]["timestamp"] == before["data"][-1]["timestamp"]
    assert after["count"] == before["count"]


@pytest.mark.parametrize("interval", ["1h", "1w"])
def test_as_many_candles_as_were_served_are_served_in_an_outage(
    make: Make, settings: dict[str, Any], stand_in: StandIn, interval: str
) -> None:
    """The least number of candles has one less after a restart: the open one is not kept."""
    path = f"/api/ohlcv?symbol=BTC&interval={interval}&limit=50"
    client = make(**settings)
    before = answer(client, path)
    stop(client)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))
    client = make(**settings)
    after = answer(client, path)
    stop(client)

    assert after["data"] == before["data"][:-1]
    assert after["meta"]["stale"] is True


def test_candles_that_end_long_ago_are_no_newest_ones(
    make: Make, settings: dict[str, Any], clock: Clock, stand_in: StandIn
) -> None:
    """A window that was received just now says nothing of the candles after it."""
    client = make(**settings)
    answer(client, window(clock, 300, 30))
    record(client)
    for name in stand_in.base_urls():
        stand_in.fault(name.removesuffix("_BASE_URL").lower(), Fault("status", status=500))

    error = failure(client, "/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=100", 503)
    stop(client)

    assert error["code"] == "PROVIDER_ERROR"


def test_too_few_kept_candles_do_not_shorten_the_wait_for_providers(
    make: Make, settings: dict[str, Any], clock: Clock, stand_in: StandIn
) -> None:
    """Where the history cannot serve, a slow provider has as long as without one."""
    client = make(**settings, providers_candles=("binance",))
    answer(client, window(clock, 30, 1))
    record(client)
    stand_in.fault("binance", Fault("delay", seconds=2.0))
    after = answer(client, "/api/ohlcv?symbol=BTCUSDT&interval=1h&limit=100")
    stop(client)

    assert (after["count"], after["meta"]["stale"]) == (100, False)
