"""`GET /api/market/overview`."""

import pytest
from flask.testing import FlaskClient

from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.web.api.answers import failure, overview
from tests.engine.web.conftest import Make
from tests.everybody import TOTALS
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually


def test_the_overview(client: FlaskClient, stand_in: StandIn) -> None:
    """The overview has medians of four providers, sorted movers, and trending coins."""
    answer = overview(client)
    data = answer["data"]
    tickers = [stand_in.market.ticker(code) for code in ("BTC", "ETH")]

    assert data["totalMarketCap"] > tickers[0].market_cap
    assert data["btcDominance"] == pytest.approx(
        tickers[0].market_cap / data["totalMarketCap"] * 100, rel=1e-2
    )
    assert data["ethDominance"] == pytest.approx(
        tickers[1].market_cap / data["totalMarketCap"] * 100, rel=1e-2
    )
    assert data["activeCoins"] == 32
    assert abs(data["marketCapChange24h"]) < 20
    gains = [row["change24h"] for row in data["topGainers"]]
    losses = [row["change24h"] for row in data["topLosers"]]
    assert gains == sorted(gains, reverse=True)
    assert losses == sorted(losses)
    assert 0 < len(gains) <= 10
    assert min(gains) > 0 > max(losses)
    assert len(data["trending"]) == 7
    assert answer["meta"]["sources"] == list(TOTALS)
    assert answer["meta"]["failed"] == {}
    assert answer["meta"]["markets"] == 13


@pytest.mark.parametrize("listing", ["coinmarketcap", "coingecko"])
def test_pegged_coins_are_no_movers(client: FlaskClient, stand_in: StandIn, listing: str) -> None:
    """Stablecoins, wrapped and rarely traded coins are no movers, and names are plain text."""
    other = {"coinmarketcap": "coingecko", "coingecko": "coinmarketcap"}[listing]
    stand_in.fault(other, Fault("status", status=500))
    rows = [row for name in ("topGainers", "topLosers") for row in overview(client)["data"][name]]

    assert not {"USDT", "USDC", "WBTC", "LSETH", "QUIET"} & {row["symbol"] for row in rows}
    assert all(row["volume24h"] >= 1e6 for row in rows)
    assert not any("<" in row["name"] for row in rows)
    assert ("EVIL" in {row["symbol"] for row in rows}) is (listing == "coingecko")


@pytest.mark.parametrize("gone", [(), ("coinmarketcap",), ("coinmarketcap", "coinpaprika", "coinlore")])
def test_a_coin_of_an_absurd_size(client: FlaskClient, stand_in: StandIn, gone: tuple[str, ...]) -> None:
    """A coin of an absurd size is omitted from movers and trending coins."""
    stand_in.fault("coingecko", Fault("bogus"))
    for name in gone:
        stand_in.fault(name, Fault("status", status=500))
    data = overview(client)["data"]

    for name in ("topGainers", "topLosers", "trending"):
        assert data[name]
        assert "BOGUS" not in {row["symbol"] for row in data[name]}


@pytest.mark.parametrize("name", TOTALS)
def test_one_provider_gone(client: FlaskClient, stand_in: StandIn, name: str) -> None:
    """If one provider fails, the totals stay, and it is listed for each of its parts."""
    stand_in.fault(name, Fault("reset"))
    answer = overview(client)

    assert answer["data"]["totalMarketCap"] > 1e12
    assert name not in answer["meta"]["sources"]
    assert {key.partition(":")[0] for key in answer["meta"]["failed"]} == {name}
    assert (answer["data"]["trending"] is None) is (name == "coingecko")


def test_a_wrong_total_is_outvoted(client: FlaskClient, stand_in: StandIn) -> None:
    """One total of four that is ten times too high moves the median little."""
    true = overview(client)["data"]["totalMarketCap"]
    stand_in.fault("coinpaprika", Fault("price", factor=10.0))
    other = overview(client)["data"]["totalMarketCap"]

    assert other == pytest.approx(true, rel=1e-3)


def test_only_totals(client: FlaskClient, stand_in: StandIn) -> None:
    """Parts that no provider has are null."""
    for name in ("coinmarketcap", "coingecko"):
        stand_in.fault(name, Fault("html"))
    data = overview(client)["data"]

    assert data["topGainers"] is data["topLosers"] is data["trending"] is None
    assert data["ethDominance"] is not None


def test_only_lists(client: FlaskClient, stand_in: StandIn) -> None:
    """Totals that no provider has are null beside the lists."""
    for name in TOTALS:
        stand_in.fault(name, Fault("status", status=500, path="global"))
    data = overview(client)["data"]

    assert data["totalMarketCap"] is data["btcDominance"] is data["activeCoins"] is None
    assert data["topGainers"]


def test_empty_lists_are_failures(client: FlaskClient, stand_in: StandIn) -> None:
    """An empty list is a failure, because a market has coins."""
    for name in TOTALS:
        stand_in.fault(name, Fault("empty"))

    assert set(failure(client, "/api/market/overview", 503)["details"].values()) <= {
        "Bad data",
        "Unsupported",
    }


def test_all_gone(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """If all providers fail, the old answer is served with its age, and without one it is an error."""
    before = overview(client)
    for name in TOTALS:
        stand_in.fault(name, Fault("status", status=500))
    clock.advance(700)
    after = overview(client)

    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 700)


def test_an_empty_cache(client: FlaskClient, stand_in: StandIn) -> None:
    """Without any data the answer is 503 with every reason."""
    for name in TOTALS:
        stand_in.fault(name, Fault("status", status=451))
    details = failure(client, "/api/market/overview", 503)["details"]

    assert set(details.values()) == {"Region blocked"}
    assert "coingecko:trending" in details


def test_a_failed_part_is_fetched_again_by_itself(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A failed part is fetched again after a minute, and the other parts stay."""
    stand_in.fault("coingecko", Fault("status", status=500, path="trending"))
    for _ in range(3):
        assert overview(client)["meta"]["failed"] == {"coingecko:trending": "HTTP 500"}
    assert stand_in.calls.count("coingecko") == 3

    stand_in.heal()
    clock.advance(60)
    eventually(lambda: overview(client)["data"]["trending"])
    assert overview(client)["meta"]["failed"] == {}
    assert stand_in.calls.count("coingecko") == 4
    assert stand_in.calls.count("coinlore") == 1


def test_a_part_that_no_provider_gives_any_more_stays(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """A part that fails stays with its age for a day, is tried each minute, and the others are refreshed."""
    before = overview(client)
    stand_in.fault("coingecko", Fault("status", status=500, path="trending"))
    clock.advance(700)
    eventually(lambda: overview(client)["meta"]["failed"] == {"coingecko:trending": "HTTP 500"})
    after = overview(client)
    assert after["data"]["trending"] == before["data"]["trending"]
    assert after["data"]["totalMarketCap"] != before["data"]["totalMarketCap"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 700)
    assert stand_in.calls.count("coingecko", "trending") == 2

    clock.advance(700)
    eventually(lambda: overview(client)["data"]["totalMarketCap"] != after["data"]["totalMarketCap"])
    assert overview(client)["meta"]["ageSeconds"] == 1400

    stand_in.heal()
    clock.advance(60)
    eventually(lambda: overview(client)["meta"]["stale"] is False)
    assert overview(client)["meta"]["failed"] == {}


def test_no_part_stays_for_more_than_a_day(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A part that fails for more than a day is null, while the others are served."""
    overview(client)
    stand_in.fault("coingecko", Fault("status", status=500, path="trending"))
    for _ in range(5):
        clock.advance(20_000)
        eventually(lambda: overview(client)["meta"]["failed"])
    eventually(lambda: overview(client)["data"]["trending"] is None)
    assert overview(client)["meta"]["stale"] is False


def test_categories_are_cached(make: Make, stand_in: StandIn) -> None:
    """Categories are cached like all other data."""
    app = make().application
    market = services_of(app).market
    first, *_ = market.overview.categories().categories

    assert (first.id, first.name) == ("layer-1", "Layer 1 (L1)")
    market.overview.categories()
    assert stand_in.calls.count("coingecko", "categories") == 1
