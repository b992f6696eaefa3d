"""The error of this host's clock, estimated from the times of providers."""

from email.utils import formatdate

import pytest

from engine.telemetry.event_log import ClockRight, ClockWrong, Event
from engine.upstream.host_clock import RECENT, SLOWEST, HostClock, estimate, sent_at
from providers import Reply
from tests.clock import Clock

TRUE = 1_795_365_630.0


def reply(date: float, head: float = 0.0, body: float = 0.0, **headers: str) -> Reply:
    """Return a reply with this `Date`."""
    return Reply(200, {"Date": formatdate(date, usegmt=True), **headers}, b"", head, body)


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ([], None),
        ([90.0, 90.5], None),
        ([90.0, 90.5, 91.0], 90.5),
        ([90.0, 90.5, 3600.0], 90.5),
        ([-150.0, -150.5, -149.0, 86_400.0], -149.5),
        ([90.0, 3600.0, -3600.0], None),
        ([90.0, 90.0, 3600.0, 3600.0], None),
        ([0.1, 0.2, 90.0, 90.0, 90.1], 90.0),
    ],
)
def test_the_median_of_three_that_agree(offsets: list[float], expected: float | None) -> None:
    """The median of three or more counts if a majority agrees, so that one wrong provider changes nothing."""
    assert estimate(offsets) == expected


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Sun, 22 Nov 99999 16:40:30 GMT",
        f"Sun, 22 Nov {'9' * 400} 16:40:30 GMT",
        "Sun, 99 Nov 2026 16:40:30 GMT",
        "1795365630",
    ],
)
def test_a_date_that_cannot_be_read_says_nothing(date: str) -> None:
    """An unreadable `Date` is ignored and fails no call."""
    assert sent_at({"Date": date}) is None


def test_a_date_is_a_moment_within_its_second() -> None:
    """A `Date` in any zone is UTC plus half a second, the middle of its second."""
    for date in (
        "Sun, 22 Nov 2026 16:40:30 GMT",
        "Sun, 22 Nov 2026 16:40:30 -0000",
        "Sun, 22 Nov 2026 17:40:30 +0100",
    ):
        assert sent_at({"Date": date}) == TRUE + 0.5
    assert sent_at({}) is None


@pytest.mark.parametrize("age", ["1", "3600", "-5", "soon", "0, 30", "9" * 400])
def test_what_comes_from_a_cache_says_nothing(age: str) -> None:
    """A reply with an `Age` is ignored, because caches may leave or renew its `Date`."""
    assert sent_at(reply(TRUE, Age=age).headers) is None


def test_an_age_of_zero_is_fresh() -> None:
    """A reply with an `Age` of 0 is fresh, because a proxy may add it to new responses."""
    assert sent_at(reply(TRUE, Age="0").headers) == TRUE + 0.5


class Measured:
    """A clock that is `slow` by so many seconds, with its published events."""

    def __init__(self, slow: float) -> None:
        self.true = Clock()
        self.slow = slow
        self.events: list[Event] = []
        self.clock = HostClock(lambda: self.true() - self.slow, self.events.append)

    def answers(self, *names: str, lie: float = 0.0, head: float = 0.0, body: float = 0.0) -> None:
        """Let providers reply now. Their `Date` is older by the body's time and half of the header's time."""
        for name in names:
            self.clock.observe(name, reply(self.true() + lie - body - head / 2, head, body))


@pytest.mark.parametrize("slow", [90.0, -150.0, 5.0, -2.6, 86_400.0 * 30])
def test_it_is_corrected_once_three_providers_have_answered(slow: float) -> None:
    """The clock is corrected after replies from three providers, to the precision of a `Date`."""
    measured = Measured(slow)
    measured.answers("kraken", "kraken", "kraken", "okx")
    assert measured.clock.offset is None
    assert measured.clock.corrected() == measured.clock()
    measured.answers("bybit")

    assert measured.clock.corrected() == pytest.approx(measured.true(), abs=1)
    assert measured.clock() == measured.true() - slow


@pytest.mark.parametrize("slow", [0.0, 1.4, -1.4])
def test_a_difference_below_two_seconds_is_none(slow: float) -> None:
    """A difference below two seconds is an offset of 0, without an event."""
    measured = Measured(slow)
    measured.answers("kraken", "okx", "bybit")

    assert measured.clock.offset == 0
    assert measured.events == []


def test_a_reply_s_time_on_the_way_is_taken_off() -> None:
    """Half of the header's time and all of the body's time are subtracted."""
    measured = Measured(90)
    measured.answers("kraken", "okx", "bybit", head=2.0, body=30.0)

    assert measured.clock.corrected() == pytest.approx(measured.true(), abs=1)


def test_a_reply_that_took_too_long_says_nothing() -> None:
    """A reply that took too long is ignored, because its `Date` may be from either end."""
    measured = Measured(90)
    measured.answers("kraken", "okx", "bybit", head=SLOWEST + 0.1)

    assert measured.clock.offset is None


def test_one_liar_moves_nothing() -> None:
    """One wrong provider changes nothing, however often it replies."""
    measured = Measured(0)
    measured.answers("kraken", "okx", "bybit")
    measured.answers(*["coinbase"] * 10, lie=3600)

    assert measured.clock.offset == 0
    assert measured.events == []


def test_a_change_is_published_once() -> None:
    """An event is published when an error is found, when it changes and when it ends."""
    measured = Measured(90)
    for _ in range(3):
        measured.answers("kraken", "okx", "bybit", lie=0.4)
        measured.answers("kraken", "okx", "bybit", lie=-0.4)
    measured.slow = -150
    for _ in range(3):
        measured.answers("kraken", "okx", "bybit")
    measured.slow = 0
    for _ in range(3):
        measured.answers("kraken", "okx", "bybit")

    assert [type(event) for event in measured.events] == [ClockWrong, ClockWrong, ClockRight]
    assert [event.message for event in measured.events] == [
        "this host's clock is 90 s slow: data is judged by the providers' clocks",
        "this host's clock is 150 s fast: data is judged by the providers' clocks",
        "this host's clock is right again",
    ]


def test_the_offset_stays_while_no_provider_answers() -> None:
    """Without new replies the offset stays, and old replies do not count against it."""
    measured = Measured(90)
    measured.answers("kraken", "okx", "bybit")
    found = measured.clock.offset
    measured.true.advance(RECENT + 1)
    measured.answers("kraken", lie=500)

    assert measured.clock.offset == found
