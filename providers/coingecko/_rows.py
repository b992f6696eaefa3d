"""What CoinGecko's rows mean."""

from typing import Any

from providers._assets import Asset
from providers._models import Category, Listing, Overview, Quote
from providers._reading import milliseconds, number, whole

SPANS = "1h,24h,7d"


def quote(asset: Asset, row: Any) -> Quote:
    """A coin that is served."""
    changes = (number(row.get(f"price_change_percentage_{span}_in_currency")) for span in SPANS.split(","))
    hour, day, week = changes
    volume, cap, rank = number(row["total_volume"]), number(row["market_cap"]), whole(row["market_cap_rank"])
    price, time = float(row["current_price"]), milliseconds(row["last_updated"])
    return Quote(asset, price, "USD", time, hour, day, week, volume, cap, rank)


def overview(data: Any) -> Overview:
    """The whole market."""
    return Overview(
        market_cap=number(data["total_market_cap"]["usd"]),
        volume_24h=number(data["total_volume"]["usd"]),
        btc_dominance=number(data["market_cap_percentage"].get("btc")),
        eth_dominance=number(data["market_cap_percentage"].get("eth")),
        coins=whole(data["active_cryptocurrencies"]),
        market_cap_change_24h=number(data.get("market_cap_change_percentage_24h_usd")),
        markets=whole(data["markets"]),
    )


def listing(row: Any) -> Listing:
    """One of all coins."""
    return Listing(
        code=row["symbol"].upper(),
        name=row["name"],
        price=number(row["current_price"]),
        change_24h=number(row["price_change_percentage_24h"]),
        volume_24h=number(row["total_volume"]),
        market_cap=number(row["market_cap"]),
        rank=whole(row["market_cap_rank"]),
    )


def trend(item: Any) -> Listing:
    """A coin that is looked for. Older answers have no figures; sums are texts like "$521,967,819"."""
    data = item.get("data") or {}
    return Listing(
        code=item["symbol"].upper(),
        name=item["name"],
        price=_dollars(data.get("price")),
        change_24h=number((data.get("price_change_percentage_24h") or {}).get("usd")),
        volume_24h=_dollars(data.get("total_volume")),
        market_cap=_dollars(data.get("market_cap")),
        rank=whole(item.get("market_cap_rank")),
    )


def category(row: Any) -> Category:
    """A kind of coins."""
    return Category(
        id=row["id"],
        name=row["name"],
        market_cap=number(row["market_cap"]),
        market_cap_change_24h=number(row["market_cap_change_24h"]),
        volume_24h=number(row["volume_24h"]),
        top_coins=tuple(row.get("top_3_coins") or ()),
    )


def _dollars(text: Any) -> float | None:
    return number(text.strip("$").replace(",", "") if isinstance(text, str) else text)
