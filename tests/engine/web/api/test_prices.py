"""`GET /api/prices`."""

import pytest
from flask.testing import FlaskClient

from providers import ASSETS
from providers.bitstamp import WITH_DOLLARS
from tests.clock import Clock
from tests.engine.web.api.answers import Json, failure, prices
from tests.engine.web.conftest import Make
from tests.everybody import QUOTES, UNDATED
from tests.upstreams import Fault, StandIn
from tests.waiting import at_leisure, eventually

FOURTEEN = "BTC,ETH,SOL,XRP,BNB,ADA,DOT,LINK,LTC,BCH,MATIC,AVAX,XLM,TRX"


def only(answer: Json) -> Json:
    """Return the single row of an answer."""
    (row,) = answer["data"]
    return row


def break_all(stand_in: StandIn, *but: str) -> None:
    """Let every provider fail, except `but`."""
    for name in QUOTES:
        if name not in but:
            stand_in.fault(name, Fault("status", status=500))


def test_a_price_uses_every_provider(client: FlaskClient, stand_in: StandIn) -> None:
    """A price is the median of all providers, each of which is called once for all coins."""
    answer = prices(client, f"symbols={FOURTEEN}")

    assert [row["symbol"] for row in answer["data"]] == FOURTEEN.split(",")
    assert answer["source"] == "multi-provider"
    assert answer["meta"]["missing"] == []
    assert answer["meta"]["providers"] == {}
    for row in answer["data"]:
        code = {"MATIC": "POL"}.get(row["symbol"], row["symbol"])
        assert row["price"] == pytest.approx(stand_in.market.price(code), rel=5e-4)
        assert row["priceUsd"] == pytest.approx(row["price"] * answer["meta"]["usdtUsd"])
        known = [name for name in QUOTES if name != "bitstamp" or code in WITH_DOLLARS]
        assert [source["provider"] for source in row["sources"]] == known
        assert row["verified"] is True
        assert row["confidence"] > 0.9
    assert {name: stand_in.calls.count(name) for name in QUOTES} == dict.fromkeys(QUOTES, 1)


def test_every_coin_by_rank(client: FlaskClient) -> None:
    """Without symbols all coins are listed by rank, the largest first."""
    rows = prices(client)["data"]

    assert {row["symbol"] for row in rows} == {asset.symbol for asset in ASSETS}
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)


@pytest.mark.parametrize(
    "query",
    [
        "symbols=BTC,ETH",
        "symbols=BTC&symbols=ETH",
        "symbols%5B%5D=BTC&symbols%5B%5D=ETH",
        "symbols=btcusdt,eth/usdt",
    ],
)
def test_lists_have_several_forms(client: FlaskClient, query: str) -> None:
    """Every form of lists that clients use is accepted."""
    assert [row["symbol"] for row in prices(client, query)["data"]] == ["BTC", "ETH"]


def test_the_order_is_that_of_the_request(client: FlaskClient) -> None:
    """The rows are in the order of the request."""
    assert [row["symbol"] for row in prices(client, "symbols=TRX,BTC,POL,MATIC")["data"]] == [
        "TRX",
        "BTC",
        "POL",
        "MATIC",
    ]


def test_a_renamed_coin_has_the_price_of_all_venues_under_both_names(client: FlaskClient) -> None:
    """A renamed coin has the quotes of all venues under both names, each called with its own name."""
    old, new = prices(client, "symbols=TON,GRAM")["data"]

    assert (old["symbol"], new["symbol"]) == ("TON", "GRAM")
    assert old["price"] == new["price"]
    assert {"binance", "kraken", "okx", "kucoin", "coinpaprika", "coinlore"} <= {
        source["provider"] for source in old["sources"] if not source["outlier"]
    }


def test_dollars_instead_of_tether(client: FlaskClient) -> None:
    """`convert=USD` has the price in dollars, and both figures agree."""
    in_usd, in_usdt = only(prices(client, "symbols=BTC&convert=USD")), only(prices(client, "symbols=BTC"))

    assert in_usd["price"] == in_usd["priceUsd"]
    assert in_usd["price"] == pytest.approx(in_usdt["priceUsd"], rel=1e-6)
    assert in_usd["price"] != in_usdt["price"]


def test_further_figures_come_from_aggregators(client: FlaskClient, stand_in: StandIn) -> None:
    """Changes are per cent; volume and capitalisation are dollars."""
    row = only(prices(client, "symbols=ETH"))
    ticker = stand_in.market.ticker("ETH")

    assert row["change24h"] == pytest.approx(ticker.change_24h, abs=0.02)
    assert row["change1h"] == pytest.approx(ticker.change_1h, abs=0.02)
    assert row["change7d"] == pytest.approx(ticker.change_7d, abs=0.02)
    assert row["marketCap"] == pytest.approx(ticker.market_cap, rel=2e-3)
    assert row["rank"] == ticker.rank
    assert row["name"] == "Ethereum"
    assert row["lastUpdate"] == "2026-11-22T16:40:30Z"


def test_an_unknown_figure_is_null(client: FlaskClient, stand_in: StandIn) -> None:
    """A figure that no provider gave is null: exchanges send no ranks, capitalisations or weekly changes."""
    break_all(stand_in, "binance", "kraken", "bybit", "okx")
    row = only(prices(client, "symbols=BTC"))

    assert row["verified"] is True
    assert row["change24h"] is not None
    assert [row[name] for name in ("change1h", "change7d", "volume24h", "marketCap", "rank")] == [None] * 5


@pytest.mark.parametrize("factor", [1.5, 1.03, 1e5, 1e-5])
@pytest.mark.parametrize("liar", ["binance", "kraken", "coingecko"])
def test_an_outlier_does_not_move_the_price(
    client: FlaskClient, stand_in: StandIn, liar: str, factor: float
) -> None:
    """An outlier is listed and marked, and does not move the price."""
    stand_in.fault(liar, Fault("price", factor=factor))
    row = only(prices(client, "symbols=BTC"))

    assert row["price"] == pytest.approx(stand_in.market.price("BTC"), rel=5e-4)
    assert [source["provider"] for source in row["sources"] if source["outlier"]] == [liar]


def test_a_small_deviation_is_suspect(client: FlaskClient, stand_in: StandIn) -> None:
    """A quote off by 1 % is suspect and counts, and the price is not verified."""
    stand_in.fault("okx", Fault("price", factor=1.01))
    row = only(prices(client, "symbols=BTC"))

    assert [source["provider"] for source in row["sources"] if source["suspect"]] == ["okx"]
    assert row["verified"] is False


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("status", status=403), "HTTP 403"),
        (Fault("status", status=418), "Rate limited"),
        (Fault("status", status=451), "Region blocked"),
        (Fault("reset"), "Connection failed"),
        (Fault("html"), "Bad data"),
        (Fault("cut_json"), "Bad data"),
        (Fault("empty"), "Bad data"),
        (Fault("nan"), "Bad data"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
@pytest.mark.parametrize("name", QUOTES)
def test_a_failed_provider_is_named_with_the_reason(
    client: FlaskClient, stand_in: StandIn, name: str, fault: Fault, reason: str
) -> None:
    """A failed provider is named with its reason, and the others serve."""
    stand_in.fault(name, fault)
    answer = prices(client, "symbols=BTC,ETH")

    assert answer["meta"]["providers"] == {name: reason}
    for row in answer["data"]:
        assert [source["provider"] for source in row["sources"]] == [each for each in QUOTES if each != name]


def test_old_quotes_do_not_count(client: FlaskClient, stand_in: StandIn) -> None:
    """A provider that sends yesterday's prices has failed, if its answer has a time."""
    for name in set(QUOTES) - set(UNDATED):
        stand_in.fault(name, Fault("old", days=1))
    answer = prices(client, "symbols=BTC")

    assert [source["provider"] for source in only(answer)["sources"]] == list(UNDATED)
    assert set(answer["meta"]["providers"].values()) == {"Bad data"}


def test_a_late_provider_is_left_out(make: Make, stand_in: StandIn) -> None:
    """All providers share one deadline, and a late one is omitted."""
    stand_in.fault("kraken", Fault("hang"))
    answer = at_leisure(
        lambda: prices(make(prices_deadline_seconds=0.5), "symbols=BTC"),
        lambda answer: len(answer["meta"]["providers"]) == 1,
    )

    assert answer["meta"]["providers"] == {"kraken": "Timeout"}
    assert only(answer)["verified"] is True


def test_one_provider_alone_is_named(client: FlaskClient, stand_in: StandIn) -> None:
    """A price from one provider is served with its name and low confidence."""
    break_all(stand_in, "kraken")
    answer = prices(client, "symbols=BTC")

    assert answer["source"] == "kraken"
    assert only(answer)["confidence"] == 0.5
    assert only(answer)["verified"] is False


def test_two_that_disagree_leave_binance(client: FlaskClient, stand_in: StandIn) -> None:
    """If two providers disagree, Binance's price is served with a confidence below one half."""
    break_all(stand_in, "binance", "kraken")
    stand_in.fault("kraken", Fault("price", factor=1.03, coins=["BTC"]))
    row = only(prices(client, "symbols=BTC"))

    assert row["price"] == pytest.approx(stand_in.market.price("BTC"), rel=5e-4)
    assert row["confidence"] < 0.5
    assert [(source["provider"], source["outlier"]) for source in row["sources"]] == [
        ("binance", False),
        ("kraken", True),
    ]


@pytest.mark.parametrize("coins", [("BTC",), ("BTC", "SHIB")])
def test_two_camps_are_reported(client: FlaskClient, stand_in: StandIn, coins: tuple[str, ...]) -> None:
    """With two of four at +3 % the row is marked as disputed; other rows have no such field."""
    break_all(stand_in, "binance", "bybit", "kucoin", "gate")
    for name in ("kucoin", "gate"):
        stand_in.fault(name, Fault("price", factor=1.03, coins=coins))
    rows = {row["symbol"]: row for row in prices(client, "symbols=BTC,ETH,SHIB")["data"]}

    for code in coins:
        assert rows[code]["disputed"] is True
        assert rows[code]["confidence"] < 0.5
        assert rows[code]["verified"] is False
    assert "disputed" not in rows["ETH"]


def test_a_size_of_zero_is_unknown(client: FlaskClient, stand_in: StandIn) -> None:
    """An aggregator's 0 for "not verified" does not halve the others' figures."""
    for name in ("coinpaprika", "coinlore", "coinmarketcap"):
        stand_in.fault(name, Fault("unsized"))
    row = only(prices(client, "symbols=ETH"))
    ticker = stand_in.market.ticker("ETH")

    assert row["marketCap"] == pytest.approx(ticker.market_cap, rel=2e-3)
    assert row["volume24h"] > 0


def test_an_unknown_size_is_null(client: FlaskClient, stand_in: StandIn) -> None:
    """An unknown size is null, and never zero."""
    for name in ("coinpaprika", "coinlore", "coinmarketcap", "coingecko"):
        stand_in.fault(name, Fault("unsized"))
    row = only(prices(client, "symbols=ETH"))

    assert row["marketCap"] is row["volume24h"] is None


def test_without_a_rate_there_is_no_price_in_dollars(client: FlaskClient, stand_in: StandIn) -> None:
    """Binance alone has no price of a tether: the figure is null, not one dollar."""
    break_all(stand_in, "binance")
    row = only(prices(client, "symbols=BTC"))

    assert row["price"] is not None
    assert row["priceUsd"] is None
    assert prices(client, "symbols=BTC&convert=USD")["meta"]["missing"] == ["BTC"]


def test_one_slow_provider_makes_no_price_old(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """Where the others have answered, a price of yesterday is not served in their place."""
    client = make(prices_deadline_seconds=1.6)
    prices(client, "symbols=BTC")
    clock.advance(20 * 3600)
    stand_in.fault("kraken", Fault("delay", seconds=4.0))
    answer = prices(client, "symbols=BTC")

    assert answer["meta"]["stale"] is False
    assert answer["meta"]["providers"]["kraken"] == "Timeout"


def test_failures_of_every_coin_are_named(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A failure is named for each coin, also for one whose quotes are older than those of the others."""
    stand_in.fault("kraken", Fault("status", status=500))
    prices(client, "symbols=BTC")
    stand_in.heal()
    clock.advance(20)

    assert prices(client, "symbols=BTC,ETH")["meta"]["providers"] == {"kraken": "HTTP 500"}


def test_the_failures_that_leave_a_coin_out_are_named(client: FlaskClient, stand_in: StandIn) -> None:
    """A coin that every provider fails for has their reasons, while another one has cached quotes."""
    assert prices(client, "symbols=BTC")["meta"]["providers"] == {}
    break_all(stand_in)
    meta = prices(client, "symbols=BTC,ETH")["meta"]
    error = failure(client, "/api/prices?symbols=ETH", 503)

    assert meta["missing"] == ["ETH"]
    assert meta["providers"] == {name: why for name, why in error["details"].items() if why != "Unsupported"}
    assert meta["providers"]["coingecko"] == "HTTP 500"


def test_a_coin_without_a_quote_is_missing(make: Make, stand_in: StandIn) -> None:
    """A known coin without a quote is missing."""
    stand_in.fault("kraken", Fault("price", factor=0.0, coins=["ETH"]))
    answer = prices(make(providers_quotes=("kraken",)), "symbols=BTC,ETH")

    assert [row["symbol"] for row in answer["data"]] == ["BTC"]
    assert answer["meta"]["missing"] == ["ETH"]


def test_all_providers_down_is_an_error_with_reasons(client: FlaskClient, stand_in: StandIn) -> None:
    """If all providers fail, the answer is the old one as stale, or 503 with the reasons."""
    break_all(stand_in)
    error = failure(client, "/api/prices?symbols=BTC", 503)

    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"] == dict.fromkeys(QUOTES, "HTTP 500")
    assert error["retryAfter"] == 60


def test_stale_prices_are_marked(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A stale answer has its age and its time."""
    before = prices(client, "symbols=BTC")
    break_all(stand_in)
    clock.advance(3600)
    after = prices(client, "symbols=BTC")

    assert after["data"] == before["data"]
    assert after["timestamp"] == before["timestamp"]
    assert after["meta"]["stale"] is True
    assert after["meta"]["ageSeconds"] == 3600


def test_fresh_prices_need_no_call(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Prices are fresh for thirty seconds and need no call meanwhile."""
    prices(client, "symbols=BTC")
    clock.advance(29)
    assert prices(client, "symbols=BTC")["meta"]["ageSeconds"] == 29
    assert stand_in.calls.count("binance") == 1

    clock.advance(1)
    assert prices(client, "symbols=BTC")["meta"]["stale"] is True
    eventually(lambda: prices(client, "symbols=BTC")["meta"]["stale"] is False)
    assert stand_in.calls.count("binance") == 2


def test_operators_choose_and_order_the_providers(make: Make) -> None:
    """`PROVIDERS_QUOTES` names the providers of prices, the most trusted first."""
    answer = prices(make(providers_quotes=("okx", "binance")), "symbols=BTC")

    assert [source["provider"] for source in only(answer)["sources"]] == ["okx", "binance"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("symbols=FOO", "INVALID_SYMBOL"),
        ("symbols=BTC,FOO", "INVALID_SYMBOL"),
        ("symbols=", "INVALID_SYMBOL"),
        ("symbols=BTC,,ETH", "INVALID_SYMBOL"),
        ("symbols=" + ",".join(["BTC"] * 101), "INVALID_PARAMETER"),
        ("symbols=BTC&convert=EGG", "INVALID_PARAMETER"),
        ("symbols=BTC&sparkline=yes", "INVALID_PARAMETER"),
        ("symbols=BTC&convert=USD&convert=USD", "INVALID_PARAMETER"),
    ],
)
def test_invalid_requests_are_refused_without_a_call(
    client: FlaskClient, stand_in: StandIn, query: str, code: str
) -> None:
    """An invalid request is 400 with its code and parameter, without a call."""
    error = failure(client, f"/api/prices?{query}", 400)

    assert error["code"] == code
    assert error["details"]
    assert stand_in.calls.count() == 0
