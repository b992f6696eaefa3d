"""Prices in CoinGecko's shapes: what is not known is null. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.web.compat._retelling import Heard
from engine.web.compat.coingecko._coins import Coins, in_currency, named, rounded
from providers import Asset
from schemas.compat.coingecko import SPANS

Row = Mapping[str, Any]
"""A coin as the use case tells it; `{}` where it has no price right now."""
CHANGES = {"1h": "change1h", "24h": "change24h", "7d": "change7d"}
NOBODY_GIVES = (
    "image market_cap_rank_with_rehypothecated fully_diluted_valuation high_24h low_24h "
    "market_cap_change_24h market_cap_change_percentage_24h circulating_supply total_supply max_supply "
    "ath ath_change_percentage ath_date atl atl_change_percentage atl_date roi"
).split()
"""Figures of CoinGecko's own."""


def simple(
    coins: Coins,
    told: Mapping[str, Heard],
    included: Mapping[str, bool],
    precision: int | None,
) -> dict[str, dict[str, object]]:
    """The prices of `coins`, of which each currency's use case has `told`, and the figures `included`."""
    found: dict[str, dict[str, object]] = {name: {} for name in coins}
    for currency, heard in told.items():
        rows = {row["symbol"]: row for row in heard.data}
        for name, asset in coins.items():
            row = rows.get(asset.code, {})
            found[name] |= _price(row, currency, heard.meta, included, precision)
            if included["include_last_updated_at"]:
                found[name]["last_updated_at"] = _updated(row)
    return found


def _price(
    row: Row, currency: str, meta: Row, included: Mapping[str, bool], precision: int | None
) -> dict[str, object]:
    figures = {currency: rounded(row.get("price"), precision)}
    if included["include_market_cap"]:
        figures[f"{currency}_market_cap"] = in_currency(row.get("marketCap"), currency, meta)
    if included["include_24hr_vol"]:
        figures[f"{currency}_24h_vol"] = in_currency(row.get("volume24h"), currency, meta)
    if included["include_24hr_change"]:
        figures[f"{currency}_24h_change"] = row.get("change24h")
    return {**figures}


def _updated(row: Row) -> int | None:
    """When the newest of its quotes was made, in Unix seconds."""
    return int(datetime.fromisoformat(row["lastUpdate"]).timestamp()) if row else None


def market_rows(
    assets: Sequence[Asset], currency: str, heard: Heard, spans: Sequence[str], precision: int | None
) -> list[dict[str, Any]]:
    """Coins as `coins/markets` lists them, with their changes over `spans`."""
    rows = {row["symbol"]: row for row in heard.data}
    return [
        _market(asset, rows.get(asset.code, {}), currency, heard.meta, spans, precision) for asset in assets
    ]


def _market(
    asset: Asset, row: Row, currency: str, meta: Row, spans: Sequence[str], precision: int | None
) -> dict[str, Any]:
    price, change = row.get("price"), row.get("change24h")
    return {
        **named(asset),
        **dict.fromkeys(NOBODY_GIVES),
        "current_price": rounded(price, precision),
        "market_cap": in_currency(row.get("marketCap"), currency, meta),
        "market_cap_rank": row.get("rank"),
        "total_volume": in_currency(row.get("volume24h"), currency, meta),
        "price_change_24h": _difference(price, change),
        "price_change_percentage_24h": change,
        "last_updated": row.get("lastUpdate"),
        **{
            f"price_change_percentage_{span}_in_currency": row.get(CHANGES.get(span, ""))
            for span in spans
            if span in SPANS
        },
    }


def _difference(price: float | None, change: float | None) -> float | None:
    """By how much a price has changed that is now `price`, after a change of so many per cent."""
    if price is None or change is None or change <= -100:
        return None
    return price - price / (1 + change / 100)


def ordered(rows: Sequence[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """In one of CoinGecko's orders; what is not known comes last in each of them."""
    name, _, direction = order.rpartition("_")
    field = {"market_cap": "market_cap", "volume": "total_volume", "id": "id"}[name]
    known = sorted((row for row in rows if row[field] is not None), key=lambda row: row[field])
    if direction == "desc":
        known.reverse()
    return known + [row for row in rows if row[field] is None]


def whole_market(heard: Heard) -> dict[str, object]:
    """The market as a whole, in dollars."""
    data = heard.data
    return {
        "active_cryptocurrencies": data["activeCoins"],
        **dict.fromkeys(("upcoming_icos", "ongoing_icos", "ended_icos")),
        "markets": heard.meta["markets"],
        "total_market_cap": {"usd": data["totalMarketCap"]},
        "total_volume": {"usd": data["totalVolume24h"]},
        "market_cap_percentage": {"btc": data["btcDominance"], "eth": data["ethDominance"]},
        "market_cap_change_percentage_24h_usd": data["marketCapChange24h"],
        "volume_change_percentage_24h_usd": None,
        "updated_at": heard.body["timestamp"],
    }
