"""Two venues send the candles of a series, and a third one as long as it serves."""

from engine.streaming.routing import first_of, routes_of
from engine.streaming.series import Seat
from providers import Market

NAME = "candles:BTCUSDT:1m"


def seat(venue: str, quote: str = "USDT") -> Seat:
    """Return a venue's seat."""
    return Seat(venue, Market(venue, "BTC", quote, f"BTC{quote}"), "topic", says_closed=True)


def test_a_venue_that_serves_is_not_dropped_within_a_candle() -> None:
    """The serving venue stays until its candle ends, even if better ones are available again."""
    seats = {NAME: [seat("first"), seat("second"), seat("third"), seat("dollars", "USD")]}

    def venues(serving: str, *able: str) -> list[str]:
        routes = routes_of(seats, {NAME: serving}, lambda venue, _: venue in able)
        return [venue for venue, _ in routes.names]

    assert venues("first", "first", "second", "third") == ["first", "second"]
    assert venues("third", "first", "second", "third") == ["first", "second", "third"]
    assert venues("dollars", "dollars") == ["dollars"]
    assert venues("dollars", "first", "second", "dollars") == ["first", "second", "dollars"]


def test_a_series_that_is_fed_gives_no_way_to_another_one() -> None:
    """Beyond the limit, fed series keep their places, in whatever order Redis lists the channels."""
    assert first_of({"c": 3, "b": 2, "a": 1}, {"a", "b"}, 2) == {"a": 1, "b": 2}
    assert first_of({"c": 3, "b": 2}, {"a"}, 2) == {"c": 3, "b": 2}
