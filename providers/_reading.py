"""Reading what upstreams send: figures, times, and the coins in long lists."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from providers._assets import Asset
from providers._errors import BadData
from providers._models import Quote

T = TypeVar("T")

UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading a body of the wrong shape may raise."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns whatever a body of the wrong shape raises into `BadData`."""
    try:
        yield
    except UNREADABLE as error:
        raise BadData(f"{name} sent what cannot be read: {type(error).__name__}") from error


def number(value: Any) -> float | None:
    """A figure that may be left out: `None` and empty text mean that it was."""
    return None if value is None or value == "" else float(value)


def whole(value: Any) -> int | None:
    """A whole number that may be left out, such as a rank."""
    return None if value is None or value == "" else int(value)


def per_cent(fraction: Any) -> float | None:
    """A change sent as a fraction, in per cent."""
    value = number(fraction)
    return None if value is None else value * 100


def change(price: float, before: Any) -> float | None:
    """The change from `before` to `price` in per cent, where `before` is known."""
    value = number(before)
    return None if not value else (price / value - 1) * 100


def milliseconds(text: str) -> int:
    """An ISO 8601 time as Unix milliseconds; without a zone it is UTC, wherever this runs."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def readable(rows: Iterable[Any], read: Callable[[Any], T]) -> list[T]:
    """What `read` makes of each row that it can make something of: an odd one costs none of the others.

    Raises what an odd row raised where all of them are odd.
    """
    found: list[T] = []
    odd: Exception | None = None
    for row in rows:
        try:
            found.append(read(row))
        except UNREADABLE as error:
            odd = error
    if odd and not found:
        raise odd
    return found


def dollar_quote(asset: Asset, usd: Any, updated: str, rank: Any) -> Quote:
    """A coin's quote from figures in dollars as CoinMarketCap names them, and others after it."""
    return Quote(
        asset,
        float(usd["price"]),
        "USD",
        time=milliseconds(updated),
        change_1h=number(usd["percent_change_1h"]),
        change_24h=number(usd["percent_change_24h"]),
        change_7d=number(usd["percent_change_7d"]),
        volume_24h=number(usd["volume_24h"]),
        market_cap=number(usd["market_cap"]),
        rank=whole(rank),
    )


def tether_markets(assets: Sequence[Asset], separator: str = "") -> dict[str, Asset]:
    """The coins by the name of their USDT market; USDT itself has none."""
    return {f"{asset.code}{separator}USDT": asset for asset in assets if asset.code != "USDT"}


def best_ranked(rows: Sequence[Any], assets: Sequence[Asset]) -> list[tuple[Asset, Any]]:
    """Each coin with the row of its code that ranks best: many coins share a code, and 0 is no rank."""
    best = {
        row["symbol"]: row
        for row in sorted(rows, key=lambda row: -(row["rank"] or 0))
        if (row["rank"] or 0) > 0
    }
    return [(asset, best[asset.code]) for asset in assets if asset.code in best]
