"""The tags of operations, in the order and the groups in which a reader meets them."""

from typing import Any

import msgspec


class Tag(msgspec.Struct, frozen=True):
    """What readers call a part of the interface, and the blueprints that serve it."""

    name: str
    description: str
    blueprints: tuple[str, ...]


GROUPS = {
    "Market data": (
        Tag("Candles", "Candles from the first exchange that serves them well.", ("ohlcv", "ohlcv_batch")),
        Tag(
            "Prices",
            "The median price of each coin over all providers.",
            ("prices", "past_prices"),
        ),
        Tag("Indicators", "Indicators of the engine's own candles.", ("indicators",)),
        Tag("Sentiment", "The Fear & Greed index, and what texts say about prices.", ("sentiment",)),
        Tag("News", "The stories of all news providers, each once.", ("news",)),
        Tag("Overview", "Totals of the market, movers and trending coins.", ("overview",)),
        Tag("Coins and markets", "What can be requested, and where it is traded.", ("catalogue",)),
    ),
    "Live": (
        Tag(
            "Streams",
            "Candles and prices as they change.",
            ("streaming",),
        ),
        Tag("Alert rules", "Conditions that the engine watches.", ("alert_rules",)),
    ),
    "Agents": (Tag("Agents", "Tools over the Model Context Protocol.", ("mcp",)),),
    "Kept data": (
        Tag("History", "What is kept, and jobs that fill it.", ("history",)),
        Tag("Exports", "Files of any length.", ("export",)),
    ),
    "Operation": (
        Tag("Account", "The limits of a key, and what is used of them.", ("account",)),
        Tag("Health", "The state of the engine and of its providers.", ("health", "market")),
    ),
    "Existing clients": (
        Tag("Binance", "For clients of Binance.", ("binance",)),
        Tag("CoinGecko", "For clients of CoinGecko.", ("coingecko",)),
        Tag("CryptoCompare", "For clients of CryptoCompare.", ("cryptocompare",)),
        Tag("TradingView", "A data feed for TradingView's charts (UDF).", ("udf",)),
        Tag(
            "Dreammaker",
            "For the signal platform Dreammaker.",
            (
                "dreammaker",
                "dreammaker_coins",
                "dreammaker_overview",
                "dreammaker_sentiment",
                "dreammaker_events",
                "dreammaker_health",
            ),
        ),
    ),
}
ALL = tuple(tag for tags in GROUPS.values() for tag in tags)
_PLACES = {blueprint: place for place, tag in enumerate(ALL) for blueprint in tag.blueprints}


def of(blueprint: str) -> str:
    """Return the name of the tag of a blueprint; one that is in no tag is its own."""
    return ALL[_PLACES[blueprint]].name if blueprint in _PLACES else blueprint


def place(blueprint: str) -> int:
    """Return where the operations of a blueprint stand, the lowest first."""
    return _PLACES.get(blueprint, len(ALL))


def described() -> list[dict[str, str]]:
    """Return the `tags` of the document."""
    return [{"name": tag.name, "description": tag.description} for tag in ALL]


def groups() -> list[dict[str, Any]]:
    """Return the groups of tags, which pages read as `x-tagGroups`."""
    return [{"name": name, "tags": [tag.name for tag in tags]} for name, tags in GROUPS.items()]
