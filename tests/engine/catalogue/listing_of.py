"""Listings for tests, from short descriptions."""

from collections.abc import Iterable

from engine.catalogue.listings import Listing, Market


def market(venue: str, base: str, quote: str = "USDT", native: str = "", **said: object) -> Market:
    """Return a market, named as Binance would where no `native` name is given."""
    values = {"venue": venue, "base": base, "quote": quote, "native": native or base + quote, **said}
    return Market(**values)  # type: ignore[arg-type]


def listing(venue: str, markets: Iterable[Market], time: float = 0.0) -> Listing:
    """Return the markets as the venue's listing."""
    return Listing.of(venue, time, markets)


def listing_of(venue: str, codes: Iterable[str], time: float = 0.0) -> Listing:
    """Return a listing of every code against USDT."""
    return listing(venue, [market(venue, code) for code in codes], time)
