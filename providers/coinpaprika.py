"""CoinPaprika: https://api.coinpaprika.com/#tag/Tickers."""

from collections.abc import Sequence
from typing import Any

from providers._assets import Asset
from providers._base import CoinLister, OverviewSource, QuoteSource
from providers._listed import Candidate
from providers._models import Overview, Quote, RateLimit
from providers._reading import (
    amount,
    dollar_quote,
    integer,
    percent,
    ranked_rows,
    readable,
    rows_or_empty,
    share,
    text,
)


class CoinPaprika(QuoteSource, OverviewSource, CoinLister):
    """Keyless."""

    name = "coinpaprika"
    base_urls = ("https://api.coinpaprika.com",)
    priority = 60
    rate_limit = RateLimit(660, 86_400)
    """A day's share of the 20 000 free calls a month."""
    max_bytes = 4 * 1024 * 1024
    """The tickers of its 2500 coins take about 2 MB."""

    def error_code(self, payload: Any) -> object | None:
        """Return the text in `error`. Tickers are a list, the overview an object with `market_cap_usd`."""
        good = isinstance(payload, list) or "market_cap_usd" in payload
        return None if good else payload["error"]

    def fetch_quotes(self, assets: Sequence[Asset]) -> list[Quote]:
        """Request all coins, since one call cannot select several. A final slash would be redirected."""
        ranked = ranked_rows(self.ask("/v1/tickers", quotes="USD"), assets, prefixed=True)
        return readable(ranked, lambda each: _quote(*each))

    def fetch_overview(self) -> Overview:
        """Request the overview. It lacks the share of Ethereum."""
        data = self.ask("/v1/global")
        return Overview(
            market_cap=amount(data["market_cap_usd"]),
            volume_24h=amount(data.get("volume_24h_usd")),
            btc_dominance=share(data.get("bitcoin_dominance_percentage")),
            coins=integer(data.get("cryptocurrencies_number")),
            market_cap_change_24h=percent(data.get("market_cap_change_24h")),
        )

    def fetch_coins(self) -> list[Any]:
        """Request the 2500 coins that have a price. The list of all coins is far longer."""
        return rows_or_empty(self.ask("/v1/tickers", quotes="USD"))

    def read_coin(self, row: Any) -> Candidate:
        """Parse a coin. A rank of 0 is none."""
        rank = integer(row.get("rank"))
        return Candidate(self.name, text(row["id"]), text(row["symbol"]), text(row["name"]), rank)


def _quote(asset: Asset, row: Any) -> Quote:
    return dollar_quote(asset, row["quotes"]["USD"], row["last_updated"], row["rank"])
