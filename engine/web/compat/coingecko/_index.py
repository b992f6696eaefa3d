"""The coins of the catalogue under CoinGecko's ids, names and symbols."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.looks import volume_key
from engine.catalogue.pairs import asset_of
from engine.catalogue.rows import SERVED
from engine.concurrency.yielding import cooperatively
from engine.web.compat.coingecko._coins import Coins
from engine.web.services import current_services
from providers import ASSET_BY_NAME, Asset, Candidate


class CoinIndex(msgspec.Struct, frozen=True):
    """The proved coins that CoinGecko knows: by its ids, by names of one alone, by codes that they own."""

    by_id: Mapping[str, Asset]
    by_name: Mapping[str, Asset]
    by_symbol: Mapping[str, Asset]

    def chosen(
        self, ids: Sequence[str] | None, names: Sequence[str] | None, symbols: Sequence[str] | None
    ) -> Coins | None:
        """Return the coins of the first list that is given, without unknown ones; `None` without a list."""
        if ids:
            return {name: self.by_id[name] for name in ids if name in self.by_id}
        if names:
            known = [self.by_name[name] for name in names if name in self.by_name]
            return {asset.name: asset for asset in known}
        if symbols:
            return {name: self.by_symbol[name] for name in symbols if name in self.by_symbol}
        return None

    def every(self, order: str, ranks: Mapping[str, int], volumes: Mapping[str, float]) -> list[Asset]:
        """Return all coins in one of CoinGecko's orders, as far as their size is known without a request.

        `ranks` and `volumes` are by the engine's ids. Unknown ones come last in each order.
        """
        name, _, direction = order.rpartition("_")
        if name == "id":
            return [self.by_id[one] for one in sorted(self.by_id, reverse=direction == "desc")]
        size = {id_: -rank for id_, rank in ranks.items()} if name == "market_cap" else volumes
        known = [asset for asset in self.by_id.values() if asset.id in size]
        known.sort(key=lambda asset: size[asset.id], reverse=direction == "desc")
        return known + [asset for asset in self.by_id.values() if asset.id not in size]


def coin_index(catalogue: Catalogue) -> CoinIndex:
    """Return the coins of a catalogue."""
    assets = {coin.coingecko: asset_of(coin) for coin in cooperatively(_known(catalogue))}
    names = Counter(asset.name.lower() for asset in assets.values())
    by_id = {asset.id: asset for asset in assets.values()}
    return CoinIndex(
        assets,
        {name: asset for asset in assets.values() if names[name := asset.name.lower()] == 1},
        {name.lower(): by_id[id_] for name, id_ in _codes(catalogue) if id_ in by_id},
    )


def _codes(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the codes and aliases that mean a coin, without full names."""
    names = catalogue.names
    for name, id_ in names.coins.items():
        listed = catalogue.coin_by_id.get(id_)
        if listed and (name in (listed.coin.code, *listed.coin.aliases) or name in names.repeated):
            yield name, id_


def listed(catalogue: Catalogue, platforms: Iterable[Candidate] | None) -> Iterator[dict[str, object]]:
    """Yield the proved coins that CoinGecko knows, the pinned ones first, with contracts from `platforms`."""
    contracts = None if platforms is None else {it.id: it.contracts for it in platforms}
    for coin in _known(catalogue):
        row: dict[str, object] = {"id": coin.coingecko, "symbol": coin.code.lower(), "name": coin.name}
        if contracts is not None:
            known = (contract.partition(":") for contract in contracts.get(coin.coingecko, ()))
            row["platforms"] = {chain: address for chain, _, address in known}
        yield row


def _known(catalogue: Catalogue) -> Iterator[Coin]:
    for id_ in dict.fromkeys(catalogue.names.pinned.values()):
        yield catalogue.coin_by_id[id_].coin
    for it in catalogue.coins:
        if it.state in SERVED and it.venues and it.coin.coingecko and not it.coin.pinned:
            yield it.coin


def current_index() -> CoinIndex:
    """Return the coins, which are found once for each version of the catalogue."""
    catalogue = current_services().catalogue.catalogue
    return current_services().lists.get("coingecko", catalogue.version, lambda: coin_index(catalogue))


def contracts() -> dict[str, str]:
    """Return CoinGecko's ids by `chain:address`, for coins that have a contract."""
    current = current_services().catalogue
    candidates = current.state.candidates.get("coingecko", ())

    def found() -> dict[str, str]:
        return {contract: it.id for it in cooperatively(candidates) for contract in it.contracts}

    return current_services().lists.get("coingecko contracts", candidates, found)


def platforms_of(asset: Asset) -> dict[str, str]:
    """Return the contracts of a coin by their chains."""
    known = (contract.partition(":") for contract, id_ in contracts().items() if id_ == asset.coingecko)
    return {chain: address for chain, _, address in known}


def every_coin(order: str) -> list[Asset]:
    """Return all coins, the largest first by what is known of them: ranks, or volumes at the exchanges."""
    current = current_services().catalogue
    ranks = {it.coin.id: it.coin.rank for it in current.catalogue.coins if it.coin.rank is not None}
    for code, rank in current_services().market.prices.ranks.items():
        ranks[ASSET_BY_NAME[code].id] = rank
    volumes: dict[str, float] = defaultdict(float)
    if order.startswith("volume"):
        known = current.state.volumes
        for market in current.catalogue.markets:
            volumes[market.base.id] += known.get(volume_key(market.venue, market.native), 0.0)
    return current_index().every(order, ranks, volumes)
