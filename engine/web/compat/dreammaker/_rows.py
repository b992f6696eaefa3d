"""Coins as the clients read them. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers import ASSETS

Row = Mapping[str, Any]

REQUIRED = frozenset("BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH MATIC AVAX XLM TRX".split())
"""The coins that signals are made for: a client takes one that is not in the list for one without a price."""
IDS = {asset.symbol: asset.coingecko for asset in ASSETS}


def top(rows: Sequence[Row], limit: int) -> list[Row]:
    """The first `limit` of `rows` in their order; where there is room for all of those that are
    required, they displace the last of the others."""
    if limit < len(REQUIRED):
        return list(rows[:limit])
    required = {row["symbol"] for row in rows} & REQUIRED
    others = [row["symbol"] for row in rows if row["symbol"] not in required]
    kept = required | set(others[: limit - len(required)])
    return [row for row in rows if row["symbol"] in kept]


def price(row: Row) -> float:
    """In dollars; in tether where nobody says what a tether is worth."""
    dollars: float | None = row["priceUsd"]
    return row["price"] if dollars is None else dollars


def quotes(rows: Sequence[Row]) -> str:
    """What the prices of `rows` are in."""
    told = dict.fromkeys("USD" if row["priceUsd"] is not None else "USDT" for row in rows)
    return ", ".join(told)


def top_price(row: Row) -> dict[str, object]:
    """A coin in the list of the largest."""
    return {
        "symbol": row["symbol"],
        "name": row["name"],
        "price": price(row),
        "change_24h": row["change24h"],
        "volume_24h": row["volume24h"],
        "market_cap": row["marketCap"],
        "rank": row["rank"],
        "last_updated": row["lastUpdate"],
    }


def coin(row: Row) -> dict[str, object]:
    """A coin that is served, as newer clients read it."""
    return {"id": IDS[row["symbol"]], **_figures(row, price(row))}


def trending(row: Row) -> dict[str, object]:
    """Any coin in the same shape: its code does not tell it from others, so it has no id."""
    return {"id": None, **_figures(row, row["price"])}


def _figures(row: Row, price: float | None) -> dict[str, object]:
    return {
        "symbol": row["symbol"],
        "name": row["name"],
        "current_price": price,
        "price_change_percentage_24h": row["change24h"],
        "market_cap": row["marketCap"],
        "total_volume": row["volume24h"],
        "rank": row["rank"],
    }
