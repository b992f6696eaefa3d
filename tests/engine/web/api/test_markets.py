"""A dead or wrong market does not affect its venue and other markets."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from engine.web.services import services_of
from providers import INTERVALS
from tests.clock import Clock
from tests.counted import number, read
from tests.engine.web.api.answers import Json, failure, ohlcv, prices
from tests.engine.web.api.test_ohlcv import HOUR, NEWEST, NOW, rows
from tests.engine.web.conftest import Make
from tests.everybody import CANDLES
from tests.upstreams import Fault, StandIn

DEAD = {
    "empty": Fault("empty", coins=("ADA",)),
    "halted": Fault("halted", days=40, coins=("ADA",)),
    "not finite": Fault("nan", coins=("ADA",)),
    "impossible": Fault("high_below_low", coins=("ADA",)),
    "out of order": Fault("unsorted", coins=("ADA",)),
    "doubled": Fault("doubled", coins=("ADA",)),
    "off the hour": Fault("odd_opens", coins=("ADA",)),
}
PAST = NEWEST - 1000 * HOUR


def health(client: FlaskClient) -> Mapping[str, str]:
    """Return the state of every provider."""
    return {row["name"]: row["status"] for row in client.get("/api/health").get_json()["providers"]}


def published(client: FlaskClient) -> list[tuple[str, str | None]]:
    """Return the kind and the provider of every event, the oldest first."""
    market = services_of(client.application).market
    return [(event.kind, event.provider) for event in reversed(market.events(500))]


def times(answer: Json) -> list[int]:
    """Return the open times."""
    return [row["timestamp"] for row in answer["data"]]


def missing(answer: Json, length: int = HOUR) -> list[int]:
    """Return every open time in a gap."""
    return [time for first, last in answer["meta"]["gaps"] for time in range(first, last + 1, length)]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("fault", DEAD.values(), ids=DEAD)
def test_a_dead_market_affects_no_other(client: FlaskClient, stand_in: StandIn, fault: Fault) -> None:
    """A dead market fails over, and its venue's circuit, health and other markets stay unchanged."""
    assert ohlcv(client, "symbol=BTC")["source"] == "binance"
    stand_in.fault("binance", fault)
    for interval in ("1m", "5m", "15m", "1h", "4h", "1d"):
        for limit in (50, 100, 200):
            assert ohlcv(client, f"symbol=ADA&interval={interval}&limit={limit}")["source"] == "kraken"

    assert ohlcv(client, "symbol=ETH")["source"] == "binance"
    assert health(client)["binance"] == "online"
    assert {kind for kind, _ in published(client)} == {"MarketFailed"}
    (binance,) = (row for row in client.get("/api/providers").get_json() if row["name"] == "binance")
    assert binance["lastFailure"] is None


@pytest.mark.parametrize("name", CANDLES)
def test_a_dead_market_leaves_every_venue_unchanged(make: Make, stand_in: StandIn, name: str) -> None:
    """A dead market leaves its venue unchanged at every venue, for every currency."""
    client = make(providers_candles=(name,))
    stand_in.fault(name, Fault("halted", days=300, coins=("ADA",)))
    for interval in ("1m", "5m", "15m", "1h", "1d"):
        assert (
            failure(client, f"/api/ohlcv?symbol=ADA&interval={interval}", 503)["details"][name] == "Bad data"
        )

    assert ohlcv(client, "symbol=BTC")["source"] == name
    assert health(client)[name] == "online"


@pytest.mark.usefixtures("untraced")
def test_a_dead_market_is_paused(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """A dead market is paused for half a minute, doubled up to ten, with an event each time."""
    client = make(providers_candles=("binance", "okx"))  # OKX sends no more than it is asked for
    stand_in.fault("binance", DEAD["halted"])
    asked = []
    for _ in range(9000 // 30):
        stand_in.calls.forget()
        assert ohlcv(client, "symbol=ADA&interval=1m&limit=50")["source"] == "okx"
        asked.append(stand_in.calls.count("binance"))
        clock.advance(30)

    places = [place * 30 for place, calls in enumerate(asked) if calls]
    assert max(asked) == 1
    assert [after - before for before, after in pairwise(places)][:7] == [
        30, 60, 120, 240, 480, 600, 600,
    ]  # fmt: skip
    assert published(client).count(("MarketFailed", "binance")) == len(places)


def test_a_market_that_recovers_is_called_again(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A market that recovers is called again, and its next failure counts as the first."""
    stand_in.fault("binance", DEAD["halted"])
    ohlcv(client, "symbol=ADA&limit=50")
    stand_in.heal("binance")
    clock.advance(29)
    assert ohlcv(client, "symbol=ADA&limit=200")["source"] == "kraken"
    clock.advance(1)
    assert ohlcv(client, "symbol=ADA&limit=400")["source"] == "binance"

    stand_in.fault("binance", DEAD["halted"])
    clock.advance(600)
    ohlcv(client, "symbol=ADA&limit=500")
    market = services_of(client.application).market
    assert "for 30 s:" in market.events(1)[0].message


def test_other_intervals_of_a_dead_market_are_called(client: FlaskClient, stand_in: StandIn) -> None:
    """The other intervals of a dead market are called, because one series says nothing about them."""
    stand_in.fault("binance", Fault("doubled", coins=("ADA",), times=1))
    assert ohlcv(client, "symbol=ADA&interval=1h")["source"] == "kraken"

    assert ohlcv(client, "symbol=ADA&interval=4h")["source"] == "binance"


def test_a_market_that_is_dead_everywhere(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """For a market that is dead everywhere, the error has every reason, and no call is made in the pauses."""
    for name in CANDLES:
        stand_in.fault(name, DEAD["halted"])
    assert failure(client, "/api/ohlcv?symbol=ADA", 503)["details"]["gate"] == "Bad data"
    stand_in.calls.forget()
    clock.advance(10)
    error = failure(client, "/api/ohlcv?symbol=ADA", 503)

    assert {error["details"][name] for name in CANDLES} == {"Bad data"}
    assert stand_in.calls.count() == 0


def test_a_dead_market_is_counted(client: FlaskClient, stand_in: StandIn) -> None:
    """A dead market counts as a bad market in the metrics, and as bad data for clients."""
    stand_in.fault("binance", DEAD["empty"])
    answer = ohlcv(client, "symbol=ADA")
    numbers = read(client.get("/metrics").text)

    assert [each["outcome"] for each in answer["meta"]["attempts"]] == ["Bad data", "ok"]
    calls = "engine_provider_calls_total"
    assert number(numbers, calls, provider="binance", outcome="Bad market") == 1
    assert number(numbers, calls, provider="binance", outcome="Bad data") is None
    assert number(numbers, "engine_events_total", event="MarketFailed") == 1


def test_an_unreadable_answer_counts_for_the_venue(client: FlaskClient, stand_in: StandIn) -> None:
    """An unreadable answer counts for its venue and opens the circuit."""
    stand_in.fault("binance", Fault("html"))
    for coin in ("BTC", "ETH", "ADA", "SOL", "XRP"):
        ohlcv(client, f"symbol={coin}")

    assert health(client)["binance"] == "offline"


class TestWindows:
    """Tests of windows of the past with invalid rows."""

    @pytest.mark.parametrize("name", ["binance", "bybit", "okx", "coinbase", "kucoin", "gate"])
    @pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d"])
    def test_misaligned_rows_are_gaps(self, make: Make, stand_in: StandIn, name: str, interval: str) -> None:
        """Misaligned rows become listed gaps, and the other rows are served as received."""
        client = make(providers_candles=(name,))
        stand_in.fault(name, Fault("odd_opens", count=7))
        length = INTERVALS[interval].length
        start = INTERVALS[interval].open_time(NOW) - 200 * length
        answer = ohlcv(
            client, f"symbol=BTC&interval={interval}&startTime={start}&endTime={start + 59 * length}&limit=60"
        )

        assert answer["source"] == name
        assert len(missing(answer, length)) == 7
        assert sorted(times(answer) + missing(answer, length)) == [
            start + place * length for place in range(60)
        ]

    @pytest.mark.parametrize(
        ("kind", "lost"), [("nan", 60), ("negative_volume", 1), ("high_below_low", 1), ("doubled", 0)]
    )
    def test_impossible_rows_are_gaps(self, make: Make, stand_in: StandIn, kind: str, lost: int) -> None:
        """Impossible rows become gaps, and without any valid row the next provider serves the window."""
        client = make(providers_candles=("binance", "okx"))
        stand_in.fault("binance", Fault(kind))
        window = f"startTime={PAST}&endTime={PAST + 59 * HOUR}&limit=60"
        answer = ohlcv(client, f"symbol=BTC&{window}")

        assert answer["source"] == ("okx" if lost == 60 else "binance")
        assert [fill["provider"] for fill in answer["meta"].get("filled", ())] == ["okx"] * (lost % 60)
        assert answer["data"] == rows(stand_in, "1h", PAST, PAST + 59 * HOUR)
        assert health(client)["binance"] != "offline"

    @pytest.mark.parametrize("place", [0, 30, 59])
    @pytest.mark.parametrize("patch", [{"1": None}, {"1": "-1"}, {"0": None}, {"0": "9" * 400}, {"0": 1}])
    def test_unreadable_rows_are_gaps(
        self, make: Make, stand_in: StandIn, place: int, patch: dict[str, object]
    ) -> None:
        """Unreadable rows become gaps, including rows at the ends of a window and rows without a time."""
        client = make(providers_candles=("binance",))
        stand_in.fault("binance", Fault("odd_row", body=patch, count=place))
        answer = ohlcv(client, f"symbol=BTC&startTime={PAST}&endTime={PAST + 59 * HOUR}&limit=60")

        assert (answer["count"], missing(answer)) == (59, [PAST + place * HOUR])

    @pytest.mark.parametrize("count", [1, 7, 59])
    def test_other_providers_fill_the_gaps(self, client: FlaskClient, stand_in: StandIn, count: int) -> None:
        """Other providers fill the gaps, and the answer names them."""
        stand_in.fault("binance", Fault("odd_opens", count=count))
        answer = ohlcv(client, f"symbol=BTC&startTime={PAST}&endTime={PAST + 59 * HOUR}&limit=60")

        assert answer["source"] == "binance"
        assert answer["data"] == rows(stand_in, "1h", PAST, PAST + 59 * HOUR)
        assert len(answer["meta"]["filled"]) == count
        assert answer["meta"]["gaps"] == []

    def test_a_window_without_valid_rows_comes_from_the_next_provider(
        self, client: FlaskClient, stand_in: StandIn
    ) -> None:
        """A window without valid rows comes from the next provider, and is no failure of the venue."""
        stand_in.fault("binance", Fault("odd_opens", count=1000))
        for place in range(6):
            window = f"startTime={PAST + place * HOUR}&endTime={PAST + (place + 4) * HOUR}"
            answer = ohlcv(client, f"symbol=BTC&{window}")
            assert answer["source"] == "bybit"
            assert answer["data"] == rows(stand_in, "1h", PAST + place * HOUR, PAST + (place + 4) * HOUR)
        stand_in.heal("binance")

        assert ohlcv(client, "symbol=BTC")["source"] == "binance"
        assert published(client) == []

    def test_gaps_at_the_edge_of_a_window_are_listed(self, make: Make, stand_in: StandIn) -> None:
        """Gaps at the edge of a window are listed and lie inside the requested range."""
        client = make(providers_candles=("binance",))
        stand_in.fault("binance", Fault("odd_opens", count=2))
        answer = ohlcv(client, f"symbol=BTC&startTime={PAST}&endTime={PAST + 2 * HOUR}")

        assert times(answer) == [PAST + 2 * HOUR]
        assert answer["meta"]["gaps"] == [[PAST, PAST + HOUR]]

    def test_invalid_candles_are_not_resampled(self, make: Make, stand_in: StandIn) -> None:
        """A resampled candle with an invalid part is a gap."""
        client = make(providers_candles=("coinbase",))
        stand_in.fault("coinbase", Fault("odd_opens", count=2))
        length = 4 * HOUR
        start = INTERVALS["4h"].open_time(PAST)
        answer = ohlcv(
            client, f"symbol=BTC&interval=4h&startTime={start}&endTime={start + 59 * length}&limit=60"
        )

        assert answer["meta"]["resampledFrom"] == "1h"
        assert len(missing(answer, length)) in (1, 2)
        assert sorted(times(answer) + missing(answer, length)) == [
            start + place * length for place in range(60)
        ]

    def test_a_window_up_to_now_keeps_its_valid_rows(self, make: Make, stand_in: StandIn) -> None:
        """A window up to now keeps its valid rows, and only the newest candles fail for an invalid one."""
        client = make(providers_candles=("binance",))
        stand_in.fault("binance", Fault("odd_opens", count=3))
        answer = ohlcv(client, f"symbol=BTC&startTime={NEWEST - 59 * HOUR}&limit=60")

        assert answer["count"] == 57
        assert len(missing(answer)) == 3
        assert failure(client, "/api/ohlcv?symbol=BTC&limit=60", 503)["details"]["binance"] == "Bad data"

    def test_candles_of_another_market_fill_no_gap(self, make: Make, stand_in: StandIn) -> None:
        """Candles at quite another price are of another coin, and fill no gap."""
        client = make(providers_candles=("binance", "okx"))
        stand_in.fault("binance", Fault("odd_opens", count=3))
        stand_in.fault("okx", Fault("wrong_market"))
        answer = ohlcv(client, f"symbol=BTC&startTime={PAST}&endTime={PAST + 59 * HOUR}&limit=60")

        assert answer["count"] == 57
        assert "filled" not in answer["meta"]


class TestAnotherMarket:
    """Tests of a venue that sends the candles of another coin."""

    def test_another_market_is_recognised_by_its_price(self, client: FlaskClient, stand_in: StandIn) -> None:
        """Candles that contradict fresh and verified prices come from the next provider."""
        prices(client, "symbols=BTC")
        stand_in.fault("binance", Fault("wrong_market", coins=("BTC",)))
        answer = ohlcv(client, "symbol=BTC")

        assert answer["source"] == "kraken"
        assert answer["data"] == rows(stand_in, "1h", NEWEST - 99 * HOUR, NEWEST)
        assert [each["outcome"] for each in answer["meta"]["attempts"]] == ["Bad data", "ok"]
        assert published(client) == [("MarketFailed", "binance")]
        assert health(client)["binance"] == "online"

    @pytest.mark.parametrize("name", CANDLES)
    def test_another_market_is_recognised_at_every_venue(
        self, make: Make, stand_in: StandIn, name: str
    ) -> None:
        """Candles of another coin are recognised at every venue, for every currency of the market."""
        client = make(providers_candles=(name,))
        prices(client, "symbols=BTC,ETH")
        assert ohlcv(client, "symbol=ETH")["source"] == name
        stand_in.fault(name, Fault("wrong_market", coins=("BTC",)))

        assert failure(client, "/api/ohlcv?symbol=BTC", 503)["details"][name] == "Bad data"

    def test_an_update_is_checked_as_well(self, client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
        """New candles of a series are checked like a complete series."""
        ohlcv(client, "symbol=BTC&interval=1m&limit=50")
        stand_in.fault("binance", Fault("wrong_market", coins=("BTC",)))
        clock.advance(60)
        prices(client, "symbols=BTC")

        assert ohlcv(client, "symbol=BTC&interval=1m&limit=50")["source"] == "kraken"

    @pytest.mark.parametrize("symbols", ["ETH", "BTC"], ids=["not asked for", "not verified"])
    def test_without_a_price_there_is_no_check(self, make: Make, stand_in: StandIn, symbols: str) -> None:
        """Without verified prices there is no check, and no provider is called for them."""
        client = make(providers_quotes=("binance", "kraken") if symbols == "BTC" else None)
        prices(client, f"symbols={symbols}")
        stand_in.calls.forget()
        stand_in.fault("binance", Fault("wrong_market", coins=("BTC",)))

        assert ohlcv(client, "symbol=BTC")["source"] == "binance"
        assert stand_in.calls.count() == 1

    def test_a_stale_price_is_not_used(self, client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
        """A stale price is not used for the check, because the coin may have moved in half a minute."""
        prices(client, "symbols=BTC")
        clock.advance(30)
        stand_in.fault("binance", Fault("price", factor=0.6, path="klines"))

        assert ohlcv(client, "symbol=BTC")["source"] == "binance"

    @pytest.mark.parametrize(("factor", "source"), [(0.69, "kraken"), (0.72, "binance"), (1.28, "binance")])
    def test_thirty_per_cent_are_another_market(
        self, client: FlaskClient, stand_in: StandIn, factor: float, source: str
    ) -> None:
        """A difference of thirty per cent is another market, and a smaller one may be a movement."""
        prices(client, "symbols=BTC")
        stand_in.fault("binance", Fault("price", factor=factor, path="klines"))

        assert ohlcv(client, "symbol=BTC")["source"] == source

    def test_a_second_venue_confirms_the_series(self, client: FlaskClient, stand_in: StandIn) -> None:
        """If a second venue agrees with a deviating series, the market has moved."""
        prices(client, "symbols=BTC")
        stand_in.fault("binance", Fault("price", factor=0.6, path="klines"))
        stand_in.fault("kraken", Fault("price", factor=0.605, path="OHLC"))
        answer = ohlcv(client, "symbol=BTC")

        assert answer["source"] == "binance"
        assert [each["outcome"] for each in answer["meta"]["attempts"]] == ["ok", "ok"]
        assert published(client) == []

    def test_two_different_deviations_confirm_nothing(self, client: FlaskClient, stand_in: StandIn) -> None:
        """Two series that deviate differently confirm nothing, and the third provider is called."""
        prices(client, "symbols=BTC")
        stand_in.fault("binance", Fault("price", factor=0.6, path="klines"))
        stand_in.fault("kraken", Fault("price", factor=1.5, path="OHLC"))

        assert ohlcv(client, "symbol=BTC")["source"] == "bybit"

    def test_history_is_not_checked_against_the_current_price(
        self, client: FlaskClient, stand_in: StandIn
    ) -> None:
        """History is not compared with the current price."""
        prices(client, "symbols=BTC")
        stand_in.fault("binance", Fault("price", factor=0.1, path="klines"))

        assert ohlcv(client, f"symbol=BTC&startTime={PAST}&endTime={PAST + 59 * HOUR}")["source"] == "binance"
