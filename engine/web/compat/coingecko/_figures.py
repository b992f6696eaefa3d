"""Prices in CoinGecko's format. Unknown figures are null. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.market.overview.reports import OverviewReport
from engine.market.prices.lists import CoinPrice, PriceList
from engine.timestamps import iso
from engine.web.compat.coingecko._coins import Coins, in_currency, key_of, named, rounded
from providers import Asset
from schemas.compat.coingecko import SPANS

CHANGES = {"1h": "change_1h", "24h": "change_24h", "7d": "change_7d"}
UNKNOWN = (
    "image market_cap_rank_with_rehypothecated fully_diluted_valuation high_24h low_24h "
    "market_cap_change_24h market_cap_change_percentage_24h circulating_supply total_supply max_supply "
    "ath ath_change_percentage ath_date atl atl_change_percentage atl_date roi"
).split()
"""Figures that no provider has; they are null."""
PRICED = (
    "current_price market_cap market_cap_rank total_volume price_change_24h price_change_percentage_24h "
    "last_updated"
).split()
"""Figures of a coin that has a price."""


def simple(
    coins: Coins,
    lists: Mapping[str, PriceList],
    included: Mapping[str, bool],
    precision: int | None,
) -> dict[str, dict[str, object]]:
    """Return the prices of `coins` from the lists of each currency, and the figures `included`."""
    found: dict[str, dict[str, object]] = {name: {} for name in coins}
    times: dict[str, list[int]] = {}
    for currency, prices in lists.items():
        priced = _by_key(prices)
        for name, asset in coins.items():
            coin = priced.get(key_of(asset))
            found[name] |= _price(coin, currency, included, precision)
            if included["include_last_updated_at"]:
                if coin is not None:
                    times.setdefault(name, []).append(int(coin.time))
                found[name]["last_updated_at"] = min(times[name]) if name in times else None
    return found


def _by_key(prices: PriceList) -> dict[str, CoinPrice]:
    return {coin.symbol: coin for coin in prices.coins}


def _price(
    coin: CoinPrice | None,
    currency: str,
    included: Mapping[str, bool],
    precision: int | None,
) -> dict[str, object]:
    figures = {currency: None if coin is None else rounded(coin.price, precision)}
    cap, volume = (None, None) if coin is None else (coin.market_cap, coin.volume_24h)
    if included["include_market_cap"]:
        figures[f"{currency}_market_cap"] = None if coin is None else in_currency(cap, coin)
    if included["include_24hr_vol"]:
        figures[f"{currency}_24h_vol"] = None if coin is None else in_currency(volume, coin)
    if included["include_24hr_change"]:
        figures[f"{currency}_24h_change"] = None if coin is None else coin.change_24h
    return {**figures}


def market_rows(
    assets: Sequence[Asset],
    prices: PriceList,
    spans: Sequence[str],
    precision: int | None,
) -> list[dict[str, Any]]:
    """Return coins as `coins/markets` lists them, with their changes over `spans`."""
    priced = _by_key(prices)
    return [
        {
            **named(asset),
            **dict.fromkeys(UNKNOWN),
            **_market(priced.get(key_of(asset)), precision),
            **_changes(priced.get(key_of(asset)), spans),
        }
        for asset in assets
    ]


def _market(coin: CoinPrice | None, precision: int | None) -> dict[str, Any]:
    if coin is None:
        return dict.fromkeys(PRICED)
    return {
        "current_price": rounded(coin.price, precision),
        "market_cap": in_currency(coin.market_cap, coin),
        "market_cap_rank": coin.rank,
        "total_volume": in_currency(coin.volume_24h, coin),
        "price_change_24h": _difference(coin.price, coin.change_24h),
        "price_change_percentage_24h": coin.change_24h,
        "last_updated": iso(coin.time),
    }


def _changes(coin: CoinPrice | None, spans: Sequence[str]) -> dict[str, float | None]:
    return {
        f"price_change_percentage_{span}_in_currency": getattr(coin, CHANGES.get(span, ""), None)
        for span in spans
        if span in SPANS
    }


def _difference(price: float | None, change: float | None) -> float | None:
    """Return the change of `price` in its currency, from its change in per cent."""
    if price is None or change is None or change <= -100:
        return None
    return price - price / (1 + change / 100)


def ordered(rows: Sequence[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Sort rows in one of CoinGecko's orders. Unknown figures come last in each of them."""
    name, _, direction = order.rpartition("_")
    field = {"market_cap": "market_cap", "volume": "total_volume", "id": "id"}[name]
    known = sorted((row for row in rows if row[field] is not None), key=lambda row: row[field])
    if direction == "desc":
        known.reverse()
    return known + [row for row in rows if row[field] is None]


def market_totals(report: OverviewReport) -> dict[str, object]:
    """Return the totals of the market, in dollars."""
    market = report.totals
    return {
        "active_cryptocurrencies": market.coins,
        **dict.fromkeys(("upcoming_icos", "ongoing_icos", "ended_icos")),
        "markets": market.markets,
        "total_market_cap": {"usd": market.market_cap},
        "total_volume": {"usd": market.volume_24h},
        "market_cap_percentage": {"btc": market.btc_dominance, "eth": market.eth_dominance},
        "market_cap_change_percentage_24h_usd": market.market_cap_change_24h,
        "volume_change_percentage_24h_usd": None,
        "updated_at": int(report.validity.made),
    }
