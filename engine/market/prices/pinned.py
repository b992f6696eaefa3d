"""The price of a pinned coin: from the quotes of all providers, in other currencies from exchanges."""

import math
from collections.abc import Callable, Iterable
from statistics import median_low

from msgspec.structs import replace

from engine.analysis.consensus import Consensus, judge, middle, tidy
from engine.analysis.rates import Way
from engine.analysis.tether import Rate, converted
from engine.analysis.traded import doubtful, priced, scaled
from engine.cache import Entry
from engine.market.prices.exchanges import ExchangePrices
from engine.market.prices.lists import CoinPrice
from engine.market.prices.quotes import CoinQuotes
from engine.market.prices.request import PLAIN, RequestedCoin
from engine.market.prices.traded import time_of


def limited(entry: Entry, venue: str | None) -> Entry:
    """Return the quotes of one venue only, or of all if that is `None`."""
    if venue is None:
        return entry
    known: CoinQuotes = entry.value
    quotes = {name: quote for name, quote in known.quotes.items() if name == venue}
    return replace(entry, value=replace(known, quotes=quotes))


def pinned_price(coin: RequestedCoin, entry: Entry, convert: str, made: float) -> CoinPrice | None:
    """Return the price of a coin in USD or USDT. `made` is when its quotes were received (Unix seconds)."""
    known: CoinQuotes = entry.value
    in_currency = consensus(entry, convert)
    judged = in_currency or consensus(entry, "USD")
    if judged is None:
        return None
    if known.rate and convert != "USD":  # the row has a price in dollars as well
        judged = known.rate.bound(judged)
    counted = [known.quotes[source.provider] for source in judged.counted]
    times = [quote.time / 1000 if quote.time is not None else made for quote in counted]
    ranks = [quote.rank for quote in counted if quote.rank is not None]
    return CoinPrice(
        symbol=coin.symbol,
        asset=coin.asset,
        price=in_currency.price if in_currency else None,
        price_usd=_in_dollars(judged, in_currency, convert, known.usdt_usd),
        change_1h=_middle(quote.change_1h for quote in counted),
        change_24h=_middle(quote.change_24h for quote in counted),
        change_7d=_middle(quote.change_7d for quote in counted),
        volume_24h=_middle(quote.volume_24h or None for quote in counted),  # 0 means unknown
        market_cap=_middle(quote.market_cap or None for quote in counted),
        rank=median_low(ranks) if ranks else None,
        time=min(max(times), made),
        confidence=judged.confidence,
        verified=judged.verified,
        disputed=judged.disputed,
        sources=judged.sources,
    )


def converted_price(
    coin: RequestedCoin,
    row: CoinPrice,
    entry: Entry,
    convert: str,
    exchanges: ExchangePrices,
    correct: Callable[[float], float],
) -> tuple[CoinPrice, float] | None:
    """Return the price of a coin in another currency, and when the oldest of its rates and trades arrived.

    `row` is the price in USD, which its quotes have.

    It comes from the coin's own markets in the currency. If they are missing or thin, it is derived from the
    price in USDT. The other figures stay. It is `None` if no market leads to the currency.
    `correct` returns the corrected time of a moment of this host's clock.
    """
    code, currency = coin.asset.code, convert.lower()
    found = priced(exchanges.trades(coin.asset.id, coin.venue), code, currency, exchanges.book)
    if found is None or found.via or found.thin:
        in_tether = consensus(entry, "USDT")
        way = exchanges.book.way("usdt", currency)
        if in_tether is not None and coin.asset.id == currency:
            way = Way(Rate(1 / in_tether.price, 1.0, verified=True))  # a coin costs one of itself
        if in_tether is not None and way is not None:
            known: CoinQuotes = entry.value
            judged = scaled(known.rate.bound(in_tether) if known.rate else in_tether, way.rate)
            via = tuple(dict.fromkeys((f"{code}/USDT", *way.via)))
            judged = doubtful(judged) if way.thin else judged
            return _with(row, judged, via, way.thin, correct(way.received)), way.received
    if found is None:
        return None
    time = time_of(found, correct)
    return _with(row, found.consensus, found.via, found.thin, time), found.received


def consensus(entry: Entry, currency: str) -> Consensus | None:
    """Return the consensus in USD or USDT. If a converted quote counts, the rate bounds its confidence."""
    known: CoinQuotes = entry.value
    prices = {
        name: price
        for name, quote in known.quotes.items()
        if (price := converted(quote, currency, known.usdt_usd)) is not None
    }
    if not prices or currency not in PLAIN:
        return None
    judged = judge(prices, known.frozen(entry.made))
    is_converted = any(known.quotes[source.provider].currency != currency for source in judged.counted)
    return known.rate.bound(judged) if known.rate and is_converted else judged


def _with(row: CoinPrice, judged: Consensus, via: tuple[str, ...], thin: bool, time: float) -> CoinPrice:
    """Return a row with another price, of `time` (Unix seconds).

    It is trusted no more than the price in dollars, which the row has too, and is no newer.
    """
    return replace(
        row,
        price=judged.price,
        time=min(row.time, time),
        confidence=min(judged.confidence, row.confidence),
        verified=judged.verified and row.verified,
        disputed=judged.disputed or row.disputed,
        sources=judged.sources,
        via=via,
        thin=thin,
    )


def _in_dollars(
    judged: Consensus, in_currency: Consensus | None, convert: str, usdt_usd: float | None
) -> float | None:
    if in_currency is None or convert == "USD":
        return judged.price
    return None if usdt_usd is None else tidy(in_currency.price * usdt_usd)


def _middle(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None and math.isfinite(figure)]
    return middle(known) if known else None
