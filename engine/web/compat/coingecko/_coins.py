"""The coins of the engine under CoinGecko's names. Pure functions."""

from collections.abc import Iterable, Iterator, Sequence

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.rows import SERVED
from providers import ASSET_BY_NAME, ASSETS, Asset, Candidate, Pair
from schemas import RequestedPair

CURRENCIES = {"usd": "USD", "usdt": "USDT"}
"""The currencies of prices, by CoinGecko's names."""
BY_ID = {asset.coingecko: asset for asset in ASSETS}
BY_NAME = {asset.name.lower(): asset for asset in ASSETS}
BY_SYMBOL = {symbol.lower(): asset for symbol, asset in ASSET_BY_NAME.items()}

Coins = dict[str, Asset]
"""Coins by their names in the request."""


def chosen(
    ids: Sequence[str] | None, names: Sequence[str] | None, symbols: Sequence[str] | None
) -> Coins | None:
    """Return the coins of the first list that is given, without unknown ones; `None` without a list."""
    if ids:
        return {name: BY_ID[name] for name in ids if name in BY_ID}
    if names:
        return {BY_NAME[name].name: BY_NAME[name] for name in names if name in BY_NAME}
    if symbols:
        return {name: BY_SYMBOL[name] for name in symbols if name in BY_SYMBOL}
    return None


def named(asset: Asset) -> dict[str, object]:
    """Return the id, the code and the name of a coin."""
    return {"id": asset.coingecko, "symbol": asset.code.lower(), "name": asset.name}


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


def pair(asset: Asset, currency: str) -> RequestedPair:
    """Return the coin under its code, with prices in `currency`."""
    return RequestedPair(asset.code, Pair(asset, CURRENCIES[currency]))


def in_currency(figure: float | None, currency: str, usdt_usd: float | None) -> float | None:
    """Convert a figure from dollars to `currency` by the observed rate; `None` without a rate."""
    rate = 1.0 if currency == "usd" else usdt_usd
    return None if figure is None or rate is None else figure / rate


def rounded(price: float | None, precision: int | None) -> float | None:
    """Round a price to so many decimals, if they are given."""
    return price if price is None or precision is None else round(price, precision)
