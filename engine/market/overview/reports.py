"""The overview and the categories, as values and as an answer."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from engine.analysis.headlines import safe_text, safe_url
from engine.analysis.overview import Totals
from engine.cache import Answer, Validity
from providers import Category, Listing


class OverviewReport(msgspec.Struct, frozen=True):
    """The totals, the coins that moved most, and trending coins. `None` is a part that no provider has."""

    totals: Totals
    gainers: tuple[Listing, ...] | None
    losers: tuple[Listing, ...] | None
    trending: tuple[Listing, ...] | None
    sources: tuple[str, ...]
    failed: Mapping[str, str]
    validity: Validity


class CategoryList(msgspec.Struct, frozen=True):
    """The categories of coins, the largest first."""

    categories: tuple[Category, ...]
    sources: tuple[str, ...]
    failed: Mapping[str, str]
    validity: Validity


def overview(it: OverviewReport) -> Answer:
    """Build the answer to send."""
    market = it.totals
    data = {
        "totalMarketCap": market.market_cap,
        "totalVolume24h": market.volume_24h,
        "btcDominance": market.btc_dominance,
        "ethDominance": market.eth_dominance,
        "activeCoins": market.coins,
        "marketCapChange24h": market.market_cap_change_24h,
        "topGainers": _rows(it.gainers),
        "topLosers": _rows(it.losers),
        "trending": _rows(it.trending),
    }
    meta = {"markets": market.markets, "sources": it.sources, "failed": it.failed}
    return Answer.with_body({"data": data, "timestamp": int(it.validity.made)}, meta, it.validity)


def safe_coins(coins: Iterable[Listing]) -> tuple[Listing, ...]:
    """Return `coins` with names that are safe to show, because anyone can name a coin."""
    return tuple(replace(it, code=safe_text(it.code), name=safe_text(it.name)) for it in coins)


def safe_category(it: Category) -> Category:
    """Return a category that is safe to show."""
    pictures = tuple(url for url in it.top_coins if safe_url(url))
    return replace(it, id=safe_text(it.id), name=safe_text(it.name), top_coins=pictures)


def _rows(coins: Iterable[Listing] | None) -> list[dict[str, object]] | None:
    return None if coins is None else [_row(coin) for coin in coins]


def _row(coin: Listing) -> dict[str, object]:
    return {
        "symbol": coin.code,
        "name": coin.name,
        "price": coin.price,
        "change24h": coin.change_24h,
        "volume24h": coin.volume_24h,
        "marketCap": coin.market_cap,
        "rank": coin.rank,
    }
