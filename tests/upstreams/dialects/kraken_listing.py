"""Kraken's lists of markets and assets, each under old names and under new ones (`assetVersion=1`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..oddballs import Listed
from ..wire import step
from ..world import World

OLD_ASSETS = {
    "BTC": "XXBT",
    "ETH": "XETH",
    "XRP": "XXRP",
    "LTC": "XLTC",
    "XLM": "XXLM",
    "ETC": "XETC",
}
OWN_CODES = {"BTC": "XBT", "DOGE": "XDG"}
OLD_KEYS = {**OLD_ASSETS, "DOGE": "XXDG", "XMR": "XXMR", "REP": "XREP", "USD": "ZUSD", "EUR": "ZEUR"}
"""The keys of assets: the first ones have a letter for their class in front, and the others have none."""
CLASSED = ("BTC", "ETH", "XRP", "LTC", "XLM", "ETC", "EUR", "XMR", "REP")
"""What is called by the keys of its assets in the key of a market as well."""
POOLS = ("BTC/USD", "ETH/USD")
"""The markets that have a dark pool, and a second venue, in the same list."""


def key(row: Listed, new_names: bool) -> str:
    """Return the key of a market: BTC/EUR by new names, else XXBTZEUR, XDGXBT or SOLEUR."""
    if new_names:
        return f"{row.code}/{row.quote}"
    if (row.code, row.quote) == ("USDT", "USD"):
        return "USDTZUSD"
    if row.code in CLASSED and row.quote in OLD_KEYS:
        return f"{OLD_KEYS[row.code]}{OLD_KEYS[row.quote]}"
    return altname(row)


def altname(row: Listed) -> str:
    """Return the name of a market in requests, such as XBTUSD."""
    return f"{OWN_CODES.get(row.code, row.code)}{OWN_CODES.get(row.quote, row.quote)}"


def pairs(rows: Iterable[Listed], world: World, new_names: bool, kind: str) -> dict[str, object]:
    """Return the markets of an asset class. Tokens of shares have their own class."""
    result: dict[str, object] = {}
    for row in rows:
        if row.state == "ended" or (row.kind == "stock") != (kind == "tokenized_asset"):
            continue
        pair = _pair(row, world, new_names, kind)
        result[key(row, new_names)] = pair
        if world.size and f"{row.code}/{row.quote}" in POOLS:
            result[f"{key(row, new_names)}.d"] = pair | {"altname": f"{altname(row)}.d", "wsname": None}
            if new_names:
                result[f"{key(row, new_names)}:BTNL"] = pair
    return result


def assets(rows: Sequence[Listed], new_names: bool) -> dict[str, object]:
    """Return the assets of all markets by their keys."""
    codes = dict.fromkeys(code for row in rows for code in (row.base, row.quote))
    return {
        _asset(code, new_names): {
            "aclass": "currency",
            "altname": code if new_names else OWN_CODES.get(code, code),
            "decimals": 10,
            "display_decimals": 5,
            "status": "enabled",
        }
        for code in codes
    }


def _pair(row: Listed, world: World, new_names: bool, kind: str) -> dict[str, object]:
    places, size = world.places(row)
    own = [row.code, row.quote] if new_names else [OWN_CODES.get(it, it) for it in (row.code, row.quote)]
    return {
        "altname": altname(row),
        "wsname": "/".join(own),
        "aclass_base": kind,
        "base": _asset(row.base, new_names),
        "aclass_quote": "currency",
        "quote": _asset(row.quote, new_names),
        "lot": "unit",
        "pair_decimals": places,
        "lot_decimals": size,
        "lot_multiplier": 1,
        "fees": [[0, 0.4], [10_000, 0.35]],
        "fees_maker": [[0, 0.25], [10_000, 0.2]],
        "ordermin": step(size),
        "tick_size": step(places),
        "status": {"halted": "cancel_only", "upcoming": "post_only"}.get(row.state, "online"),
    }


def _asset(code: str, new_names: bool) -> str:
    return code if new_names else OLD_KEYS.get(code, code)
