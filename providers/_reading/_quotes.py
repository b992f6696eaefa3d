"""Parse quotes: find coins in long lists, and read figures that several aggregators name alike."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._listed import Day, Ticker
from providers._models import Quote
from providers._reading._figures import amount, integer, number, percent, price
from providers._reading._rows import readable
from providers._reading._texts import text
from providers._reading._times import milliseconds


def dollar_quote(asset: Asset, usd: Any, updated: Any, rank: Any) -> Quote:
    """Return a coin's quote from figures in US dollars, under the names that CoinMarketCap introduced."""
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
        rank=integer(rank),
    )


def untraded(volume: Any) -> bool:
    """Return whether a market had no trade for a day, so that its last price is old: its volume is 0."""
    return number(volume) == 0


def traded(
    native: Any,
    last: Any,
    spent: Any,
    /,
    time: int | None = None,
    change: float | None = None,
    *,
    trades: Any = None,
    **figures: Any,
) -> Ticker | None:
    """Return a market's ticker, `None` where nothing was traded: no price, a price of 0, or no volume.

    `spent` is in the quote. `figures` are those of its `Day` as they were sent. A day whose low is above its
    high has neither.
    """
    paid, turnover = amount(last), amount(spent)
    if paid is None or turnover is None:
        return None
    read = {name: amount(value) for name, value in figures.items()}
    low, high = read.get("low"), read.get("high")
    if low is not None and high is not None and low > high:
        read |= {"low": None, "high": None}
    day = Day(**read, trades=integer(trades)) if figures else None
    return Ticker(text(native), paid, turnover, time, change, day)


def ranked_rows(rows: Any, assets: Sequence[Asset], prefixed: bool = False) -> list[tuple[Asset, Any]]:
    """Return each coin with its row: among the rows with its code and its name, the one with the best rank.

    Many coins share a code, so the name must match as well. 0 is no rank. `prefixed` ids have the code before
    the name. If the rank of one of a coin's rows is unreadable, the right row is unknown, and the coin is
    omitted.
    """
    wanted = {code: asset for asset in assets for code in (asset.code, asset.successor) if code}
    best: dict[Asset, tuple[int, Any]] = {}
    unclear = set()
    for asset, rank, row in readable(rows, lambda row: _ranked(row, wanted, prefixed)):
        if rank is None:
            unclear.add(asset)
        elif rank and (asset not in best or rank < best[asset][0]):
            best[asset] = rank, row
    return [(asset, best[asset][1]) for asset in assets if asset in best and asset not in unclear]


def _ranked(row: Any, wanted: dict[str, Asset], prefixed: bool) -> tuple[Asset, int | None, Any] | None:
    asset = wanted.get(row["symbol"])
    if asset is None or not _names(row, prefixed) & _known_names(asset):
        return None
    return asset, integer(row.get("rank"), minimum=0), row


def _names(row: Any, prefixed: bool) -> set[str]:
    """Return the names of a row's coin. CoinPaprika's ids look like `btc-bitcoin`."""
    slug = row["id"].partition("-")[2] if prefixed else row["nameid"]
    return {_plain(slug), _plain(row["name"])}


def _known_names(asset: Asset) -> set[str]:
    names = (asset.name, asset.coingecko, asset.coincap, *asset.known_as)
    return {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
