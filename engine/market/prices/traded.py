"""The price of a coin from its markets at exchanges."""

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from engine.analysis.consensus import middle, tidy
from engine.analysis.rates import TOGETHER, Trade
from engine.analysis.traded import Priced, doubtful, priced
from engine.market.prices.exchanges import ExchangePrices
from engine.market.prices.frozen_quotes import FrozenQuotes
from engine.market.prices.lists import CoinPrice
from engine.market.prices.request import RequestedCoin

DOLLARS = frozenset({"usdt", "usd", "usdc"})
"""Quotes in which the change of a price is that in dollars."""


def traded_price(
    coin: RequestedCoin,
    convert: str,
    exchanges: ExchangePrices,
    frozen_quotes: FrozenQuotes,
    correct: Callable[[float], float],
) -> tuple[CoinPrice, frozenset[str], float] | None:
    """Return the price of a coin, the venues that it rests on, and when its oldest rate arrived.

    It is `None` if the coin was not traded. The price in the currency is `None` if no market leads to it; the
    row then has the one in dollars. `correct` returns the corrected time of a moment of this host's clock.
    """
    id_, code, currency = coin.asset.id, coin.asset.code, convert.lower()
    trades = exchanges.trades(id_, coin.venue)
    frozen = set() if coin.venue else frozen_quotes.venues(id_, trades, exchanges.book, exchanges.time)
    in_currency = priced(trades, code, currency, exchanges.book, frozen)
    in_dollars = _in_dollars(in_currency, trades, code, currency, exchanges, frozen)
    known = [found for found in (in_currency, in_dollars) if found is not None]
    if not known:
        return None
    main = known[0]
    if in_dollars is not None and in_dollars.received < main.received - TOGETHER:
        in_dollars, known = None, [main]  # the rate of dollars is too old to count
    judged = [found.consensus for found in known]
    if coin.venue is not None and not exchanges.proves(id_, coin.venue):
        judged = [doubtful(consensus) for consensus in judged]
    listed = exchanges.catalogue.coin(id_)
    row = CoinPrice(
        symbol=coin.symbol,
        asset=coin.asset,
        price=in_currency.consensus.price if in_currency else None,
        price_usd=in_dollars.consensus.price if in_dollars else None,
        change_1h=None,
        change_24h=_change(trades, main, exchanges),
        change_7d=None,
        volume_24h=None,
        market_cap=None,
        rank=None if listed is None else listed.coin.rank,
        time=time_of(main, correct),
        confidence=min(consensus.confidence for consensus in judged),
        verified=all(consensus.verified for consensus in judged),
        disputed=any(consensus.disputed for consensus in judged),
        sources=main.consensus.sources,
        via=main.via,
        thin=any(found.thin for found in known),
    )
    return row, frozenset(main.trades), main.rated


def _in_dollars(
    found: Priced | None,
    trades: Sequence[Trade],
    code: str,
    currency: str,
    exchanges: ExchangePrices,
    frozen: Collection[str],
) -> Priced | None:
    """Return the price in dollars. One in USDT is converted, and the dollar itself costs one."""
    if currency == "usd":
        return found
    if trades and trades[0].base == "usd":
        return priced(trades, code, "usd", exchanges.book, frozen)
    way = exchanges.book.way("usdt", "usd")
    if currency != "usdt" or found is None or way is None:
        return priced(trades, code, "usd", exchanges.book, frozen)
    dollars = replace(found.consensus, price=tidy(found.consensus.price * way.rate.price))
    return replace(found, consensus=way.rate.bound(dollars), rated=min(found.rated, way.received))


def _change(trades: Iterable[Trade], found: Priced, exchanges: ExchangePrices) -> float | None:
    """Return the change in dollars, from markets with as much trade as those of the price."""
    changes = [
        trade.change
        for trade in trades
        if trade.change is not None
        and trade.quote in DOLLARS
        and (found.thin or not exchanges.book.is_thin(trade))
    ]
    return middle(changes) if changes else None


def time_of(found: Priced, correct: Callable[[float], float]) -> float:
    """Return the time of the newest trade that counts (Unix seconds).

    It is no later than the arrival of any trade or rate that counts. `correct` returns the corrected time of
    a moment of this host's clock.
    """
    times = [correct(trade.received) if trade.time is None else trade.time / 1000 for trade in found.counted]
    return min(max(times), correct(found.received))
