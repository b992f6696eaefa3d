"""What CoinMarketCap's rows mean."""

from typing import Any

from providers._assets import Asset
from providers._models import FearGreed, Listing, Overview, Quote
from providers._reading import dollar_quote, milliseconds, number, whole


def quote(asset: Asset, row: Any) -> Quote:
    """A coin that is served."""
    usd = _dollars(row["quote"])
    return dollar_quote(asset, usd, usd["last_updated"], row["cmc_rank"])


def listing(row: Any) -> Listing:
    """One of all coins."""
    usd = _dollars(row["quote"])
    return Listing(
        code=row["symbol"].upper(),
        name=row["name"],
        price=number(usd["price"]),
        change_24h=number(usd["percent_change_24h"]),
        volume_24h=number(usd["volume_24h"]),
        market_cap=number(usd["market_cap"]),
        rank=whole(row["cmc_rank"]),
    )


def fear_greed(data: Any) -> FearGreed:
    """The index of this quarter of an hour."""
    value, word = int(data["value"]), str(data["value_classification"])
    return FearGreed(value, word.title(), milliseconds(data["update_time"]))


def overview(data: Any) -> Overview:
    """The whole market."""
    usd = _dollars(data["quote"])
    return Overview(
        market_cap=number(usd["total_market_cap"]),
        volume_24h=number(usd.get("total_volume_24h")),
        btc_dominance=number(data["btc_dominance"]),
        eth_dominance=number(data["eth_dominance"]),
        coins=whole(data["active_cryptocurrencies"]),
        market_cap_change_24h=number(usd.get("total_market_cap_yesterday_percentage_change")),
    )


def _dollars(quote: Any) -> Any:
    """`quote` is an object by currency, or a list with an object for each."""
    if isinstance(quote, list):
        quote = {entry.get("symbol") or entry["name"]: entry for entry in quote}
    return quote["USD"]
