"""Parse CoinGecko's rows."""

from collections.abc import Mapping
from typing import Any

from providers._assets import Asset
from providers._listed import Candidate
from providers._models import Category, Figures, Listing, Overview, Quote
from providers._reading import (
    amount,
    contract,
    integer,
    member,
    milliseconds,
    percent,
    price,
    rows_or_empty,
    share,
    text,
)

SPANS = "1h,24h,7d"


def quote(asset: Asset | None, row: Any) -> Quote | None:
    """Parse the row of a served coin, `None` for another coin or a coin without a price."""
    if asset is None or row["current_price"] is None:
        return None
    changes = (percent(row.get(f"price_change_percentage_{span}_in_currency")) for span in SPANS.split(","))
    hour, day, week = changes
    volume, cap = amount(row.get("total_volume")), amount(row.get("market_cap"))
    cost, time = price(row["current_price"]), milliseconds(row["last_updated"])
    return Quote(asset, cost, "USD", time, hour, day, week, volume, cap, integer(row.get("market_cap_rank")))


def figures(row: Any) -> Figures | None:
    """Parse the figures of any coin, `None` for one without a price."""
    id_, cost = text(row["id"]), amount(row.get("current_price"))
    if cost is None:
        return None
    hour, day, week = (
        percent(row.get(f"price_change_percentage_{span}_in_currency")) for span in SPANS.split(",")
    )
    volume, cap = amount(row.get("total_volume")), amount(row.get("market_cap"))
    return Figures(id_, cost, hour, day, week, volume, cap, integer(row.get("market_cap_rank")))


def overview(data: Any) -> Overview:
    """Parse the market overview."""
    shares = data.get("market_cap_percentage")
    return Overview(
        market_cap=amount(member(data.get("total_market_cap"), "usd")),
        volume_24h=amount(member(data.get("total_volume"), "usd")),
        btc_dominance=share(member(shares, "btc")),
        eth_dominance=share(member(shares, "eth")),
        coins=integer(data.get("active_cryptocurrencies")),
        market_cap_change_24h=percent(data.get("market_cap_change_percentage_24h_usd")),
        markets=integer(data.get("markets")),
    )


def listing(row: Any) -> Listing:
    """Parse the row of any coin."""
    return Listing(
        code=text(row["symbol"]).upper(),
        name=text(row["name"]),
        price=amount(row.get("current_price")),
        change_24h=percent(row.get("price_change_percentage_24h")),
        volume_24h=amount(row.get("total_volume")),
        market_cap=amount(row.get("market_cap")),
        rank=integer(row.get("market_cap_rank")),
    )


def trend(row: Any) -> Listing:
    """Parse a trending coin. Older responses have no figures; sums are texts such as "$521,967,819"."""
    item = row["item"]
    data = item.get("data")
    return Listing(
        code=text(item["symbol"]).upper(),
        name=text(item["name"]),
        price=_dollars(member(data, "price")),
        change_24h=percent(member(member(data, "price_change_percentage_24h"), "usd")),
        volume_24h=_dollars(member(data, "total_volume")),
        market_cap=_dollars(member(data, "market_cap")),
        rank=integer(item.get("market_cap_rank")),
    )


def category(row: Any) -> Category:
    """Parse a category."""
    return Category(
        id=text(row["id"]),
        name=text(row["name"]),
        market_cap=amount(row.get("market_cap")),
        market_cap_change_24h=percent(row.get("market_cap_change_24h")),
        volume_24h=amount(row.get("volume_24h")),
        top_coins=tuple(map(text, rows_or_empty(row.get("top_3_coins")))),
    )


def _dollars(sum_: Any) -> float | None:
    return amount(sum_.strip("$").replace(",", "") if isinstance(sum_, str) else sum_)


def rank(row: Any) -> tuple[str, int | None]:
    """Return the id of a coin with its rank."""
    return text(row["id"]), integer(row.get("market_cap_rank"))


def candidate(row: Any, ranks: Mapping[str, int | None]) -> Candidate:
    """Return a coin of the list of all coins, with the rank that another list gives it."""
    platforms = row.get("platforms") or {}
    id_ = text(row["id"])
    return Candidate(
        "coingecko",
        id_,
        text(row["symbol"]).upper(),
        text(row["name"]),
        ranks.get(id_),
        tuple(contract(chain, address) for chain, address in platforms.items() if chain and address),
    )
