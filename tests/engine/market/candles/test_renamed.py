"""A market that was renamed has one series: the candles of a window come under all its names."""

from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from engine.market.candles.paging import next_window
from engine.market.candles.planning import plans
from engine.market.candles.renamed import candles_of, names_within
from engine.market.candles.request import CandleRequest
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from providers import INTERVALS, BadMarket, Candle, Interval, Market, ProviderError, Unsupported, Window
from tests.engine.catalogue.markets import NOW
from tests.engine.market.candles.test_markets import KNOWN, SOURCES, UNKNOWN, Known, markets, request

DAY = INTERVALS["1d"]
OLD, NEW = Market("a", "MATIC", "USDT", "MATICUSDT"), Market("a", "POL", "USDT", "POLUSDT")


def ms(day: str) -> int:
    """Return Unix milliseconds."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


RENAMED = ms("2024-09-10T03:00")


class Venue:
    """A venue with a candle for each day from the first to the last one of each name."""

    gone: type[ProviderError] = BadMarket

    def __init__(self, **spans: tuple[str, str]) -> None:
        self._days = {
            name: [*range(ms(first), ms(last) + 1, DAY.length)] for name, (first, last) in spans.items()
        }
        self.asked: list[tuple[str, Window]] = []

    def candles(self, market: Market, interval: Interval, window: Window) -> list[Candle]:
        """Return the candles of a window; the prices are those of the name."""
        self.asked.append((market.native, window))
        if market.native not in self._days:
            raise self.gone("no such market")
        first, last = window.start or 0, NOW * 1000 if window.end is None else window.end
        price = 1.0 if market.native.startswith(("MATIC", "TON")) else 2.0
        found = [
            Candle(time, price, price, price, price, 5.0)
            for time in self._days[market.native]
            if first <= time <= last
        ]
        return found[-window.limit :] if window.start is None else found[: window.limit]


def venue() -> Venue:
    """Return a venue whose market got a new name on a day that has trades under both."""
    return Venue(MATICUSDT=("2024-08-01", "2024-09-10"), POLUSDT=("2024-09-10", "2024-10-31"))


NAMES = ((0, OLD), (RENAMED, NEW))


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Window(60, ms("2024-08-01")), "2024-08-01", "2024-09-29"),
        (Window(41, ms("2024-08-01")), "2024-08-01", "2024-09-10"),
        (Window(40, ms("2024-08-01")), "2024-08-01", "2024-09-09"),
        (Window(9, ms("2024-09-05"), ms("2024-09-12")), "2024-09-05", "2024-09-12"),
        (Window(60, None, ms("2024-09-30")), "2024-08-02", "2024-09-30"),
        (Window(21, None, ms("2024-09-30")), "2024-09-10", "2024-09-30"),
        (Window(20, None, ms("2024-09-30")), "2024-09-11", "2024-09-30"),
        (Window(100, None, ms("2024-09-30")), "2024-08-01", "2024-09-30"),
    ],
)
def test_candles_come_under_both_names(window: Window, first: str, last: str) -> None:
    """A window has its candles of both names, and the day of the change has the trades of both."""
    found = candles_of(venue(), NAMES, DAY, window)  # type: ignore[arg-type]
    times = [candle.open_time for candle in found]

    assert times == [*range(ms(first), ms(last) + 1, DAY.length)]
    for candle in found:
        day = ms("2024-09-10")
        expected = (1.0, 1.0) if candle.open_time < day else (2.0, 2.0)
        assert (candle.open, candle.close) == ((1.0, 2.0) if candle.open_time == day else expected)
        assert candle.volume == (10.0 if candle.open_time == day else 5.0)


@pytest.mark.parametrize("gone", [BadMarket, Unsupported])
def test_a_name_that_the_venue_has_forgotten_has_no_candles_before_later_ones(
    gone: type[ProviderError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Candles up to a time are those that are left; from a time on, another venue may have the first ones."""
    monkeypatch.setattr(Venue, "gone", gone)
    left = Venue(POLUSDT=("2024-09-13", "2024-10-31"))
    found = candles_of(left, NAMES, DAY, Window(60, None, ms("2024-09-30")))  # type: ignore[arg-type]

    assert [found[0].open_time, found[-1].open_time] == [ms("2024-09-13"), ms("2024-09-30")]
    with pytest.raises(gone):
        candles_of(left, NAMES, DAY, Window(60, ms("2024-08-01")))  # type: ignore[arg-type]
    with pytest.raises(gone):
        candles_of(Venue(), NAMES, DAY, Window(60, None, ms("2024-09-30")))  # type: ignore[arg-type]


def test_a_market_with_one_name_in_a_window_has_no_others() -> None:
    """Changes outside the window, and changes to the same name, do not count."""

    def name_at(time: int) -> Market:
        return OLD if time < RENAMED else NEW

    assert names_within(0, RENAMED, [RENAMED], name_at) == ()
    assert names_within(RENAMED, RENAMED + 1, [RENAMED], name_at) == ()
    assert names_within(0, RENAMED, [5], name_at) == ()
    assert names_within(3, RENAMED + 1, [5, RENAMED], name_at) == ((3, OLD), (RENAMED, NEW))


SPANS = {
    "MATICUSDT": ("2019-05-01", "2024-09-10"),
    "POLUSDT": ("2024-09-13", "2026-11-01"),
    "TONUSDT": ("2024-08-01", "2026-06-30"),
    "GRAMUSDT": ("2026-06-30", "2026-11-01"),
}


def page(binance: Venue, asked: CandleRequest, known: Known) -> list[Candle]:
    """Return the candles that Binance has for a request."""
    upstream: Any = Upstream(SOURCES["binance"], Store(MemoryCache()))
    (plan,) = plans([upstream], asked, int(NOW * 1000), markets(known).find)
    fake: Any = SimpleNamespace(provider=binance)
    return list(replace(plan, upstream=fake).fetch(int(NOW * 1000), newest=False).candles)


@pytest.mark.parametrize("known", [KNOWN, UNKNOWN], ids=["listed", "not listed"])
@pytest.mark.parametrize(
    ("text", "first", "last", "lacking"),
    [("POL", "2024-08-01", "2024-10-30", 2), ("TON", "2026-06-01", "2026-10-30", 0)],
)
@pytest.mark.parametrize("forward", [True, False])
def test_pages_hold_all_candles(
    text: str, first: str, last: str, lacking: int, forward: bool, known: Known
) -> None:
    """Pages of a range in which Binance renamed a market hold each candle once, in both directions."""
    binance = Venue(**SPANS)
    base = request(text, last, known)
    window: Window | None = Window(25, ms(first) if forward else None, ms(last))
    days: list[int] = []
    while window is not None and (forward or window.end is None or window.end >= ms(first)):
        asked = CandleRequest(base.symbol, base.pair, DAY, window)
        candles = page(binance, asked, known)
        found = [candle.open_time for candle in candles]
        days = [*days, *found] if forward else [*found, *days]
        window = next_window(asked, candles, int(NOW * 1000))

    days = [day for day in days if day >= ms(first)]
    assert (days[0], days[-1]) == (ms(first), ms(last))
    steps = [after - before for before, after in pairwise(days)]
    assert sum(steps) // DAY.length - len(steps) == lacking
    assert min(steps) == DAY.length
