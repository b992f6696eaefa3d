"""Observe in several ways what a USDT is worth in US dollars, and judge it like a price. Pure functions.

An observer is a provider with dollar markets. It may know the rate in several ways: its dollar market of
tether, each coin that it has both in dollars and in USDT, tether in euros with euros in dollars, and USDC in
dollars with USDC in USDT. All ways of one provider are one observer, with their median; a provider whose ways
contradict each other observes nothing.

A provider with USDC in dollars alone needs other providers' price of a USDC in USDT. All these share the
error of that price. Together they are one observer, and no provider that knows the rate without it depends on
it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from engine.analysis.consensus import Consensus, judge, tidy
from providers import TETHER, USDC, Quote

PLAUSIBLE = (0.8, 1.25)
"""The possible worth of a USDT in dollars; other rates are errors."""

BORROWERS = "USDC"
"""The one observer for all providers that need others' price of a USDC."""

Book = Mapping[tuple[str, str], float]
"""One provider's prices, by the codes of the coin and the currency."""


class Rate(msgspec.Struct, frozen=True):
    """US dollars for one USDT, with its confidence, as for a price."""

    price: float
    confidence: float
    verified: bool

    def bound(self, consensus: Consensus) -> Consensus:
        """Limit a consensus that rests on this rate to its confidence, and to unverified if the rate is."""
        return replace(
            consensus,
            confidence=min(consensus.confidence, self.confidence),
            verified=consensus.verified and self.verified,
        )


def observe(answers: Mapping[str, Sequence[Quote]]) -> Rate | None:
    """Return the rate from the quotes of all providers, `None` if none knows dollars."""
    books = {provider: _book(quotes) for provider, quotes in answers.items()}
    ways = {provider: list(_ways(book)) for provider, book in books.items()}
    seen = {provider: _agreed(rates) for provider, rates in ways.items()}
    seen[BORROWERS] = _borrowed(books, [provider for provider, rates in ways.items() if not rates])
    known = {provider: rate for provider, rate in seen.items() if rate is not None}
    if not known:
        return None
    consensus = judge(known)
    return Rate(consensus.price, consensus.confidence, consensus.verified)


def converted(quote: Quote, currency: str, usdt_usd: float | None) -> float | None:
    """Return the quote's price in `currency`, `None` if the rate between tether and dollar is unknown."""
    if quote.currency == currency:
        return quote.price
    if usdt_usd is None:
        return None
    return tidy(quote.price * usdt_usd if currency == "USD" else quote.price / usdt_usd)


def _ways(book: Book) -> Iterator[float]:
    """Yield the rate in every way that one provider knows alone."""
    for (code, currency), price in book.items():
        if code == TETHER.code:
            in_dollars = 1.0 if currency == "USD" else book.get((currency, "USD"))
            if in_dollars is not None:
                yield price * in_dollars
        elif currency == "USD" and (in_tether := book.get((code, "USDT"))) is not None:
            yield price / in_tether


def _borrowed(books: Mapping[str, Book], borrowers: Iterable[str]) -> float | None:
    """Return the rate from the `borrowers`' dollars for a USDC and the others' price of one in USDT."""
    usdc = _agreed(book[USDC.code, "USDT"] for book in books.values() if (USDC.code, "USDT") in book)
    if usdc is None:
        return None
    dollars = (books[provider].get((USDC.code, "USD")) for provider in borrowers)
    return _agreed(price / usdc for price in dollars if price is not None)


def _agreed(rates: Iterable[float]) -> float | None:
    """Return the median of plausible rates that do not form two camps."""
    low, high = PLAUSIBLE
    plausible = {str(number): rate for number, rate in enumerate(rates) if low <= rate <= high}
    if not plausible:
        return None
    consensus = judge(plausible)
    return None if consensus.disputed else tidy(consensus.price)


def _book(quotes: Iterable[Quote]) -> Book:
    return {(quote.asset.code, quote.currency): quote.price for quote in quotes}
