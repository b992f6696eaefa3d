"""What codes cost at a moment, by all markets of each venue."""

from engine.catalogue.looks import look, volumes
from providers import Ticker
from tests.engine.catalogue.listing_of import listing, market


def test_one_order_book_under_two_quotes_counts_once() -> None:
    """OKX trades the same book against USD and USDC: the same last price and volume."""
    rows = [market("okx", "BTC", "USD"), market("okx", "BTC", "USDC"), market("okx", "BTC", "USDT")]
    others = [market("okx", "USDC", "USD"), market("okx", "USDT", "USD")]
    listings = {"okx": listing("okx", [*rows, *others])}
    tickers = {
        "okx": [
            Ticker("BTCUSD", 80_000.0, 5_000_000.0),
            Ticker("BTCUSDC", 80_000.0, 5_000_000.0),
            Ticker("BTCUSDT", 80_010.0, 7_000_000.0),
            Ticker("USDCUSD", 1.0, 1_000.0),
            Ticker("USDTUSD", 1.0, 2_000.0),
        ]
    }
    (bitcoin,) = (price for price in look(0.0, listings, tickers).prices if price.code == "BTC")

    assert bitcoin.volume == 12_000_000.0
    assert volumes(listings, tickers)["okx BTCUSDC"] == 5_000_000.0


def test_markets_that_only_resemble_each_other_count_both() -> None:
    """The same price with another volume is another book."""
    listings = {"okx": listing("okx", [market("okx", "BTC", "USD"), market("okx", "BTC", "USDT")])}
    listings["gate"] = listing("gate", [market("gate", "USDT", "USD")])
    tickers = {
        "okx": [Ticker("BTCUSD", 80_000.0, 5.0), Ticker("BTCUSDT", 80_000.0, 6.0)],
        "gate": [Ticker("USDTUSD", 1.0, 2_000.0)],
    }
    (bitcoin,) = (price for price in look(0.0, listings, tickers).prices if price.code == "BTC")

    assert bitcoin.volume == 11.0
