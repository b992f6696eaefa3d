"""CoinLore: https://www.coinlore.com/cryptocurrency-data-api."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CoinLister, OverviewSource, QuoteSource
from providers._intervals import SECOND
from providers._listed import Candidate
from providers._models import Overview, Quote, RateLimit
from providers._reading import (
    amount,
    instant,
    integer,
    percent,
    price,
    ranked_rows,
    readable,
    rows_or_empty,
    share,
    text,
)

PAGES, PAGE = 10, 100


class CoinLore(QuoteSource, OverviewSource, CoinLister):
    """Keyless. Failures have no error bodies."""

    name = "coinlore"
    base_urls = ("https://api.coinlore.net",)
    priority = 65
    coins_weight = PAGES
    rate_limit = RateLimit(60, 60)  # conservative: CoinLore asks for about one call a second

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request the 100 largest coins, the most that one call returns. One time applies to all coins."""
        answer = self.ask("/api/tickers/", start=0, limit=100)
        time = instant(answer["info"]["time"], SECOND)
        return readable(ranked_rows(answer["data"], assets), lambda ranked: _quote(ranked, time))

    def fetch_overview(self) -> Overview:
        """Request the overview, a list of one object. Shares and the change are texts."""
        return readable(self.ask("/api/global/"), _overview)[0]

    def fetch_coins(self) -> list[Any]:
        """Request the thousand largest coins, a hundred a call. A shorter page is the last one."""
        found: list[Any] = []
        for start in range(0, PAGES * PAGE, PAGE):
            page = rows_or_empty(self.ask("/api/tickers/", start=start, limit=PAGE)["data"])
            found += page
            if len(page) < PAGE:
                break
        return found

    def read_coin(self, row: Any) -> Candidate:
        """Parse a coin. Its id is a number, sent as a text."""
        rank = integer(row.get("rank"))
        return Candidate(self.name, text(row["id"]), text(row["symbol"]), text(row["name"]), rank)


def _quote(ranked: tuple[Asset, Any], time: int) -> Quote:
    asset, row = ranked
    return Quote(
        asset,
        price(row["price_usd"]),
        "USD",
        time=time,
        change_1h=percent(row.get("percent_change_1h")),
        change_24h=percent(row.get("percent_change_24h")),
        change_7d=percent(row.get("percent_change_7d")),
        volume_24h=amount(row.get("volume24")),
        market_cap=amount(row.get("market_cap_usd")),
        rank=integer(row.get("rank")),
    )


def _overview(row: Any) -> Overview:
    return Overview(
        market_cap=amount(row.get("total_mcap")),
        volume_24h=amount(row.get("total_volume")),
        btc_dominance=share(row.get("btc_d")),
        eth_dominance=share(row.get("eth_d")),
        coins=integer(row.get("coins_count")),
        market_cap_change_24h=percent(row.get("mcap_change")),
    )
