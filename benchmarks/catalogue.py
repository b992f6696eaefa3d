"""The cost of a catalogue of 10 000 markets, compared with ccxt's markets of the same listings."""

import gc
import os
import pickle
import platform
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from statistics import quantiles
from typing import Any

from msgspec.structs import replace

from engine.catalogue.building import build_catalogue
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.facts import read_facts
from engine.catalogue.identity import Candidate, Identities, Look, Price, bind, observe
from engine.catalogue.listings import Listing, Market
from engine.catalogue.names import resolve
from engine.catalogue.searching import Search
from engine.catalogue.state import State
from engine.store import Store
from engine.store.memory import MemoryCache
from providers import ASSETS

VENUES = ("binance", "kraken", "bybit", "okx", "coinbase", "kucoin", "gate", "bitstamp")
MARKETS = 10_000
CODES = 3_000
COMMON = 1_200
"""Codes, and those of them that several venues trade against several quotes."""
QUOTES = ("USDT", "USDT", "USDT", "USD", "EUR", "USDC")
NOW = 1_795_000_000.0
FACTS = read_facts()
ROUNDS = 5
TEXTS = ("BTCUSDT", "ETHBTC", "C42USDT", "c42-usdt", "GRAM", "C1/USDT", "@btc", "C7/USDT:okx")
QUESTIONS = ("b", "bt", "btc", "coin 29", "c12", "zzz", "9", "itcoi")


def code_of(number: int) -> str:
    """Return the code of a coin, the pinned ones first."""
    return ASSETS[number].code if number < len(ASSETS) else f"C{number}"


def listings(total: int = MARKETS) -> dict[str, Listing]:
    """Return listings with the given number of markets: common codes at all venues, rare ones at one."""
    rows: dict[str, list[Market]] = {venue: [] for venue in VENUES}
    for number in range(total):
        turn, coin = (0, number) if number < CODES else divmod(number - CODES + COMMON, COMMON)
        venue = VENUES[(coin + turn) % len(VENUES)]
        base, quote = code_of(coin), QUOTES[turn % len(QUOTES)]
        unpinned = coin >= len(ASSETS)
        rows[venue].append(
            Market(
                venue,
                base,
                quote,
                f"{base}-{quote}",
                "trading",
                1_500_000_000_000 + number * 86_400,
                10.0 ** -(coin % 8),
                0.001,
                f"Coin {coin}" if unpinned and venue in ("gate", "bitstamp") else None,
                None,
                (f"eip155:1/0x{coin:040x}",) if unpinned and venue in ("gate", "kucoin") else (),
            )
        )
    return {venue: Listing.of(venue, NOW, markets) for venue, markets in rows.items()}


def candidates() -> list[Candidate]:
    """Return an aggregator's list of the same coins."""
    return [
        Candidate(
            "coingecko", f"coin-{coin}", code_of(coin), f"Coin {coin}", coin, (f"eip155:1/0x{coin:040x}",)
        )
        for coin in range(len(ASSETS), CODES)
    ]


def look(identities: Identities, now: float) -> Look:
    """Return a different price for every code."""
    codes = [one for one in identities.bindings.values() if one.kind == "coin"]
    dear = {code: 2 * 1.003**place for place, code in enumerate(sorted({one.code for one in codes}))}
    return Look(now, tuple(Price(one.venue, one.code, dear[one.code], 1e6) for one in codes))


def settled(known: dict[str, Listing]) -> Identities:
    """Return the bindings after a day of observed prices, which prove as much as possible."""
    identities, _ = bind(Identities(), known, candidates(), FACTS, NOW)
    for hours in (0, 1, 2, 4, 24):
        identities, _ = observe(identities, look(identities, NOW + hours * 3600))
    return identities


def main() -> None:
    """Print the cost of a refresh, and the memory and time of the result."""
    known = listings()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}; {sum(len(one.markets) for one in known.values())} markets of {len(known)} venues\n")
    identities = settled(known)
    served = sum(one.served for one in identities.bindings.values())
    print(f"{served} of {len(identities.bindings)} codes are proved after a day\n")
    gc.collect()
    gc.freeze()  # as workers do
    ours = rounds(identities, known)
    catalogue = build_catalogue(FACTS, identities, known)
    alone = megabytes_kept(identities, known, search=False)
    whole = megabytes_kept(identities, known, search=True)
    print(f"\nkept: catalogue and listings {alone:.1f} MB, with search {whole:.1f} MB (at most 8)")
    search = Search.of(catalogue)
    for text in TEXTS:
        remembered = microseconds(partial(resolve, text, catalogue, NOW))
        new = microseconds(partial(resolve, text, catalogue, catalogue.names.present - 1))
        print(f"resolve {text:<12} {remembered:>6.2f} us, {new:>6.2f} us where it is not remembered")
    found = microseconds(partial(catalogue.market, "okx", "btc", "usdt"))
    print(f"market of a venue, base and quote {found:.2f} us (at most 2)")
    for question in QUESTIONS:
        print(f"search {question:<8} p99 {slowest(partial(search.coins, question)):>6.2f} ms (at most 5)")
    compare(whole, ours)


def rounds(identities: Identities, known: dict[str, Listing]) -> float:
    """Print the cost of each kind of round. Return the milliseconds of the first one with all listings."""
    pauses = Pauses()
    coins = {"coingecko": tuple(candidates())}
    state = State(listings=known, candidates=coins, identities=identities)
    current = CurrentCatalogue(Store(MemoryCache()), FACTS)
    first = State(listings=known, candidates=coins)
    started = CurrentCatalogue(Store(MemoryCache()), FACTS)
    ours = spent(
        "the first start", lambda: started.replace(first.bound(FACTS, NOW, pauses)[0], pauses), pauses
    )
    spent("a start with all that is kept", lambda: current.replace(state, pauses), pauses)
    same = known["gate"].markets
    other = [*same[1:], replace(same[1], native="LATER_USDT", base="LATER")]

    def refresh(markets: Sequence[Market]) -> None:
        listing = Listing.of("gate", NOW + 60, markets)
        after = current.state.with_listing(listing, FACTS)
        if after.listings["gate"].version != current.state.listings["gate"].version:
            after, _ = after.bound(FACTS, NOW + 60, pauses, "gate")
        current.replace(after, pauses)

    spent("a round: a changed listing", lambda: refresh(other), pauses)
    spent("a round: the same listing", lambda: refresh(other), pauses)
    seen = look(current.state.identities, NOW + 90 * 3600)
    spent("a look at a price of every code", lambda: glance(current, seen, pauses), pauses)
    seen = look(current.state.identities, NOW + 91 * 3600)
    spent("a look that proves nothing new", lambda: glance(current, seen, pauses), pauses)
    return ours


def glance(current: CurrentCatalogue, seen: Look, pauses: "Pauses") -> None:
    """Observe the prices, as a round does."""
    state, _ = current.state.observed(seen, {}, pauses)
    current.replace(state, pauses)


class Pauses:
    """A yield to other work that records the time of the work before it."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.since = time.process_time()

    def __call__(self) -> None:
        """Record the time since the last yield."""
        now = time.process_time()
        self.longest, self.since = max(self.longest, now - self.since), now


def spent(what: str, work: Callable[[], object], pauses: Pauses) -> float:
    """Print and return the milliseconds of some work, with its longest part between two yields."""
    start = time.process_time()
    pauses.longest, pauses.since = 0.0, start
    work()
    milliseconds = (time.process_time() - start) * 1000
    pauses()
    print(f"{what:<32} {milliseconds:>7.1f} ms, at most {pauses.longest * 1000:>5.1f} ms without a rest")
    return milliseconds


def megabytes_kept(identities: Identities, known: dict[str, Listing], *, search: bool) -> float:
    """Return the memory that stays after a refresh, of values that share nothing with those given."""
    copied = pickle.dumps((identities, known))

    def kept() -> object:
        own_identities, own_listings = pickle.loads(copied)
        catalogue = build_catalogue(FACTS, own_identities, own_listings)
        return own_listings, Search.of(catalogue) if search else catalogue

    return megabytes(kept)


def megabytes(make: Callable[[], object]) -> float:
    """Return the memory of a value."""
    gc.collect()
    tracemalloc.start()
    value = make()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del value
    return size / 1e6


def microseconds(work: Callable[[], object], times: int = 20_000) -> float:
    """Return the best time of one call of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - start) / times)
    return best * 1e6


def slowest(work: Callable[[], object], times: int = 300) -> float:
    """Return the 99th percentile of a call's processor time, in milliseconds."""
    seconds = []
    for _ in range(times):
        start = time.thread_time()
        work()
        seconds.append(time.thread_time() - start)
    return quantiles(seconds, n=100)[-1] * 1000


def compare(kept: float, spent: float) -> None:
    """Print the memory and time of ccxt's `load_markets` for the same markets, in its own format."""
    import ccxt

    rows = [row for listing in listings().values() for row in listing.markets]

    def markets() -> Any:
        exchange = ccxt.Exchange()
        return exchange, exchange.set_markets([_as_ccxt(exchange, row) for row in rows])

    start = time.process_time()
    markets()
    seconds = time.process_time() - start
    theirs = megabytes(markets)
    print(
        f"\nccxt: {theirs:.1f} MB ({theirs / kept:.1f} times as much), "
        f"{seconds * 1000:.0f} ms ({seconds * 1000 / spent:.1f} times as long as the first start)"
    )


def _as_ccxt(exchange: Any, row: Market) -> dict[str, Any]:
    """Return a market as ccxt's exchanges create it from a row, which stays in `info`."""
    info = {"instId": row.native, "baseCcy": row.base, "quoteCcy": row.quote, "tickSz": str(row.tick)}
    return {
        **exchange.safe_market_structure(),
        "id": row.native,
        "symbol": f"{row.base}/{row.quote}",
        "base": row.base,
        "quote": row.quote,
        "baseId": row.base,
        "quoteId": row.quote,
        "type": "spot",
        "spot": True,
        "active": True,
        "precision": {"price": row.tick, "amount": row.step},
        "created": row.since,
        "info": info,
    }


if __name__ == "__main__":
    main()
