"""The price of USDT in dollars, from all providers that know it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.tether import observe
from providers import ASSET_BY_NAME, EURO, TETHER, USDC, Quote

BTC, ETH = ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"]


def direct(rate: float) -> list[Quote]:
    """Return the quotes of a provider with tether's dollar market."""
    return [Quote(TETHER, rate, "USD")]


def both(rate: float) -> list[Quote]:
    """Return the quotes of a venue with two coins both in dollars and in USDT."""
    return [
        Quote(coin, price * factor, currency)
        for coin, price in ((BTC, 80_000.0), (ETH, 3_000.0))
        for currency, factor in (("USDT", 1.0), ("USD", rate))
    ]


@pytest.mark.parametrize(
    "quotes",
    [
        direct(0.98),
        both(0.98),
        [Quote(TETHER, 0.98 / 1.14, "EUR"), Quote(EURO, 1.14, "USD")],
        [Quote(USDC, 1.001, "USD"), Quote(USDC, 1.001 / 0.98, "USDT")],
    ],
    ids=["its own market", "a coin in both", "the euro", "USDC"],
)
def test_one_observer_is_never_verified(quotes: list[Quote]) -> None:
    """A rate from one provider is never verified, because all its ways are one observer."""
    rate = observe({"venue": quotes})

    assert rate is not None
    assert rate.price == pytest.approx(0.98)
    assert rate.confidence == 0.5
    assert not rate.verified


def test_all_ways_of_a_venue_are_one_observer() -> None:
    """Ten ways at one venue do not count as ten venues."""
    rate = observe({"venue": [*direct(0.98), *both(0.98)]})

    assert rate is not None
    assert rate.confidence == 0.5


def test_one_wrong_market_of_a_venue_does_not_move_its_rate() -> None:
    """The median of its ways ignores one wrong market."""
    rate = observe({"venue": [*direct(0.90), *both(1.0)]})

    assert rate is not None
    assert rate.price == pytest.approx(1.0)


def test_a_venue_that_contradicts_itself_observes_nothing() -> None:
    """A venue with two ways more than 2 % apart observes nothing."""
    contradiction = [*direct(0.90), Quote(USDC, 1.0, "USD"), Quote(USDC, 1.0, "USDT")]

    assert observe({"venue": contradiction}) is None
    rate = observe({"venue": contradiction, "other": direct(1.0)})
    assert rate is not None
    assert rate.price == 1.0


def test_three_observers_that_agree_are_verified() -> None:
    """A rate from three observers that agree is verified, as for prices."""
    two = observe({"kraken": direct(0.999), "okx": both(0.9991)})
    three = observe({"kraken": direct(0.999), "okx": both(0.9991), "bybit": both(0.9989)})

    assert two is not None
    assert not two.verified
    assert three is not None
    assert three.verified
    assert three.price == pytest.approx(0.999)


def test_two_observers_that_disagree_are_disputed() -> None:
    """A rate from two observers that disagree is disputed, as for prices."""
    rate = observe({"kraken": direct(0.90), "okx": both(1.0)})

    assert rate is not None
    assert rate.confidence < 0.5
    assert not rate.verified


def test_usdc_in_dollars_is_one_observer() -> None:
    """USDC in dollars is one observer, together with the venues' prices of USDC in USDT."""
    venues = {name: [Quote(USDC, 1.02, "USDT")] for name in ("binance", "kucoin", "gate")}
    rate = observe({"aggregator": [Quote(USDC, 1.0, "USD")], **venues})

    assert rate is not None
    assert rate.price == pytest.approx(1 / 1.02)
    assert rate.confidence == 0.5


def test_providers_that_need_one_price_of_usdc_are_one_observer() -> None:
    """Three providers with USDC in dollars are one observer if they share one price of USDC in USDT."""
    dollars = {name: [Quote(USDC, 1.0, "USD")] for name in ("coinbase", "bitstamp", "coinlore")}
    rate = observe({**dollars, "okx": [Quote(USDC, 1.10, "USDT")]})

    assert rate is not None
    assert rate.confidence == 0.5
    assert not rate.verified


def test_a_wrong_price_of_usdc_does_not_affect_direct_rates() -> None:
    """A wrong price of USDC leaves the rates of providers with tether's dollar market unchanged."""
    honest = {name: [*direct(1.0), Quote(USDC, 1.0, "USD")] for name in ("coingecko", "coinlore", "coincap")}
    rate = observe({**honest, "okx": [Quote(USDC, 1.10, "USDT")]})

    assert rate is not None
    assert rate.price == 1.0
    assert rate.verified


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"binance": [Quote(BTC, 80_000.0, "USDT"), Quote(USDC, 1.0, "USDT")]},
        {"coinlore": [Quote(BTC, 80_000.0, "USD")], "binance": [Quote(BTC, 80_000.0, "USDT")]},
        {"kraken": direct(1.5)},
        {"kraken": [Quote(TETHER, 0.86, "EUR")]},
        {"kraken": [Quote(EURO, 1.14, "USD")]},
    ],
    ids=[
        "no providers",
        "no dollars",
        "no provider with both",
        "implausible",
        "no dollars for euros",
        "no tether",
    ],
)
def test_a_rate_that_cannot_be_observed_is_unknown(answers: dict[str, list[Quote]]) -> None:
    """A rate that no observer gives is unknown: it is never 1.0 and never mixes two providers."""
    assert observe(answers) is None


@given(st.lists(st.floats(0.999, 1.001), min_size=2, max_size=8), st.floats(0.5, 2.0), st.integers(0, 8))
def test_one_wrong_observer_does_not_move_the_rate(honest: list[float], lie: float, place: int) -> None:
    """If one of three or more observers is wrong in all its markets, the rate stays."""
    rates = [*honest[:place], lie, *honest[place:]]
    rate = observe({str(number): direct(rate) for number, rate in enumerate(rates)})

    assert rate is not None
    if 0.8 <= lie <= 1.25:
        assert min(honest) * (1 - 1e-9) <= rate.price <= max(honest) * (1 + 1e-9)
