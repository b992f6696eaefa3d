"""One series from several venues: each candle closes once, in order, and is the market's."""

import pytest

from engine.upstream.streams.changes import (
    Change,
    Closed,
    Corrected,
    Forming,
    Look,
    Missing,
    SourceChanged,
    Stale,
)
from engine.upstream.streams.feed import Feed
from engine.upstream.streams.lane import Lane
from engine.upstream.streams.looking import Looking
from providers import Candle, StreamedCandle
from tests.engine.upstream.streams.market import MINUTE, START, play

NEXT = MINUTE.after(START)


def candle(time: int, close: float, volume: float = 1.0) -> Candle:
    """Return a candle that opened at 100."""
    return Candle(time, 100.0, max(100.0, close), min(100.0, close), close, volume)


def two() -> Feed:
    """Return a series with two venues, connected at the start."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True), Lane("second", MINUTE, says_closed=False)])
    for venue in ("first", "second"):
        feed.connected(venue, START, connected=True)
    return feed


def sent(feed: Feed, venue: str, one: Candle, now: int, *, closed: bool | None = False) -> list[Change]:
    """Return what changes when a venue sends a candle."""
    return feed.receive(venue, StreamedCandle("", one, closed, now), now)


@pytest.mark.parametrize("seed", range(30))
def test_closed_candles_are_the_markets_whatever_fails(seed: int) -> None:
    """Ten minutes of silent venues, lost connections, missing flags and failed requests lose nothing.

    Every published candle was sent by the named venue.
    """
    changes, market, _ = play(seed, 600)
    closed = [change for change in changes if isinstance(change, Closed)]
    missing = [change for change in changes if isinstance(change, Missing)]
    corrected = {
        change.candle.open_time: change.candle for change in changes if isinstance(change, Corrected)
    }
    over = [time for time in sorted(market.candles) if time >= closed[0].candle.open_time]

    assert [change.candle.open_time for change in closed] == over
    assert [corrected.get(one.candle.open_time, one.candle) for one in closed] == [
        market.candles[time] for time in over
    ]
    assert len({change.first for change in missing}) == len(missing)
    assert not {change.first for change in missing} & set(market.candles)
    seen = {
        (change.venue, change.candle)
        for change in changes
        if isinstance(change, Forming | Closed | Corrected)
    }
    assert seen <= market.sent


def test_a_candle_forms_only_between_its_neighbours() -> None:
    """A candle closes before the next one begins, and never forms again."""
    last = 0
    for change in play(0, 600)[0]:
        if isinstance(change, Closed):
            assert change.candle.open_time > last
            last = change.candle.open_time
        elif isinstance(change, Forming):
            assert change.candle.open_time > last


def test_a_flag_closes_a_candle_at_once() -> None:
    """A venue's flag closes a candle without a request."""
    feed = two()

    assert sent(feed, "first", candle(START, 101.0), START + 5_000) == [
        Forming("first", candle(START, 101.0), START + 5_000)
    ]
    assert sent(feed, "first", candle(START, 102.0), NEXT + 4, closed=True) == [
        Closed("first", candle(START, 102.0))
    ]
    assert feed.looks(NEXT + 3_000) == []


def test_a_silent_venue_is_replaced_within_four_seconds() -> None:
    """The running candle becomes that of the new venue, so that its volume may fall."""
    feed = two()
    sent(feed, "first", candle(START, 101.0, volume=9.0), START + 1_000)
    assert sent(feed, "second", candle(START, 100.5, volume=2.0), START + 3_000, closed=None) == []

    changes = sent(feed, "second", candle(START, 100.6, volume=3.0), START + 5_000, closed=None)

    assert changes == [
        SourceChanged("first", "second", "silent"),
        Forming("second", candle(START, 100.6, volume=3.0), START + 5_000),
    ]


def test_a_quiet_market_changes_no_venue() -> None:
    """Two silent venues are a market without trades, and the source stays."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    sent(feed, "second", candle(START, 101.0), START + 1_000, closed=None)

    assert feed.tick(START + 10_000) == []


def test_a_lost_connection_is_replaced_at_once() -> None:
    """A venue that loses its connection is replaced by one with a stream at once."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    sent(feed, "second", candle(START, 101.5), START + 1_000, closed=None)

    assert feed.connected("first", START + 2_000, connected=False) == [
        SourceChanged("first", "second", "disconnected"),
        Forming("second", candle(START, 101.5), START + 1_000),
    ]


def test_the_way_back_is_taken_between_two_candles() -> None:
    """The preferred venue serves again only after the running candle has closed."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    sent(feed, "second", candle(START, 101.5), START + 1_000, closed=None)
    feed.connected("first", START + 2_000, connected=False)
    feed.connected("first", START + 4_000, connected=True)
    sent(feed, "second", candle(START, 101.5), START + 57_000, closed=None)
    assert sent(feed, "first", candle(START, 102.0), START + 58_000) == []
    sent(feed, "first", candle(START, 102.0), NEXT + 10, closed=True)

    assert sent(feed, "second", candle(NEXT, 103.0), NEXT + 500, closed=None) == [
        Closed("second", candle(START, 101.5)),
        SourceChanged("second", "first", "recovered"),
    ]
    assert sent(feed, "first", candle(NEXT, 102.5), NEXT + 2_500) == [
        Forming("first", candle(NEXT, 102.5), NEXT + 2_500)
    ]


def test_a_missing_flag_is_looked_up_before_the_next_candle_forms() -> None:
    """A candle without a flag is requested, because its last update may be lost with the flag."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 50_000)
    assert sent(feed, "first", candle(NEXT, 105.0), NEXT + 1_000) == []
    (look,) = feed.looks(NEXT + 1_000)

    assert look == Look("first", START, START)
    assert feed.looked(look, [candle(START, 104.0)], NEXT + 2_000) == [
        Closed("first", candle(START, 104.0)),
        Forming("first", candle(NEXT, 105.0), NEXT + 1_000),
    ]


def test_a_minute_without_trades_is_missing_once_it_is_certain() -> None:
    """A missing candle is reported late, because a request right after its end may not have it yet."""
    feed = two()
    sent(feed, "first", candle(START, 100.7), START + 1_000)
    sent(feed, "first", candle(START, 101.0), NEXT + 4, closed=True)
    after = MINUTE.after(NEXT)
    (look,) = feed.looks(after + 2_000)
    assert look == Look("first", NEXT, NEXT)
    assert feed.looked(look, [], after + 2_500) == []
    (again,) = feed.looks(after + 10_000)

    assert feed.looked(again, [], after + 10_500) == [Missing(NEXT, NEXT, "no_trades")]


def test_a_later_change_is_a_correction() -> None:
    """A change of a published candle is a correction, with the published one as the previous."""
    feed = two()
    sent(feed, "first", candle(START, 100.7), START + 1_000)
    sent(feed, "first", candle(START, 101.0), NEXT + 4, closed=True)

    assert sent(feed, "first", candle(START, 101.5), NEXT + 900, closed=True) == [
        Corrected("first", candle(START, 101.5), candle(START, 101.0), 1)
    ]
    assert sent(feed, "first", candle(START, 101.5), NEXT + 950, closed=True) == []
    assert sent(feed, "second", candle(START, 99.0), NEXT + 960, closed=True) == []


def test_a_new_connection_looks_up_what_it_may_have_missed() -> None:
    """A reconnection requests the last closed candles, because their corrections may be lost."""
    feed = two()
    sent(feed, "first", candle(START, 100.7), START + 1_000)
    sent(feed, "first", candle(START, 101.0), NEXT + 4, closed=True)
    feed.connected("first", NEXT + 500, connected=False)
    feed.connected("first", NEXT + 900, connected=True)
    (look,) = feed.looks(NEXT + 900)

    assert look == Look("first", MINUTE.after(START, -2), START)
    assert feed.looked(look, [candle(START, 100.9)], NEXT + 1_400) == [
        Corrected("first", candle(START, 100.9), candle(START, 101.0), 1)
    ]
    assert feed.looks(NEXT + 1_500) == []


def test_a_series_that_nothing_confirms_is_stale_once() -> None:
    """A series is reported once as stale after fifteen seconds without a stream or a request."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    for venue in ("first", "second"):
        feed.connected(venue, START + 2_000, connected=False)

    assert feed.tick(START + 15_999) == []
    assert feed.tick(START + 16_000) == [Stale(15.0)]
    assert feed.tick(START + 40_000) == []


def test_history_on_the_live_channel_is_no_event() -> None:
    """A snapshot closes no candle of the past."""
    feed = two()
    feed.connected("first", START, connected=False)
    rows = [candle(MINUTE.after(START, -1), 99.0), candle(START, 101.0)]
    changes = [
        change
        for row in rows
        for change in feed.receive(
            "second", StreamedCandle("", row, None, START + 900, seed=True), START + 900
        )
    ]

    assert not [change for change in changes if isinstance(change, Closed)]


def test_a_series_without_streams_is_polled() -> None:
    """Without streams, the running candle forms and closes by requests."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True)])
    (look,) = feed.looks(START + 1_000)
    assert look == Look("first", START, START)
    assert feed.looked(look, [candle(START, 101.0)], START + 1_200) == [
        Forming("first", candle(START, 101.0), None)
    ]
    assert feed.looks(START + 5_999) == []
    last = feed.looks(NEXT + 2_000)

    assert last == [Look("first", START, START), Look("first", START, NEXT)]
    assert feed.looked(last[1], [candle(START, 102.0), candle(NEXT, 102.5)], NEXT + 2_300) == [
        Closed("first", candle(START, 102.0)),
        Forming("first", candle(NEXT, 102.5), None),
    ]


def test_a_venue_whose_requests_fail_is_followed_by_the_next() -> None:
    """Without streams, each failed request tries the next venue, which serves from its first candle on."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True), Lane("second", MINUTE, says_closed=True)])
    (look,) = feed.looks(START + 1_000)

    assert feed.failed(look, START + 2_000) == []
    (look,) = feed.looks(START + 6_000)
    assert look == Look("second", START, START)
    assert feed.looked(look, [candle(START, 101.0)], START + 6_300) == [
        SourceChanged("first", "second", "disconnected"),
        Forming("second", candle(START, 101.0), None),
    ]


def test_an_outage_of_all_venues_is_reported_once() -> None:
    """While all requests fail, changes of the venue stay unannounced, and the series is stale once."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    for venue in ("first", "second"):
        feed.connected(venue, START + 2_000, connected=False)
    changes = []
    for now in range(START + 2_000, START + 50_000, 250):
        changes += feed.tick(now)
        for look in feed.looks(now):
            changes += feed.failed(look, now)

    assert [type(one) for one in changes] == [Stale]


def test_a_stream_that_is_accepted_and_stays_silent_is_stood_in_for() -> None:
    """Requests stand in for a connected stream until its first data."""
    feed = two()

    assert feed.looks(START + 3_999) == []
    (look,) = feed.looks(START + 4_000)
    assert look == Look("first", START, START)
    assert feed.looked(look, [candle(START, 101.0)], START + 4_200) == [
        Forming("first", candle(START, 101.0), None)
    ]
    sent(feed, "first", candle(START, 102.0), START + 9_000)
    assert feed.looks(START + 9_100) == []


def test_a_quiet_series_is_confirmed_by_requests() -> None:
    """After ten seconds without data a request confirms a series, so that it is not stale."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    assert feed.looks(START + 10_999) == []
    (look,) = feed.looks(START + 11_000)
    assert look == Look("first", START, START)
    assert feed.looked(look, [candle(START, 101.0)], START + 11_500) == []

    assert feed.tick(START + 26_499) == []
    assert feed.tick(START + 26_500) == [Stale(15.0)]


def test_an_old_answer_never_replaces_newer_data_of_the_stream() -> None:
    """A slow answer to a request never replaces newer data of the stream."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    (look,) = feed.looks(START + 11_000)
    sent(feed, "first", candle(START, 103.0), START + 11_200)

    assert feed.looked(look, [candle(START, 101.0)], START + 11_500) == []


def test_a_venue_whose_series_all_stopped_is_replaced() -> None:
    """A stopped venue is replaced even by a standby without data of the last seconds."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    sent(feed, "second", candle(START, 101.5), START + 1_000, closed=None)
    assert feed.tick(START + 9_000) == []
    feed.lanes["first"].stopped = True

    assert feed.tick(START + 9_500) == [
        SourceChanged("first", "second", "silent"),
        Forming("second", candle(START, 101.5), START + 1_000),
    ]


def test_a_candle_built_of_trades_is_compared_with_the_venues_own() -> None:
    """A built candle is compared once with the venue's listed one, and a difference is a correction."""
    feed = Feed(MINUTE, [Lane("only", MINUTE, says_closed=True, built=True)])
    feed.connected("only", START, connected=True)
    sent(feed, "only", candle(START, 101.0), START + 1_000)
    assert sent(feed, "only", candle(START, 102.0), NEXT + 500, closed=True) == [
        Closed("only", candle(START, 102.0))
    ]
    feed.unchanged("only", NEXT + 9_900)
    assert feed.looks(NEXT + 9_999) == []
    (look,) = feed.looks(NEXT + 10_000)

    assert look == Look("only", START, START)
    assert feed.looked(look, [candle(START, 102.0, volume=1.5)], NEXT + 10_300) == [
        Corrected("only", candle(START, 102.0, volume=1.5), candle(START, 102.0), 1)
    ]
    feed.unchanged("only", NEXT + 12_400)
    assert feed.looks(NEXT + 12_500) == []


def test_failed_comparisons_do_not_pile_up() -> None:
    """After failed comparisons only the last few candles are requested again."""
    looking = Looking(MINUTE)
    for minute in range(10):
        looking.check("only", MINUTE.after(START, minute))
    due = looking.due({"only": Lane("only", MINUTE, says_closed=True)}, "only", None, MINUTE.after(START, 20))

    assert [look.first for look in due if look.first == look.last][:3] == [
        MINUTE.after(START, minute) for minute in (7, 8, 9)
    ]
    assert not {look.first for look in due} & {MINUTE.after(START, minute) for minute in range(7)}


def test_each_venue_that_comes_back_is_looked_at() -> None:
    """Each reconnected venue is requested, because either may have corrected a closed candle."""
    feed = two()
    sent(feed, "first", candle(START, 100.7), START + 1_000)
    sent(feed, "first", candle(START, 101.0), NEXT + 4, closed=True)
    for venue in ("first", "second"):
        feed.connected(venue, NEXT + 500, connected=False)
        feed.connected(venue, NEXT + 900, connected=True)

    assert [look.venue for look in feed.looks(NEXT + 900)] == ["first", "second"]


def test_a_series_goes_on_after_the_candle_that_it_had() -> None:
    """Candles that closed while no client listened are requested, and close in order."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True)], MINUTE.after(START, -3))
    feed.connected("first", START, connected=True)
    assert sent(feed, "first", candle(START, 105.0), START + 1_000) == []
    (look,) = [look for look in feed.looks(START + 1_000) if look.first == MINUTE.after(START, -2)]
    closed = [candle(MINUTE.after(START, -2), 101.0), candle(MINUTE.after(START, -1), 102.0)]

    assert feed.looked(look, closed, START + 1_500) == [
        *(Closed("first", one) for one in closed),
        Forming("first", candle(START, 105.0), START + 1_000),
    ]


def test_a_standby_that_connects_first_does_not_take_over() -> None:
    """A standby waits four seconds for the first connection of the preferred venue."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True), Lane("second", MINUTE, says_closed=True)])
    feed.connected("second", START, connected=True)

    assert sent(feed, "second", candle(START, 101.0), START + 200) == []
    assert feed.tick(START + 3_999) == []
    assert feed.tick(START + 4_000)[0] == SourceChanged("first", "second", "disconnected")


def late(feed: Feed, venue: str, one: Candle, now: int, age: int, *, closed: bool = False) -> list[Change]:
    """Return what changes when a venue sends a candle that has been under way for `age` milliseconds."""
    return feed.receive(venue, StreamedCandle("", one, closed, now - age), now)


@pytest.mark.parametrize("skew", [-60_000, -3_000, 0, 3_000])
def test_a_venue_that_sends_old_frames_is_silent(skew: int) -> None:
    """A venue with delayed frames counts as silent, but a clock that differs by seconds is no delay."""
    feed = two()
    assert late(feed, "first", candle(START, 101.0), START + 20_000, skew)
    sent(feed, "second", candle(START, 101.0), START + 20_000, closed=None)
    assert late(feed, "first", candle(START, 101.2), START + 22_000, skew + 1_000)
    assert late(feed, "first", candle(START, 101.3), START + 23_000, max(skew, -5_000) + 8_000) == []

    assert sent(feed, "second", candle(START, 101.5), START + 26_000, closed=None) == [
        SourceChanged("first", "second", "silent"),
        Forming("second", candle(START, 101.5), START + 26_000),
    ]


def test_a_venue_that_sends_old_frames_from_the_start_never_serves() -> None:
    """Requests replace a venue with delayed frames, of which only closed candles are used."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True)])
    feed.connected("first", START, connected=True)
    assert late(feed, "first", candle(START, 101.0), START + 40_000, 30_000) == []
    (look,) = feed.looks(START + 40_000)
    feed.looked(look, [candle(START, 102.0)], START + 40_100)
    assert late(feed, "first", candle(START, 101.5), START + 41_000, 30_000) == []

    assert late(feed, "first", candle(START, 102.5), NEXT + 30_000, 30_000, closed=True) == [
        Closed("first", candle(START, 102.5))
    ]


def test_a_frame_that_is_overtaken_changes_nothing() -> None:
    """An older frame of a replaced connection changes nothing after a newer one of its successor."""
    feed = two()
    late(feed, "first", candle(START, 101.0), START + 5_000, 100)

    assert late(feed, "first", candle(START, 100.5), START + 5_050, 900) == []


def test_a_candle_is_not_closed_long_before_its_end() -> None:
    """A flag long before the end of a candle is ignored."""
    feed = two()
    assert sent(feed, "first", candle(START, 101.0), START + 30_000, closed=True) == [
        Forming("first", candle(START, 101.0), START + 30_000)
    ]

    assert sent(feed, "first", candle(START, 102.0), NEXT - 900, closed=True) == [
        Closed("first", candle(START, 102.0))
    ]


def test_the_way_back_needs_nothing_that_is_published_already() -> None:
    """The preferred venue returns even if it never closed a candle that is already published."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 50_000)
    sent(feed, "second", candle(START, 101.5), START + 55_000, closed=None)
    assert feed.source == "second"
    sent(feed, "second", candle(NEXT, 102.0), NEXT + 1_000, closed=None)
    look = next(look for look in feed.looks(NEXT + 1_000) if look.venue == "second")
    feed.looked(look, [candle(START, 101.5)], NEXT + 1_500)
    sent(feed, "first", candle(NEXT, 102.5), NEXT + 2_000)
    for second in range(2, 60, 2):
        sent(feed, "first", candle(NEXT, 102.5, volume=second), NEXT + second * 1_000)
        sent(feed, "second", candle(NEXT, 102.5, volume=second), NEXT + second * 1_000, closed=None)
    after = MINUTE.after(NEXT)
    sent(feed, "first", candle(after, 103.0), after + 100)
    changes = sent(feed, "second", candle(after, 103.0), after + 200, closed=None)

    assert [type(change) for change in changes] == [Closed, SourceChanged, Forming]
    assert feed.source == "first"


def test_the_preferred_venue_serves_again_once_its_requests_are_answered() -> None:
    """Without streams, the preferred venue serves again after it has answered a request."""
    feed = Feed(MINUTE, [Lane("first", MINUTE, says_closed=True), Lane("second", MINUTE, says_closed=True)])
    (look,) = feed.looks(START + 1_000)
    feed.failed(look, START + 2_000)
    (look,) = feed.looks(START + 7_000)
    feed.looked(look, [candle(START, 101.0)], START + 7_100)
    probe = next(look for look in feed.looks(START + 40_000) if look.venue == "first")
    before = MINUTE.after(START, -1)
    assert probe == Look("first", before, before)
    assert feed.looked(probe, [candle(before, 99.0)], START + 40_500) == []
    changes = feed.looked(
        Look("second", START, NEXT), [candle(START, 102.0), candle(NEXT, 102.5)], NEXT + 2_300
    )

    assert changes == [Closed("second", candle(START, 102.0)), SourceChanged("second", "first", "recovered")]


def test_streams_that_are_long_silent_keep_no_series_from_the_next_venue() -> None:
    """While all streams are long silent, a failed request of the source tries the next venue."""
    feed = two()
    sent(feed, "first", candle(START, 101.0), START + 1_000)
    now = START + 70_000

    assert feed.failed(Look("first", START, START), now) == []
    assert feed.source == "second"
