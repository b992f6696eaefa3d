"""A look: the prices of venues' codes in US dollars at one moment. Pure functions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from engine.catalogue.folding import fold
from engine.catalogue.identity import Look, Price
from engine.catalogue.listings import Listing, Market
from providers import Ticker

STEPS: tuple[tuple[str, ...], ...] = (
    ("USDT", "USDC", "EUR"),
    ("BTC", "ETH", "GBP", "TRY", "BRL", "DAI", "FDUSD"),
)
"""Currencies of markets in the order of their valuation: each by its markets in earlier ones."""

Traded = Mapping[str, Sequence[tuple[Market, Ticker]]]
"""The markets of each venue that trade, with their tickers."""


def look(time: float, listings: Mapping[str, Listing], tickers: Mapping[str, Iterable[Ticker]]) -> Look:
    """Return the price of every code that is traded against a known currency, at each venue.

    Of several markets of a code, the price is that of the market with the largest volume in dollars, and the
    volume is that of all. Some venues list one order book under several quotes (OKX: USD and USDC). It counts
    once, recognised by the same last price and volume. Markets that do not trade according to the listing do
    not count.
    """
    traded = {venue: _traded(listings[venue], rows) for venue, rows in tickers.items() if venue in listings}
    dollars = _dollars(traded)
    prices = (price for venue, markets in traded.items() for price in _prices(venue, markets, dollars))
    return Look(time, tuple(prices))


def volumes(listings: Mapping[str, Listing], tickers: Mapping[str, Iterable[Ticker]]) -> dict[str, float]:
    """Return the volume of each market in 24 hours in US dollars, by the key of the market."""
    traded = {venue: _traded(listings[venue], rows) for venue, rows in tickers.items() if venue in listings}
    dollars = _dollars(traded)
    return {
        volume_key(venue, market.native): (ticker.volume or 0.0) * dollars[fold(market.quote)]
        for venue, markets in traded.items()
        for market, ticker in markets
        if fold(market.quote) in dollars
    }


def volume_key(venue: str, native: str) -> str:
    """Return the key of a market's volume."""
    return f"{venue} {native}"


def _traded(listing: Listing, tickers: Iterable[Ticker]) -> list[tuple[Market, Ticker]]:
    by_native = {market.native: market for market in listing.trading}
    return [(by_native[ticker.native], ticker) for ticker in tickers if ticker.native in by_native]


def _dollars(traded: Traded) -> dict[str, float]:
    """Return the US dollars for one unit of each currency: the median of its markets."""
    dollars = {"USD": 1.0}
    for step in STEPS:
        found: dict[str, list[float]] = defaultdict(list)
        for markets in traded.values():
            for market, ticker in markets:
                base, quote = fold(market.base), fold(market.quote)
                if base in step and quote in dollars:
                    found[base].append(ticker.price * dollars[quote])
                elif quote in step and base in dollars and base != quote:
                    found[quote].append(dollars[base] / ticker.price)
        dollars |= {code: median(prices) for code, prices in found.items()}
    return dollars


def _prices(
    venue: str, markets: Sequence[tuple[Market, Ticker]], dollars: Mapping[str, float]
) -> Iterator[Price]:
    best: dict[str, tuple[float, float]] = {}
    volumes: dict[str, float] = defaultdict(float)
    books: set[tuple[str, float, float | None]] = set()
    for market, ticker in markets:
        rate = dollars.get(fold(market.quote))
        if rate is None:
            continue
        code, volume = fold(market.base), (ticker.volume or 0.0) * rate
        book = code, ticker.price, ticker.volume
        volumes[code] += 0.0 if book in books else volume
        books.add(book)
        if code not in best or volume > best[code][0]:
            best[code] = volume, ticker.price * rate
    for code, (_, usd) in best.items():
        yield Price(venue, code, usd, volumes[code])
