"""Prices at a past minute, for other interfaces."""

from collections.abc import Mapping, Sequence

import msgspec

from engine.market import RequestedCoin
from engine.web.access.admission import charge
from engine.web.api.past_prices import sources_of
from engine.web.services import current_services


class PastPrice(msgspec.Struct, frozen=True):
    """The known prices of a coin by currency, and the venues whose closes count."""

    prices: Mapping[str, float]
    sources: Sequence[str]


def past_prices(coin: RequestedCoin, currencies: Sequence[str], time: int) -> PastPrice:
    """Return the prices of `coin` in dollars or tether at `time` (Unix milliseconds), each of which counts.

    Raises an `ApiError`.
    """
    charge(len(currencies))
    found = {name: current_services().market.past.at([coin], name, time) for name in currencies}
    known = {name: price for name, it in found.items() if (price := it.prices[0].price) is not None}
    return PastPrice(known, tuple(dict.fromkeys(one for it in found.values() for one in sources_of(it))))
