"""The unconverted prices of pairs by their own markets: what one unit of a coin costs in another."""

from collections.abc import Iterator, Mapping

import msgspec

from engine.analysis.consensus import judge, middle
from engine.cache import Validity
from engine.concurrency.yielding import cooperatively
from engine.market.prices.days import MarketDay, best_day
from engine.market.prices.exchanges import ExchangePrices


class PairPrice(msgspec.Struct, frozen=True):
    """The median price of a pair over its venues, with the change in per cent and the volume of 24 hours.

    `volume` is in the quote, of all venues together. `time` is Unix seconds. `day` is that of one venue.
    """

    price: float
    change: float | None
    volume: float
    time: float
    day: MarketDay | None = None


class PairPrices(msgspec.Struct, frozen=True):
    """Prices of one moment by the ids of base and quote, and the venues that they are from."""

    prices: Mapping[tuple[str, str], PairPrice]
    venues: tuple[str, ...]
    validity: Validity


def pair_prices(exchanges: ExchangePrices, asked: float) -> PairPrices:
    """Return the prices of every proved pair that was traded, for a request at `asked` (Unix seconds)."""
    ages = exchanges.made(())
    return PairPrices(dict(_prices(exchanges)), tuple(sorted(exchanges.entries)), Validity.of(ages, asked))


def _prices(exchanges: ExchangePrices) -> Iterator[tuple[tuple[str, str], PairPrice]]:
    for ids, markets in cooperatively(exchanges.catalogue.pairs.items()):
        served = [market for market in markets if market.served]
        trades = exchanges.traded(served)
        if not trades:
            continue
        by_venue = {trade.venue: trade.price for trade in trades}
        one = len(by_venue) == 1
        price = trades[0].price if one else judge(by_venue).price
        changes = [trade.change for trade in trades if trade.change is not None]
        yield (
            ids,
            PairPrice(
                price,
                middle(changes) if changes else None,
                sum(trade.volume for trade in trades),
                min(trade.received for trade in trades),
                best_day(exchanges.tickers(served), price),
            ),
        )
