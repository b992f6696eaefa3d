"""Reading quotes: the coins in long lists, and figures that several aggregators name alike."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._models import Quote
from providers._reading._figures import amount, percent, price, whole
from providers._reading._rows import readable
from providers._reading._times import milliseconds


def dollar_quote(asset: Asset, usd: Any, updated: Any, rank: Any) -> Quote:
    """A coin's quote from figures in dollars as CoinMarketCap names them, and others after it."""
    return Quote(
        asset,
        price(usd["price"]),
        "USD",
        time=milliseconds(updated),
        change_1h=percent(usd.get("percent_change_1h")),
        change_24h=percent(usd.get("percent_change_24h")),
        change_7d=percent(usd.get("percent_change_7d")),
        volume_24h=amount(usd.get("volume_24h")),
        market_cap=amount(usd.get("market_cap")),
        rank=whole(rank),
    )


def tether_markets(assets: Sequence[Asset], separator: str = "") -> dict[str, Asset]:
    """The coins by the name of their USDT market; USDT itself has none."""
    return {f"{asset.code}{separator}USDT": asset for asset in assets if asset.code != "USDT"}


def best_ranked(rows: Any, assets: Sequence[Asset]) -> list[tuple[Asset, Any]]:
    """Each coin with the row of its code that ranks best: many coins share a code, and 0 is no rank.

    Where one of them has a rank that cannot be read, nobody knows which is meant: then none is.
    """
    codes = {asset.code for asset in assets}
    best: dict[str, tuple[int, Any]] = {}
    unclear = set()
    for code, rank, row in readable(rows, lambda row: _ranked(row, codes)):
        if rank is None:
            unclear.add(code)
        elif rank and (code not in best or rank < best[code][0]):
            best[code] = rank, row
    return [
        (asset, best[asset.code][1]) for asset in assets if asset.code in best and asset.code not in unclear
    ]


def _ranked(row: Any, codes: set[str]) -> tuple[str, int | None, Any] | None:
    code = row["symbol"]
    return (code, whole(row.get("rank"), least=0), row) if code in codes else None
