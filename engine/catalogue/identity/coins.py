"""Ids for coins without a reviewed fact."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import chain, count

from msgspec.structs import replace

from engine.catalogue.coins import Coin
from engine.catalogue.folding import alike, fold
from engine.catalogue.kinds import Kind, kind_of
from engine.catalogue.pacing import Yield, paced
from providers import Candidate

NO_CODES: frozenset[str] = frozenset()
AGGREGATORS = ("coingecko", "coinpaprika", "coinmarketcap", "coinlore")


class CoinBook:
    """The coins that are known during a binding. An id is never reused."""

    def __init__(self, coins: Iterable[Coin], yield_now: Yield) -> None:
        self.coins: dict[str, Coin] = {}
        self._by_code: dict[str, list[str]] = defaultdict(list)
        self._yield_now = yield_now
        for coin in paced(coins, yield_now):
            self._add(coin)

    def of_code(self, code: str, kind: Kind) -> list[Coin]:
        """Return the coins of a kind with a code."""
        return [coin for one in self._by_code.get(code, ()) if (coin := self.coins[one]).kind == kind]

    def mint(self, code: str, name: str, kind: Kind, hint: str) -> Coin:
        """Return a new coin. Its id is its code, with a hint appended if that id is taken."""
        stem = code.lower()
        numbered = (f"{stem}-{hint}-{number}" for number in count(2))
        ids = chain((stem, f"{stem}-{hint}"), numbered)
        coin = Coin(next(one for one in ids if one not in self.coins), code, name, kind)
        self._add(coin)
        return coin

    def of_candidate(self, candidate: Candidate) -> Coin:
        """Return the coin of an aggregator's entry: by its id, else by its code and name, or a new one.

        A coin with another id at this aggregator never matches.
        """
        known = self._by_source.get((candidate.source, candidate.id))
        if known:
            return self._ranked(self.coins[known], candidate)
        code = fold(candidate.code)
        kind = kind_of(code, candidate.name, NO_CODES)
        for coin in self.of_code(code, kind):
            if not _id_at(coin, candidate.source) and alike(coin.name, candidate.name):
                return self._linked(coin, candidate)
        return self._linked(self.mint(code, candidate.name, kind, candidate.id), candidate)

    def _ranked(self, coin: Coin, candidate: Candidate) -> Coin:
        if candidate.rank == coin.rank or candidate.source != "coingecko":
            return coin
        return self._set(replace(coin, rank=candidate.rank))

    def _linked(self, coin: Coin, candidate: Candidate) -> Coin:
        self._by_source[candidate.source, candidate.id] = coin.id
        if candidate.source == "coingecko":
            return self._set(replace(coin, coingecko=candidate.id, rank=candidate.rank))
        if candidate.source == "coinpaprika":
            return self._set(replace(coin, coinpaprika=candidate.id))
        if candidate.source == "coinlore":
            return self._set(replace(coin, coinlore=candidate.id))
        return self._set(replace(coin, coinmarketcap=int(candidate.id)))

    def _set(self, coin: Coin) -> Coin:
        self.coins[coin.id] = coin
        return coin

    def _add(self, coin: Coin) -> None:
        self.coins[coin.id] = coin
        for name in (coin.code, *coin.aliases):
            self._by_code[name].append(coin.id)

    @cached_property
    def _by_source(self) -> dict[tuple[str, str], str]:
        """The coins by their ids at aggregators, which looks at prices do not need."""
        return {
            (source, known): coin.id
            for coin in paced(self.coins.values(), self._yield_now)
            for source in AGGREGATORS
            if (known := _id_at(coin, source))
        }


def _id_at(coin: Coin, source: str) -> str:
    """Return the coin's id at an aggregator, empty if it is unknown."""
    if source == "coinmarketcap":
        return str(coin.coinmarketcap or "")
    if source == "coinlore":
        return coin.coinlore
    return coin.coingecko if source == "coingecko" else coin.coinpaprika


def is_linked(coin: Coin) -> bool:
    """Return whether an aggregator knows the coin under an id."""
    return bool(coin.coingecko or coin.coinpaprika or coin.coinmarketcap or coin.coinlore)
