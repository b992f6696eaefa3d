"""The invented markets beside those of known coins, with the unusual rows of real listings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from math import floor, log10

from .coins import PRICED
from .intervals import DAY
from .market import Candle, Market, Ticker, dollars_per_unit, significant
from .oddballs import ODD_COINS, ODD_MARKETS, Listed, Minted
from .swings import WAVES, swung
from .walk import draw

VENUES = ("binance", "kraken", "bybit", "okx", "coinbase", "kucoin", "gate", "bitstamp")
MAIN_QUOTES = dict.fromkeys(VENUES, "USDT") | dict.fromkeys(("kraken", "coinbase", "bitstamp"), "USD")
OTHER_QUOTES = ("EUR", "USDC", "BTC", "ETH", "TRY")
STEADY = {"USD": 1.0, "TRY": 0.024, "SGD": 0.77, "GBP": 1.31}
"""Currencies that the walk has no prices of, in dollars."""
SYLLABLES = tuple(first + second for first in "bdfgkmnprtvz" for second in "aeiou")
LAST_NAMES = ("Network", "Protocol", "Finance", "Chain", "Games", "Arena", "Labs", "Bank")
UNTRADED = "tokamak-network"
"""A coin that only aggregators list, under the code of a known one."""
USUAL_SIZE = 300
SINCE_MS = 1_600_000_000_000
LISTED, TWICE = 0.6, 0.25
"""How many venues list a coin, and how many of them against a second currency as well."""
QUIET, THIN = 0.06, 0.10
"""How many markets have no trade in 24 hours, and how many hardly any."""
STATES = {"halted": 0.03, "upcoming": 0.01, "ended": 0.03}
"""How many markets do not trade."""
THIN_VOLUME = 10_000.0
USUAL_LEAN, THIN_LEAN = 3e-4, 8e-3
"""The largest deviation of a venue's price from the coin's: larger where trade is thin."""


class World:
    """Invented markets, the same for the same seed, equally many at each venue."""

    def __init__(self, market: Market, size: int = USUAL_SIZE, listed: float = LISTED) -> None:
        self.size = size
        self._market = market
        self._coins, self._by_venue = _invented(market.seed, size, listed)
        self._swings: dict[str, tuple[float, ...]] = {}
        self._leans: dict[tuple[str, str, str], float] = {}
        self._known = lru_cache(maxsize=2_000)(self._market.price)

    def markets(self, venue: str) -> tuple[Listed, ...]:
        """Return the invented markets of a venue, the unusual ones first."""
        return self._by_venue.get(venue, ())

    @cached_property
    def coins(self) -> tuple[Minted, ...]:
        """Return all coins beside the known ones, the most traded first, without leveraged tokens."""
        if not self.size:
            return ()
        rows = [row for rows in self._by_venue.values() for row in rows]
        no_coins = {row.coin for row in rows if row.kind == "leveraged"}
        listed = {row.coin for row in rows} | {UNTRADED}
        found = [coin for coin in self._coins.values() if coin.id in listed - no_coins]
        return tuple(sorted(found, key=lambda coin: -coin.volume))

    def name(self, id_: str) -> str:
        """Return the full name of a coin."""
        return self._coins[id_].name if id_ in self._coins else PRICED[id_].name

    def dollars(self, id_: str, at_ms: int) -> float:
        """Return the price of a coin or currency in dollars, by its id or by a known coin's code."""
        if id_ in self._coins:
            return self._swung(self._coins[id_], at_ms)
        if id_ in STEADY:
            return STEADY[id_]
        return self._known(id_, at_ms) * dollars_per_unit(id_)

    def usual(self, id_: str) -> float:
        """Return the usual price in dollars, so that the steps of markets stay the same."""
        if id_ in STEADY:
            return STEADY[id_]
        coin = self._coins.get(id_)
        if coin is None:
            return PRICED[id_].base
        return coin.price * (self.usual(coin.like) if coin.like else 1.0)

    def places(self, row: Listed) -> tuple[int, int]:
        """Return the decimals of a market's prices and amounts."""
        price = self.usual(row.coin) / self.usual(row.quote.removesuffix("-PERP"))
        size = floor(log10(price))
        return max(0, min(12, 6 - size)), max(0, min(8, size + 2))

    def price(self, venue: str, row: Listed, at_ms: int) -> float:
        """Return the price at a venue, in the quote currency of the market."""
        key = (venue, row.base, row.quote)
        if key not in self._leans:
            reach = THIN_LEAN if row.volume < THIN_VOLUME else USUAL_LEAN
            self._leans[key] = 1 + reach * (2 * draw(self._market.seed, "beside", *key)[0] - 1)
        quote = row.quote.removesuffix("-PERP")
        return self._leans[key] * self.dollars(row.coin, at_ms) / self.dollars(quote, at_ms)

    def ticker(self, venue: str, row: Listed, at_ms: int) -> Ticker:
        """Return the last price and the day before it. Without a trade, it is the price of a month ago."""
        if not row.volume:
            at_ms -= at_ms % (30 * DAY)
        last, before = (self.price(venue, row, at) for at in (at_ms, at_ms - DAY))
        low, high = min(last, before) * 0.996, max(last, before) * 1.004
        quote_volume = row.volume / self.dollars(row.quote.removesuffix("-PERP"), at_ms)
        volume, change = quote_volume / last, (last / before - 1) * 100
        half, midnight = quote_volume / 2, at_ms - at_ms % DAY
        today = Candle(midnight, DAY, before, high, low, last, volume / 2, half, 9, closed=False)
        return Ticker(
            code=row.base,
            name=self.name(row.coin),
            time_ms=at_ms,
            last=significant(last),
            bid=significant(last * 0.9995),
            ask=significant(last * 1.0005),
            open=significant(before),
            high=significant(high),
            low=significant(low),
            volume=significant(volume),
            quote_volume=significant(quote_volume),
            change_1h=change / 24,
            change_24h=change,
            change_7d=change,
            market_cap=row.volume * 30,
            rank=0,
            supply=row.volume * 30 / last,
            max_supply=None,
            today=today,
        )

    def _swung(self, coin: Minted, at_ms: int) -> float:
        """Return a price that moves by some per cent, with each coin's own waves."""
        if coin.like:
            return coin.price * self.dollars(coin.like, at_ms)
        if coin.steady:
            return coin.price
        if coin.id not in self._swings:
            self._swings[coin.id] = draw(self._market.seed, "swing", coin.id)[: 1 + WAVES]
        return coin.price * swung(self._swings[coin.id], at_ms)


@lru_cache(maxsize=8)
def _invented(seed: int, size: int, listed: float) -> tuple[dict[str, Minted], dict[str, tuple[Listed, ...]]]:
    """Return the coins by id and the markets by venue: the unusual ones and as many others as fit."""
    share = size // len(VENUES)
    coins = {coin.id: coin for coin in ODD_COINS}
    found = {venue: [*ODD_MARKETS[venue]][:share] for venue in VENUES}
    number = 0
    while any(len(rows) < share for rows in found.values()):
        coin = _minted(seed, number)
        coins[coin.id] = coin
        for venue in VENUES:
            found[venue] += list(_listings(seed, coin, venue, listed))[: share - len(found[venue])]
        number += 1
    return coins, {venue: tuple(rows) for venue, rows in found.items()}


def _minted(seed: int, number: int) -> Minted:
    """Return a coin whose code, three syllables, no real coin has."""
    mixed = number * 7_919 % 60**3  # a prime, so that neighbours differ and none comes twice
    code = "".join(SYLLABLES[part] for part in (mixed % 60, mixed // 60 % 60, mixed // 3600))
    cheap, traded, named, *_ = draw(seed, "coin", number)
    name = LAST_NAMES[int(named * len(LAST_NAMES))]
    return Minted(
        f"{code}-{name.lower()}",
        code.upper(),
        f"{code.title()} {name}",
        price=10 ** (3 - 8 * cheap),
        volume=10 ** (4.3 + 4 * traded),
        contract=f"0x{number:040x}",
    )


def _listings(seed: int, coin: Minted, venue: str, listed: float) -> Iterator[Listed]:
    there, share, more, quote, state, trade, since, *_ = draw(seed, "listed", coin.id, venue)
    if there > listed:
        return
    volume = coin.volume * (0.05 + share)
    if trade < QUIET + THIN:
        volume = 0.0 if trade < QUIET else min(volume, 100 + 9_000 * share)
    since_ms = SINCE_MS + int(since * 1500) * DAY
    row = Listed(coin.id, coin.code, MAIN_QUOTES[venue], volume=volume, since=since_ms)
    yield replace(row, state=_state(state))
    if more < TWICE:
        other = OTHER_QUOTES[int(quote * len(OTHER_QUOTES))]
        yield replace(row, quote=other, volume=volume * 0.1)


def _state(drawn: float) -> str:
    for state, part in STATES.items():
        drawn -= part
        if drawn < 0:
            return state
    return "trading"
