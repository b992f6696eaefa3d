"""Price lists, as values and as an answer."""

from collections.abc import Mapping

import msgspec

from engine.analysis.consensus import Judged
from engine.cache import Answer, Validity
from engine.cache.answers import Table
from engine.timestamps import iso
from providers import Asset

COLUMNS = (
    *("symbol", "name", "price", "priceUsd", "change1h", "change24h", "change7d", "volume24h", "marketCap"),
    *("rank", "lastUpdate", "confidence", "verified", "disputed", "derived", "thin"),
)
"""The columns of a table: all members of a row but its lists."""


class CoinPrice(msgspec.Struct, frozen=True):
    """The price of a coin, requested as `symbol`, in the currency of its list.

    Changes are percentages; `volume_24h` and `market_cap` are in US dollars. `time` (Unix seconds) is that of
    the newest quote that counts. `None` is a figure that no provider has. `sources` are labelled. `via` are
    the markets from which a price was derived, empty if it has direct markets. A `thin` price rests on
    markets with little trade. `sparkline` are 24 hourly closes, the oldest first.
    """

    symbol: str
    asset: Asset
    price: float | None
    price_usd: float | None
    change_1h: float | None
    change_24h: float | None
    change_7d: float | None
    volume_24h: float | None
    market_cap: float | None
    rank: int | None
    time: float
    confidence: float
    verified: bool
    disputed: bool
    sources: tuple[Judged, ...]
    via: tuple[str, ...] = ()
    thin: bool = False
    sparkline: tuple[float, ...] | None = None


class PriceList(msgspec.Struct, frozen=True):
    """Prices in `currency`, the requested symbols that are `missing`, and the reasons of failed providers.

    `usdt_usd` are the US dollars for one USDT, `None` if they are unknown. `sparklines` says whether the
    prices of the last day were requested. `about` has facts about the requested names.
    """

    currency: str
    coins: tuple[CoinPrice, ...]
    missing: tuple[str, ...]
    failures: Mapping[str, str]
    usdt_usd: float | None
    usdt_usd_confidence: float | None
    usdt_usd_verified: bool
    source: str
    validity: Validity
    sparklines: bool = False
    about: Mapping[str, Mapping[str, object]] = msgspec.field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Approximate bytes in memory: a coin with its sources takes about 3000."""
        return 3000 * (1 + len(self.coins))

    @property
    def sources(self) -> tuple[str, ...]:
        """The label of the only provider, or the label for several."""
        return (self.source,)


def answer(it: PriceList) -> Answer:
    """Build the answer to send."""
    meta = {
        "missing": it.missing,
        "providers": it.failures,
        "usdtUsd": it.usdt_usd,
        "usdtUsdConfidence": it.usdt_usd_confidence,
        **it.about,
    }
    rows = [row_of(coin, it.sparklines) for coin in it.coins]
    body = {"data": rows, "timestamp": int(it.validity.made), "source": it.source}
    return Answer.with_body(body, meta, it.validity, negotiable=True)


def table(it: PriceList) -> Answer:
    """Build the answer to send as CSV, without the lists of each coin. Coins without a price are its gaps."""
    rows = [row_of(coin) for coin in it.coins]
    described = Table(it.sources, len(it.missing), it.currency)
    return Answer.with_rows(
        COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows), described, it.validity
    )


def row_of(coin: CoinPrice, sparkline: bool = False) -> dict[str, object]:
    """Return the row of a coin in an answer."""
    return {
        "symbol": coin.symbol,
        "name": coin.asset.name,
        "price": coin.price,
        "priceUsd": coin.price_usd,
        "change1h": coin.change_1h,
        "change24h": coin.change_24h,
        "change7d": coin.change_7d,
        "volume24h": coin.volume_24h,
        "marketCap": coin.market_cap,
        "rank": coin.rank,
        "lastUpdate": iso(coin.time),
        "confidence": coin.confidence,
        "verified": coin.verified,
        **({"disputed": True} if coin.disputed else {}),
        **({"derived": True, "via": coin.via} if coin.via else {}),
        **({"thin": True} if coin.thin else {}),
        **({"sparkline": coin.sparkline} if sparkline else {}),
        "sources": [_source(source) for source in coin.sources],
    }


def _source(source: Judged) -> dict[str, object]:
    return {
        "provider": source.provider,
        "price": source.price,
        "deviation": round(source.deviation, 6),
        "outlier": source.outlier,
        "suspect": source.suspect,
    }
