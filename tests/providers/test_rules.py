"""Each rule of the contract finds the value that breaks it."""

from collections.abc import Sequence
from typing import Any

import pytest

from providers import (
    INTERVALS,
    TETHER,
    Candidate,
    Candle,
    Category,
    Event,
    FearGreed,
    Figures,
    Headline,
    Http,
    LastTrade,
    Listing,
    Market,
    MarketTrade,
    OrderBook,
    Overview,
    Quote,
    StreamedBook,
    StreamedCandle,
    StreamedTicker,
    StreamedTrade,
    Ticker,
    Window,
)
from providers.binance import Binance
from tests.providers import contract
from tests.providers.payloads import BTC, CANDLES, ETH, NOW
from tests.providers.stream_contract import event

MS = int(NOW * 1000)
FUTURE = MS + 2 * contract.DAY
NAN = float("nan")
HOUR = INTERVALS["1h"]
ONE = Binance(Http(), clock=lambda: NOW)


def market(**more: Any) -> Market:
    """Return a market of Binance."""
    return Market(**{"venue": "binance", "base": "BTC", "quote": "USDT", "native": "BTCUSDT", **more})


def trade(id_: int, **more: Any) -> MarketTrade:
    """Return a trade."""
    return MarketTrade(**{"id": id_, "price": 2.0, "amount": 1.0, "time": MS, "buyer_is_maker": None, **more})


@pytest.mark.parametrize(
    ("rule", "result", "wrong"),
    [
        (contract.fear_greed, [FearGreed(101, "Greed", MS)], "the value"),
        (contract.fear_greed, [FearGreed(1, "Fear", FUTURE)], "the value"),
        (contract.fear_greed, [FearGreed(1, "Fear", 1), FearGreed(1, "Fear", 2)], "newest first"),
        (contract.headlines, [Headline("", "https://a.example", "a", MS)], "the headline"),
        (contract.overview, Overview(btc_dominance=60, eth_dominance=50), "the shares"),
        (contract.overview, Overview(market_cap=-1), "market_cap -1"),
        (contract.overview, Overview(market_cap_change_24h=NAN), "market_cap_change_24h nan"),
        (contract.listings, [Listing("BTC", "", 1, 0, 1, 1, 1)], "the coin"),
        (contract.listings, [Listing("BTC", "Bitcoin", NAN, 0, 1, 1, 1)], "price nan"),
        (contract.listings, [Listing("BTC", "Bitcoin", 1, -101, 1, 1, 1)], "change_24h -101"),
        (contract.categories, [Category("a", "A", 1, 0, 1, ())] * 2, "1 of 2 rows"),
        (contract.categories, [Category("a", "", 1, 0, 1, ())], "the category"),
        (contract.listing, [market(), market()], "1 of 2 rows"),
        (contract.listing, [market(venue="kraken")], "the market"),
        (contract.listing, [market(tick=-1)], "tick -1"),
        (contract.coins, [Candidate("other", "a", "A", "A")], "the coin"),
        (contract.coins, [Candidate("binance", "a", "A", "A", contracts=("0x1",))], "the contracts"),
        (contract.figures, [Figures("", 1.0)], "without id"),
        (contract.figures, [Figures("a", 0.0)], "without price"),
        (contract.tickers, [Ticker("A", 1.0), Ticker("A", 1.0)], "1 of 2 rows"),
        (contract.tickers, [Ticker("A", 0.0)], "without price"),
        (contract.tickers, [Ticker("A", 1.0, time=FUTURE)], "a ticker at"),
        (contract.book, OrderBook(((1, 1), (2, 1)), (), None), "the best first"),
        (contract.book, OrderBook((), ((1, 0),), None), "a level without"),
        (contract.trades, [trade(2), trade(1)], "the oldest first"),
        (contract.trades, [trade(1), trade(1)], "1 of 2 rows"),
        (contract.trades, [trade(1, amount=0.0)], "without amount"),
        (contract.trades, [trade(1, time=FUTURE)], "a trade at"),
    ],
)
def test_a_value_that_cannot_be_is_found(rule: Any, result: Any, wrong: str) -> None:
    """A value that no provider may give is named."""
    [found] = rule(result, ONE)

    assert wrong in found


@pytest.mark.parametrize(
    ("quote", "wrong"),
    [
        (Quote(ETH, 1.0, "USDT"), "a quote of ETH, which was not requested"),
        (Quote(BTC, 1.0, "EUR"), "BTC in EUR"),
        (Quote(BTC, 1.0, "JPY"), "BTC in JPY"),
        (Quote(BTC, 1.0, "USD", FUTURE), "a quote at"),
        (Quote(BTC, 0.0, "USD"), "without price"),
        (Quote(BTC, 1.0, "USD", change_7d=-101), "change_7d -101"),
    ],
)
def test_a_quote_that_cannot_be_is_found(quote: Quote, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quote is of a requested coin, in a known currency, with a possible price."""
    monkeypatch.setattr(Binance, "rate_assets", (TETHER,))
    [found] = contract.quotes([quote], [BTC], ONE)

    assert wrong in found


@pytest.mark.parametrize(
    ("candles", "window", "wrong"),
    [
        (CANDLES[:1], Window(3), "the newest candle opened at"),
        (CANDLES, Window(2), "3 candles instead of 2"),
        (CANDLES, Window(3, start=CANDLES[1].open_time), "outside of the requested part"),
        (CANDLES[::-1], Window(3), "follows"),
    ],
)
def test_candles_that_cannot_be_are_found(candles: Sequence[Candle], window: Window, wrong: str) -> None:
    """Candles are those of the window, in order, and the newest are recent."""
    found = [*contract.candles(candles, HOUR, window, MS)]

    assert any(wrong in each for each in found)


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        (StreamedCandle("a", Candle(MS, 1, 2, 1, 1, 1), None), "the candle"),
        (StreamedTicker("a", NAN), "a figure of"),
        (StreamedTrade("a", 1, 1.0, -1.0, MS), "an amount of"),
        (StreamedTrade("a", 1, 1.0, 1.0, FUTURE), "a trade at"),
        (StreamedBook("a", 2, 1, 1, 1), "a crossed book"),
        (LastTrade("a", -1), "the id -1"),
    ],
)
def test_an_event_that_cannot_be_is_found(one: Event, wrong: str) -> None:
    """An event of a stream has possible figures and a time that has come."""
    [found] = event(one, MS, HOUR)

    assert wrong in found
