"""The catalogue of the stand-in's venues, which know the true coin of each code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from engine.catalogue.facts import read_facts
from engine.catalogue.folding import fold
from engine.catalogue.identity import Event
from engine.catalogue.listings import Listing
from engine.catalogue.looks import look, volumes
from engine.catalogue.state import State
from providers import CoinLister, Http, MarketLister, TickerSource, discover
from tests.everybody import COINS, MARKETS
from tests.upstreams import Fault, StandIn

FACTS = read_facts()
START = 1_796_000_000.0
A_DAY_OF_LOOKS = (0.0, 30.0, 30.0, 30.0, 4 * 3600.0, 20 * 3600.0, 30.0, 30.0)
"""Seconds between looks at prices."""


class Refreshed:
    """A catalogue that is refreshed from the stand-in, with its own clock."""

    def __init__(self) -> None:
        self.now = START
        self.stand_in = StandIn(clock=lambda: self.now).start()
        self.state = State()
        self.events: list[Event] = []
        self.providers = [
            kind(Http(), base_url=self.stand_in.url(kind.name), clock=lambda: self.now)
            for kind in discover()
            if kind.name in (*MARKETS, *COINS)
        ]

    def refresh(self) -> None:
        """Request all listings."""
        for one in self.providers:
            if isinstance(one, MarketLister):
                listing = Listing.of(one.name, self.now, one.listing())
                self.state = self.state.with_listing(listing, FACTS)
            elif isinstance(one, CoinLister):
                self.state = self.state.with_candidates(one.name, tuple(one.coins()))
        self.state, events = self.state.bound(FACTS, self.now, lambda: None)
        self.events += events

    def look(self, *gaps: float) -> None:
        """Observe all prices after each of the given numbers of seconds."""
        for gap in gaps:
            self.now += gap
            listings = self.state.listings
            tickers = {one.name: one.tickers() for one in self.providers if isinstance(one, TickerSource)}
            seen, traded = look(self.now, listings, tickers), volumes(listings, tickers)
            self.state, events = self.state.observed(seen, traded, lambda: None)
            self.events += events

    def served(self) -> dict[tuple[str, str], str]:
        """Return the coin of each proved code."""
        bindings = self.state.identities.bindings.values()
        return {(one.venue, one.code): one.coin for one in bindings if one.served}

    def truth(self) -> dict[tuple[str, str], str]:
        """Return the true coin of each code."""
        world = self.stand_in.world
        return {(venue, fold(row.base)): row.coin for venue in MARKETS for row in world.markets(venue)}


@pytest.fixture(scope="module")
def refreshed() -> Iterator[Refreshed]:
    """Return a catalogue after a day of observations."""
    one = Refreshed()
    one.refresh()
    one.look(*A_DAY_OF_LOOKS)
    yield one
    one.stand_in.stop()


def test_no_code_means_a_wrong_coin(refreshed: Refreshed) -> None:
    """Two codes are one coin only if they truly are, and most codes are proved within a day."""
    truth = refreshed.truth()
    meant: dict[str, set[str]] = defaultdict(set)
    for key, coin in refreshed.served().items():
        if key in truth:
            meant[coin].add(truth[key])

    assert {coin: true for coin, true in meant.items() if len(true) > 1} == {}
    assert len(meant) >= 40
    assert not [event for event in refreshed.events if event.what != "proved"]


def test_collisions_and_renames(refreshed: Refreshed) -> None:
    """A code may mean two coins, and a coin may have two codes."""
    served = refreshed.served()

    assert served["gate", "NEIRO"] == served["kucoin", "NEIROCTO"] == served["bybit", "NEIROCTO"]
    assert served["bybit", "NEIRO"] != served["gate", "NEIRO"]
    assert served["kraken", "LUNA"] == served["gate", "LUNC"] != served["okx", "LUNA"]
    assert served["okx", "GRAM"] == served["kraken", "TON"] == "ton"
    assert served["gate", "GAL"] not in {served["okx", "G"], served["binance", "G"]}
    assert ("bybit", "ZEDA") not in served or served["bybit", "ZEDA"] != served["okx", "ZEDA"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("short_listing", count=49), "too few markets"),
        (Fault("half_listing"), "too few markets"),
        (Fault("rebound"), "codes exchanged"),
    ],
)
def test_a_listing_that_went_wrong_is_refused(fault: Fault, reason: str, refreshed: Refreshed) -> None:
    """A faulty listing is refused, the last one stays, and the next valid one is accepted."""
    before = refreshed.state.listings["okx"]
    refreshed.stand_in.fault("okx", fault)
    refreshed.refresh()
    assert refreshed.state.refusals["okx"].reason == reason
    assert refreshed.state.listings["okx"] == before

    refreshed.stand_in.heal()
    refreshed.refresh()
    assert "okx" not in refreshed.state.refusals


def test_swapped_codes_are_unbound_within_three_looks(refreshed: Refreshed) -> None:
    """Exchanged codes are unbound within three observations of prices."""
    served = refreshed.served()
    coins = list(served.values())
    one, other = (
        row.base
        for row in refreshed.stand_in.world.markets("gate")
        if row.base in ("XMR", "币安人生") and coins.count(served["gate", row.base]) > 2
    )
    refreshed.stand_in.fault("gate", Fault("swapped", coins=(one, other)))
    refreshed.look(30.0, 30.0, 30.0)
    after = refreshed.served()
    refreshed.stand_in.heal()

    assert ("gate", one) not in after
    assert ("gate", other) not in after
    assert {event.code for event in refreshed.events if event.what == "unbound"} == {one, other}
