"""Parse CoinMarketCap's rows."""

from typing import Any

from providers import _reading
from providers._assets import Asset
from providers._listed import Candidate
from providers._models import FearGreed, Listing, Overview, Quote
from providers._reading import (
    amount,
    contract,
    dollar_quote,
    integer,
    member,
    milliseconds,
    percent,
    share,
    text,
)


def quote(asset: Asset | None, row: Any) -> Quote | None:
    """Parse the row of a served coin, `None` for another coin."""
    if asset is None:
        return None
    usd = _dollars(row["quote"])
    return dollar_quote(asset, usd, usd["last_updated"], row.get("cmc_rank"))


def listing(row: Any) -> Listing:
    """Parse the row of any coin."""
    usd = _dollars(row["quote"])
    return Listing(
        code=text(row["symbol"]).upper(),
        name=text(row["name"]),
        price=amount(usd.get("price")),
        change_24h=percent(usd.get("percent_change_24h")),
        volume_24h=amount(usd.get("volume_24h")),
        market_cap=amount(usd.get("market_cap")),
        rank=integer(row.get("cmc_rank")),
    )


def fear_greed(data: Any) -> FearGreed:
    """Parse the index of the current 15 minutes."""
    time = milliseconds(data["update_time"])
    return _reading.fear_greed(data["value"], data.get("value_classification"), time)


def overview(data: Any) -> Overview:
    """Parse the market overview."""
    usd = _dollars(data["quote"])
    return Overview(
        market_cap=amount(usd.get("total_market_cap")),
        volume_24h=amount(usd.get("total_volume_24h")),
        btc_dominance=share(data.get("btc_dominance")),
        eth_dominance=share(data.get("eth_dominance")),
        coins=integer(data.get("active_cryptocurrencies")),
        market_cap_change_24h=percent(usd.get("total_market_cap_yesterday_percentage_change")),
    )


def _dollars(quote: Any) -> Any:
    """Return the figures in US dollars. `quote` is an object by currency, or a list of objects."""
    if not isinstance(quote, list):
        return quote["USD"]
    named = {member(entry, "symbol") or member(entry, "name"): entry for entry in quote}
    return named["USD"]


def candidate(row: Any) -> Candidate | None:
    """Return a coin of the map of all coins, `None` if it is not active."""
    if not row["is_active"]:
        return None
    platform = row.get("platform")
    chain, address = member(platform, "slug"), member(platform, "token_address")
    contracts = (contract(text(chain), text(address)),) if chain and address else ()
    number = integer(row["id"])
    if number is None:
        raise ValueError("no id")
    code, name = text(row["symbol"]), text(row["name"])
    return Candidate("coinmarketcap", str(number), code, name, integer(row.get("rank")), contracts)
