"""The 24 hours of markets, each by the ticker of one exchange, or by prices where none has one."""

from collections.abc import Sequence

from engine.catalogue.joined import JoinedMarket
from engine.concurrency.yielding import cooperatively
from engine.errors import AllProvidersFailed
from engine.market.prices.days import MarketDay
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, Outdated
from engine.web.compat.binance._failures import Unpriced
from engine.web.compat.binance._prices import Found, MarketPrice, priced
from engine.web.services import current_services

MarketStatistics = tuple[str, MarketDay | MarketPrice]
"""The symbol of a market, and its day at an exchange or its price."""


def statistics(markets: Sequence[JoinedMarket]) -> Found[MarketStatistics]:
    """Return the days of markets. Raises an `ApiError` if none is known."""
    days = exchange_days(markets)
    others = [market for market in markets if market.symbol not in days]
    known: dict[str, MarketDay | MarketPrice] = {**days}
    missing: tuple[str, ...] = ()
    origins = origins_of(days)
    if others:
        try:
            rest = priced(others)
        except (AllProvidersFailed, Outdated, Unpriced):
            if not days:
                raise
            missing = tuple(market.symbol for market in others)
        else:
            known |= {row.symbol: row for row in rest.rows}
            missing, origins = rest.missing, (*origins, *rest.origins)
    ordered = tuple((it.symbol, known[it.symbol]) for it in markets if it.symbol in known)
    return Found(ordered, missing, origins)


def exchange_days(markets: Sequence[JoinedMarket]) -> dict[str, MarketDay]:
    """Return the days by symbol that exchanges report of markets, empty while none can be asked."""
    found = _use_cases.exchange_pairs()
    if found is None:
        return {}
    correct, now = current_services().clock.correct, current_services().market.now()
    days = {}
    for market in cooperatively(markets):
        one = found.prices.get((market.base.id, market.quote.id))
        if one is None or one.day is None or now - correct(one.time) > _use_cases.PRICE_SECONDS:
            continue
        days[market.symbol] = one.day
    return days


def origins_of(days: dict[str, MarketDay]) -> tuple[Origin, ...]:
    """Return where days are from, with the names of their exchanges; empty without days."""
    if not days:
        return ()
    found = current_services().market.prices.pairs()
    venues = {day.venue for day in days.values()}
    return (Origin(found.validity, [venue for venue in found.venues if venue in venues]),)
