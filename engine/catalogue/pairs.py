"""Convert coins of the catalogue to those of providers."""

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from providers import ASSET_BY_ID, Asset, Pair


def pair_of(base: Coin, quote: Coin, catalogue: Catalogue) -> Pair:
    """Return the pair of two coins."""
    return Pair(asset_of(base), quote_of(quote, catalogue))


def pair_of_ids(base: str, quote: str, catalogue: Catalogue) -> Pair | None:
    """Return the pair of a coin's id and a quote's text, `None` for an unknown coin."""
    listed = catalogue.coin(base)
    return None if listed is None else Pair(asset_of(listed.coin), quote)


def symbol_of_ids(base: str, quote: str, catalogue: Catalogue) -> str:
    """Return the name of such a pair as answers write it, with the id of a coin without a unique code."""
    pair = pair_of_ids(base, quote, catalogue)
    if pair is None or catalogue.names.coins.get(pair.base.code) != base:
        return f"@{base}/{quote}"
    return f"{pair.base.symbol}{'' if pair.pinned else '/'}{quote}"


def asset_of(coin: Coin) -> Asset:
    """Return a coin as providers know it."""
    pinned = ASSET_BY_ID.get(coin.id)
    if pinned is not None:
        return pinned
    return Asset(coin.code, coin.name or coin.code, coin.coingecko, "", coin.coinmarketcap, id=coin.id)


def quote_of(coin: Coin, catalogue: Catalogue) -> str:
    """Return the text that means a coin as a quote: its code, or `@` and its id if the code means another."""
    return coin.code if catalogue.names.coins.get(coin.code) == coin.id else f"@{coin.id}"


def quote_id(quote: str, catalogue: Catalogue) -> str | None:
    """Return the id of the coin that a quote means, `None` for an unknown one."""
    return quote[1:] if quote.startswith("@") else catalogue.names.coins.get(quote)
