"""Listings of the markets that venues trade."""

from engine.catalogue.listings import ENDED_KEPT, Listing, ended_markets
from tests.engine.catalogue.listing_of import listing, listing_of, market

DAY = 86_400.0


def test_a_version_is_the_content() -> None:
    """A listing's version changes with a tick size, and not with the time or the order of its rows."""
    rows = [market("okx", "BTC"), market("okx", "ETH")]
    version = listing("okx", rows, 1.0).version

    assert listing("okx", reversed(rows), 2.0).version == version
    assert listing("okx", [rows[0], market("okx", "ETH", tick=0.1)]).version != version


def test_only_markets_that_trade_count_as_trading() -> None:
    """Only trading markets count: venues keep halted and ended rows in their lists for years."""
    rows = [market("okx", "BTC"), market("okx", "OLD", state="ended"), market("okx", "NEW", state="upcoming")]

    assert [row.base for row in listing("okx", rows).trading] == ["BTC"]


def after(codes: str, time: float, last: Listing | None, known: object = ()) -> dict[str, float]:
    """Return the bases of the ended markets with the times of their ends."""
    ended = ended_markets(last, listing_of("okx", codes.split(), time), known)  # type: ignore[arg-type]
    return {one.market.base: one.since for one in ended}


def test_a_market_that_vanishes_is_ended_until_it_is_forgotten() -> None:
    """A market that vanishes from a listing is known as ended for 90 days, unless it returns."""
    last = listing_of("okx", ["BTC", "TON"])
    known = ended_markets(last, listing_of("okx", ["BTC"], DAY), ())

    assert after("BTC", DAY, last) == {"TON": DAY}
    assert after("BTC", 2 * DAY, listing_of("okx", ["BTC"], DAY), known) == {"TON": DAY}
    assert after("BTC TON", 2 * DAY, listing_of("okx", ["BTC"], DAY), known) == {}
    assert after("BTC", DAY + ENDED_KEPT, listing_of("okx", ["BTC"], DAY), known) == {}
    assert after("BTC", DAY, None) == {}
