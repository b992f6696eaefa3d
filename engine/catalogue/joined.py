"""Markets under joined names: a base and a quote without a separator, such as `BTCUSDT`."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from engine.catalogue.catalogue import Catalogue
from engine.catalogue.coins import Coin
from engine.catalogue.pacing import Yield, never, paced
from providers import Market, discover

PLAIN = {"USDT": "usdt", "USD": "usd"}
"""Quotes after which a pinned name always means the pinned coin."""


class JoinedMarket(NamedTuple):
    """A pair under its one name. `code` is the name of the base within it.

    `tick` and `step` are the smallest changes of price and amount at one venue, `None` if it gives none.
    """

    symbol: str
    code: str
    base: Coin
    quote: Coin
    tick: float | None
    step: float | None


def joined_market(symbol: str, catalogue: Catalogue) -> JoinedMarket | None:
    """Return the only pair that a name means, `None` if no pair or two pairs are served under it.

    A pinned coin against USDT needs no listing.
    """
    names, coins = catalogue.names, catalogue.coin_by_id
    for code, quote in PLAIN.items():
        name = symbol.removesuffix(code)
        if name != symbol and name in names.pinned:
            coin = coins[names.pinned[name]].coin
            if name != coin.code and name not in names.repeated:
                return None  # another spelling, such as XBT
            known = quote == "usdt" or catalogue.served(coin.id, quote)
            return _joined(name, coin, coins[quote].coin, catalogue) if known else None
    market = names.concatenations.get(symbol)
    if market is None or symbol in names.clashes:
        return None
    base, quote_id = names.coins.get(market.base.code), names.coins.get(market.quote.code)
    if base is None or quote_id is None or not catalogue.served(base, quote_id):
        return None  # the code belongs to no coin, or to one without this market
    return _joined(market.base.code, coins[base].coin, coins[quote_id].coin, catalogue)


def joined_markets(catalogue: Catalogue, yield_now: Yield = never) -> Iterator[JoinedMarket]:
    """Yield every pair with a unique name: the pinned coins against USDT, then all that are served."""
    tether = catalogue.coin_by_id["usdt"].coin
    for id_ in dict.fromkeys(catalogue.names.pinned.values()):
        coin = catalogue.coin_by_id[id_].coin
        yield _joined(coin.code, coin, tether, catalogue)
    for (base, quote), markets in paced(catalogue.pairs.items(), yield_now):
        first = markets[0]
        if quote == tether.id and first.base.pinned:
            continue
        if any(market.served for market in markets):
            found = joined_market(first.base.code + first.quote.code, catalogue)
            if found and (found.base.id, found.quote.id) == (base, quote):
                yield found


def _joined(code: str, base: Coin, quote: Coin, catalogue: Catalogue) -> JoinedMarket:
    listed = [market.listed for market in catalogue.served(base.id, quote.id)]
    first = min(listed, key=_preferred, default=None)
    tick, step = (None, None) if first is None else (first.tick, first.step)
    return JoinedMarket(code + quote.code, code, base, quote, tick, step)


def _preferred(listed: Market) -> tuple[bool, int]:
    """Return the sort key of listings: those with both steps first, in the order of venues."""
    return listed.tick is None or listed.step is None, _places().get(listed.venue, 0)


@cache
def _places() -> dict[str, int]:
    return {kind.name: place for place, kind in enumerate(discover())}
