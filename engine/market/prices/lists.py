"""Price lists, as values and as an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.analysis.consensus import Judged
from engine.cache import Answer, Validity
from engine.timestamps import iso
from providers import Asset


@dataclass(frozen=True, slots=True)
class CoinPrice:
    """The price of a coin, requested as `symbol`, in the currency of its list.

    Changes are percentages; `volume_24h` and `market_cap` are in US dollars. `time` (Unix seconds) is that of
    the newest quote that counts. `None` is a figure that no provider has. `sources` are labelled.
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


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices in `currency`, the requested symbols that are `missing`, and the reasons of failed providers.

    `usdt_usd` are the US dollars for one USDT, `None` where they are unknown.
    """

    currency: str
    coins: tuple[CoinPrice, ...]
    missing: tuple[str, ...]
    failures: Mapping[str, str]
    usdt_usd: float | None
    usdt_usd_confidence: float | None
    source: str
    validity: Validity

    @property
    def weight(self) -> int:
        """Bytes that it takes in memory: a coin with its sources takes about 3000."""
        return 3000 * (1 + len(self.coins))

    @property
    def sources(self) -> tuple[str, ...]:
        """The label of the provider, or of several together."""
        return (self.source,)


def answer(it: PriceList) -> Answer:
    """Build the answer to send."""
    meta = {
        "missing": it.missing,
        "providers": it.failures,
        "usdtUsd": it.usdt_usd,
        "usdtUsdConfidence": it.usdt_usd_confidence,
    }
    rows = [_row(coin) for coin in it.coins]
    body = {"data": rows, "timestamp": int(it.validity.made), "source": it.source}
    return Answer.with_body(body, meta, it.validity)


def _row(coin: CoinPrice) -> dict[str, object]:
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
