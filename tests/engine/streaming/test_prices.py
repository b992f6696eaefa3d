"""A live price: three venues of the last seconds suffice, otherwise requests join them with their age."""

from typing import Any

from msgspec.structs import replace

from engine.analysis.consensus import judge
from engine.cache import Validity
from engine.market.prices.lists import CoinPrice, PriceList
from engine.streaming.prices import LivePrice, _bare
from providers import ASSETS, StreamedTicker
from tests.engine.streaming.test_series import RecordingPublisher

BTC = ASSETS[0]
NOW = 1_790_274_180_000
VENUES = {"binance": "USDT", "bybit": "USDT", "okx": "USDT", "coinbase": "USD"}


def live() -> tuple[LivePrice, RecordingPublisher]:
    """Return a price that nothing is known of, and what it publishes."""
    published = RecordingPublisher()
    return LivePrice("prices:BTC", BTC, VENUES, published, str), published


def requested(price: float, time: int, rate: float | None = None) -> PriceList:
    """Return the answer to a request: one provider's price of a time (Unix milliseconds)."""
    sources = judge({"kraken": price}).sources
    coin: CoinPrice = replace(_bare(BTC), price=price, time=time / 1000, sources=sources, change_24h=1.5)
    validity = Validity(made=0.0, lifetime=1.0)
    known = rate is not None
    return PriceList("USDT", (coin,), (), {}, rate, 0.9 if known else None, known, "several", validity)


def say(price: LivePrice, venue: str, figure: float, now: int) -> None:
    """Let a venue send its price."""
    price.receive(venue, StreamedTicker("topic", figure, now - 5), now)


def last(published: RecordingPublisher) -> Any:
    """Return the last published message."""
    return published.messages[-1][0]


def used(published: RecordingPublisher) -> dict[str, float]:
    """Return the sources of the last published price."""
    return {source["provider"]: source["price"] for source in last(published)["data"]["sources"]}


def test_three_live_quotes_need_no_other() -> None:
    """Three live quotes suffice without older ones, and the price is as old as the oldest of them."""
    price, published = live()
    price.requested(requested(99.0, NOW - 60_000), NOW)
    for venue, after in (("binance", 1_000), ("bybit", 1_500), ("okx", 2_000)):
        say(price, venue, 100.0, NOW + after)
    price.tick(NOW + 3_000)

    assert used(published) == {"binance": 100.0, "bybit": 100.0, "okx": 100.0}
    assert last(published)["sourceTime"] == NOW + 995
    assert last(published)["data"]["change24h"] == 1.5


def test_fewer_live_quotes_are_joined_by_those_of_requests() -> None:
    """With fewer live quotes those of requests count, and a quote expires after five seconds."""
    price, published = live()
    price.requested(requested(100.0, NOW - 60_000), NOW)
    say(price, "binance", 100.5, NOW + 1_000)
    say(price, "bybit", 100.6, NOW + 5_900)
    price.tick(NOW + 6_000)
    assert used(published) == {"kraken": 100.0, "binance": 100.5, "bybit": 100.6}
    assert last(published)["sourceTime"] == NOW - 60_000

    say(price, "bybit", 100.7, NOW + 6_100)
    price.tick(NOW + 6_400)
    assert used(published) == {"kraken": 100.0, "bybit": 100.7}


def test_a_dollar_is_no_tether() -> None:
    """A quote in dollars counts only with a rate, by which it is converted."""
    price, published = live()
    say(price, "coinbase", 100.0, NOW)
    assert published.messages == []
    price.requested(requested(100.1, NOW, rate=0.999), NOW + 10)
    price.tick(NOW + 300)

    assert abs(used(published)["coinbase"] - 100.0 / 0.999) < 1e-6


def test_a_price_is_published_four_times_a_second_at_most() -> None:
    """At most four prices a second are published, and the newest one is held until it is due."""
    price, published = live()
    price.requested(requested(100.0, NOW), NOW)
    for step in range(100):
        say(price, "binance", 100.0 + step, NOW + 10 * step)
        price.tick(NOW + 10 * step)

    assert len(published.messages) == 4


def test_a_quote_that_cannot_be_compared_has_no_age() -> None:
    """A quote without a rate affects neither the age nor the confidence of a price."""
    price, published = live()
    say(price, "coinbase", 100.0, NOW - 4_000)
    for venue, after in (("binance", 0), ("bybit", 100), ("okx", 200)):
        say(price, venue, 100.0, NOW + after)
    price.tick(NOW + 300)

    assert "coinbase" not in used(published)
    assert last(published)["sourceTime"] == NOW - 5
    assert last(published)["data"]["confidence"] > 0.5


def test_a_quote_that_was_long_under_way_is_as_old_as_its_venue_says() -> None:
    """A delayed quote has the age that its venue states, and expires by that age."""
    price, published = live()
    price.requested(requested(100.0, NOW - 60_000), NOW)
    for venue, age in (("binance", 0), ("bybit", 0), ("okx", 30_000)):
        price.receive(venue, StreamedTicker("topic", 100.5, NOW - age), NOW)
    price.tick(NOW + 300)

    assert set(used(published)) == {"kraken", "binance", "bybit"}


def test_no_price_is_trusted_more_than_the_rate_of_its_dollars() -> None:
    """A price has at most the confidence of the dollar's rate, because its row is also in dollars."""
    price, published = live()
    price.requested(
        replace(requested(100.0, NOW, 1.0), usdt_usd_confidence=0.57, usdt_usd_verified=False), NOW
    )
    for venue in ("binance", "bybit", "okx"):
        say(price, venue, 100.0, NOW + 10)
    price.tick(NOW + 5_000)

    assert (last(published)["data"]["confidence"], last(published)["data"]["verified"]) == (0.57, False)
