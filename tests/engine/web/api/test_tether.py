"""The price of a USDT in dollars, and the figures that depend on it."""

import pytest
from flask.testing import FlaskClient

from tests.engine.web.api.answers import Json, prices
from tests.engine.web.api.test_prices import break_all, only
from tests.everybody import QUOTES
from tests.upstreams import Fault, StandIn
from tests.upstreams.coins import USD_PER_USDT

AGGREGATORS = ("coinpaprika", "coinlore", "coinmarketcap", "coingecko")
VENUES = tuple(name for name in QUOTES if name not in AGGREGATORS)


def right(stand_in: StandIn, answer: Json) -> bool:
    """Return whether prices in dollars are those of the market."""
    row = only(answer)
    return bool(
        row["priceUsd"] == pytest.approx(stand_in.market.price("BTC") * USD_PER_USDT, rel=2e-3)
        and answer["meta"]["usdtUsd"] == pytest.approx(USD_PER_USDT, rel=2e-3)
    )


@pytest.mark.parametrize("convert", ["USD", "USDT"])
@pytest.mark.parametrize("factor", [0.9, 0.97, 1.1])
def test_one_wrong_tether_market_does_not_move_the_rate(
    client: FlaskClient, stand_in: StandIn, convert: str, factor: float
) -> None:
    """A wrong tether market of Kraken is outvoted by other markets, and honest quotes count."""
    break_all(stand_in, *VENUES)
    stand_in.fault("kraken", Fault("price", factor=factor, coins=["USDT"]))
    answer = prices(client, f"symbols=BTC&convert={convert}")

    assert right(stand_in, answer)
    assert only(answer)["verified"] is True
    assert not any(source["outlier"] or source["suspect"] for source in only(answer)["sources"])


def test_one_wrong_venue_does_not_move_the_rate(client: FlaskClient, stand_in: StandIn) -> None:
    """A wrong venue is one observer, with any number of wrong markets, and does not move the rate."""
    break_all(stand_in, *VENUES)
    stand_in.fault("kraken", Fault("dollars", factor=0.9))
    answer = prices(client, "symbols=BTC&convert=USD")

    assert right(stand_in, answer)
    assert answer["meta"]["usdtUsdConfidence"] < 0.75


@pytest.mark.parametrize("convert", ["USD", "USDT"])
@pytest.mark.parametrize("factor", [1.0, 0.9])
def test_nothing_is_verified_on_one_observer(
    client: FlaskClient, stand_in: StandIn, convert: str, factor: float
) -> None:
    """With Kraken as the only observer nothing is verified, and its confidence limits dependent figures."""
    break_all(stand_in, "binance", "kraken", "kucoin", "gate")
    stand_in.fault("kraken", Fault("dollars", factor=factor))
    answer = prices(client, f"symbols=BTC&convert={convert}")
    row = only(answer)

    assert answer["meta"]["usdtUsdConfidence"] == 0.5
    assert row["confidence"] <= 0.5
    assert row["verified"] is False


def test_two_observers_that_disagree_verify_nothing(client: FlaskClient, stand_in: StandIn) -> None:
    """A rate from two observers that disagree is disputed, and dependent figures have low confidence."""
    break_all(stand_in, "binance", "kraken", "bybit", "kucoin", "gate")
    stand_in.fault("kraken", Fault("dollars", factor=0.9))
    answer = prices(client, "symbols=BTC")

    assert answer["meta"]["usdtUsdConfidence"] < 0.5
    assert only(answer)["confidence"] < 0.5
    assert only(answer)["verified"] is False


def test_unconverted_dollars_do_not_depend_on_the_rate(client: FlaskClient, stand_in: StandIn) -> None:
    """Aggregators' prices in dollars are verified without a rate."""
    break_all(stand_in, *AGGREGATORS)
    for name in AGGREGATORS[:3]:
        stand_in.fault(name, Fault("price", factor=0.5, coins=["USDT", "USDC"]))
    in_dollars, in_tether = prices(client, "symbols=BTC&convert=USD"), prices(client, "symbols=BTC")

    assert in_dollars["meta"]["usdtUsdConfidence"] == 0.5
    assert only(in_dollars)["verified"] is True
    assert only(in_dollars)["confidence"] > 0.9
    assert only(in_tether)["verified"] is False
    assert only(in_tether)["confidence"] <= 0.5


@pytest.mark.parametrize("name", ["binance", "kucoin", "gate"])
def test_an_unknown_rate_is_null(client: FlaskClient, stand_in: StandIn, name: str) -> None:
    """A rate is null if no provider knows it, as with prices in tether only."""
    break_all(stand_in, name)
    meta = prices(client, "symbols=BTC")["meta"]

    assert meta["usdtUsd"] is meta["usdtUsdConfidence"] is None


def test_all_observers_count(client: FlaskClient, stand_in: StandIn) -> None:
    """Three venues and four aggregators are called once each for the rate."""
    meta = prices(client, "symbols=BTC")["meta"]

    assert meta["usdtUsd"] == pytest.approx(USD_PER_USDT, rel=1e-3)
    assert meta["usdtUsdConfidence"] > 0.9
    assert {name: stand_in.calls.count(name) for name in QUOTES} == dict.fromkeys(QUOTES, 1)
