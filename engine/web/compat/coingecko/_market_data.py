"""The figures of one coin in all currencies. A figure that no provider has is left out. Pure functions."""

from collections.abc import Mapping

from engine.market.prices.lists import PriceList
from engine.timestamps import iso
from engine.web.compat.coingecko._coins import in_currency

CHANGES = {"1h": "change_1h", "24h": "change_24h", "7d": "change_7d"}


def market_data(lists: Mapping[str, PriceList]) -> dict[str, object]:
    """Return the figures of the only coin in price lists by currency."""
    coins = {currency: found.coins[0] for currency, found in lists.items() if found.coins}
    if not coins:
        return {}
    first = next(iter(coins.values()))
    changes = {
        span: _known({currency: getattr(coin, name) for currency, coin in coins.items()})
        for span, name in CHANGES.items()
    }
    return {
        "current_price": _known({currency: coin.price for currency, coin in coins.items()}),
        "market_cap": _known(
            {currency: in_currency(coin.market_cap, coin) for currency, coin in coins.items()}
        ),
        "total_volume": _known(
            {currency: in_currency(coin.volume_24h, coin) for currency, coin in coins.items()}
        ),
        "market_cap_rank": first.rank,
        **{
            f"price_change_percentage_{span}": known["usd"]
            for span, known in _known_in_dollars(changes)
            if span != "1h"
        },
        **{
            f"price_change_percentage_{span}_in_currency": known for span, known in _known_in_dollars(changes)
        },
        "last_updated": iso(first.time),
    }


def _known_in_dollars(changes: Mapping[str, dict[str, float]]) -> list[tuple[str, dict[str, float]]]:
    """Return the changes that are known in dollars, by their spans."""
    return [(span, known) for span, known in changes.items() if "usd" in known]


def _known(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {currency: figure for currency, figure in figures.items() if figure is not None}
