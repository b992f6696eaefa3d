"""Request what streams do not carry: a second venue's close, the newest candles, and prices. All block."""

from collections.abc import Iterable, Iterator
from typing import Any

from engine.alerts.evaluation import quality
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.pairs import asset_of, pair_of
from engine.errors import ApiError
from engine.market import MINIMUM, CandleRequest, Market
from engine.market.candles.slices import CandleSlice, row_of
from engine.market.prices.lists import row_of as price_row
from engine.market.prices.request import RequestedCoin
from engine.streaming.channels import Channel
from engine.upstream import BACKGROUND
from providers import Interval, Window

ENOUGH = 2
"""How many other venues are compared at most."""
QUOTE = "USDT"


class Inquiries:
    """Requests from the use cases, within the background's share of budgets."""

    def __init__(self, market: Market, catalogue: CurrentCatalogue) -> None:
        self._market = market
        self._catalogue = catalogue

    def confirms(self, channel: Channel, open_time: int, close: float, source: str) -> bool:
        """Return whether a venue other than `source` has a close within 2 % for the same candle."""
        asked = 0
        for upstream in self._market.candles.upstreams:
            if self._market.label(upstream.name) == source:
                continue
            try:
                found = self._slice(channel, Window(1, open_time, open_time), venue=upstream.name)
            except ApiError:
                continue  # this venue lacks the market or failed: ask the next one
            if not found.candles or found.candles[-1].open_time != open_time:
                continue
            if quality.agrees(found.candles[-1].close, close):
                return True
            asked += 1
            if asked == ENOUGH:
                return False
        return False

    def candles(self, channel: Channel, now: int) -> Iterator[dict[str, Any]]:
        """Yield messages about the newest candles of a channel, in the format of streams.

        First comes the newest closed one, then the forming one, if there is one. Raises an `ApiError`.
        """
        interval = _interval(channel)
        found = self._slice(channel, Window(MINIMUM), in_time=True)
        for candle in found.candles[-2:]:
            closed = interval.after(candle.open_time) <= now
            if closed and interval.after(candle.open_time, 2) <= now:
                continue  # a newer one has closed
            yield {
                "type": "candle",
                "data": row_of(candle),
                "closed": closed,
                "source": found.source,
                "receivedAt": now,
            }

    def prices(self, channels: Iterable[Channel], since: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the prices of channels as messages, unless they are older than `since` (Unix seconds).

        Raises an `ApiError`.
        """
        of_venue: dict[str | None, dict[str, str]] = {}
        coins: dict[str | None, list[RequestedCoin]] = {}
        for channel in channels:
            pair = channel.pair
            assert pair is not None  # noqa: S101 - channels of prices have one
            of_venue.setdefault(pair.venue, {})[pair.asked] = channel.name
            coin = RequestedCoin(pair.asked, asset_of(pair.base), pair.venue)
            coins.setdefault(pair.venue, []).append(coin)
        for venue, names in of_venue.items():
            for row in self._market.prices.newest(coins[venue], QUOTE, since).coins:
                yield (
                    names[row.symbol],
                    {
                        "type": "price",
                        "data": price_row(row),
                        "sourceTime": int(row.time * 1000),
                    },
                )

    def _slice(
        self, channel: Channel, window: Window, *, venue: str | None = None, in_time: bool = False
    ) -> CandleSlice:
        pair = channel.pair
        assert pair is not None  # noqa: S101 - channels of series have one
        request = CandleRequest(
            pair.symbol,
            pair_of(pair.base, pair.quote, self._catalogue.catalogue),
            _interval(channel),
            window,
            venue=venue or pair.venue,
            in_time=in_time,
            share=BACKGROUND,
        )
        return self._market.candles.slice(request)


def _interval(channel: Channel) -> Interval:
    assert channel.interval is not None  # noqa: S101 - channels of series have one
    return channel.interval
