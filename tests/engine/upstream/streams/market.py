"""A market that three venues stream, each in its own way, with faults by chance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from engine.upstream.streams.changes import Change, Look
from engine.upstream.streams.feed import Feed
from engine.upstream.streams.lane import Lane
from providers import INTERVALS, Candle, StreamedCandle

MINUTE = INTERVALS["1m"]
START = 1_790_274_180_000
LAG = 1_500
"""Milliseconds after which a request has a candle that has just closed."""


@dataclass(slots=True)
class Market:
    """Trades of every second by chance, and the candles that they make."""

    random: Random
    quiet: float = 0.3
    candles: dict[int, Candle] = field(default_factory=dict)
    price: float = 100.0
    sent: set[tuple[str, Candle]] = field(default_factory=set)
    """What each venue has sent, by stream or as an answer."""

    def second(self, now: int) -> Candle | None:
        """Trade by chance, and return the candle of a trade. Some minutes are without any."""
        minute = MINUTE.open_time(now)
        lively = Random(minute).random() > self.quiet
        if not lively or self.random.random() < 0.5:
            return None
        self.price = round(self.price * (1 + self.random.uniform(-0.001, 0.001)), 2)
        before = self.candles.get(minute)
        high = max(self.price, before.high if before else 0.0)
        low = min(self.price, before.low if before else self.price)
        opened = before.open if before else self.price
        volume = (before.volume or 0.0) if before else 0.0
        self.candles[minute] = Candle(minute, opened, high, low, self.price, volume + 1.0)
        return self.candles[minute]

    def asked(self, first: int, last: int, now: int) -> list[Candle]:
        """Return what a request finds: a candle that has just closed is not there yet, nor is a later one."""
        return [
            candle
            for time, candle in sorted(self.candles.items())
            if first <= time <= last and MINUTE.after(time) + LAG <= now
        ]


@dataclass(slots=True)
class Venue:
    """How one venue streams the market. `forgets` is the chance that it does not say that a candle closed."""

    lane: Lane
    random: Random
    forgets: float = 0.2
    silent_until: int = 0
    lost_until: int | None = None
    owed: dict[int, int] = field(default_factory=dict)

    def fail(self, now: int) -> None:
        """Fall silent or lose the connection, by chance."""
        if self.random.random() < 0.02:
            self.silent_until = now + self.random.randrange(1, 20) * 1_000
        if self.random.random() < 0.005 and self.lost_until is None:
            self.lost_until = now + self.random.randrange(1, 30) * 1_000


def play(seed: int, seconds: int) -> tuple[list[Change], Market, Feed]:
    """Return all changes of a series over so many seconds of faults, and twenty without any."""
    random = Random(seed)
    market = Market(random)
    lanes = [Lane("first", MINUTE, True), Lane("second", MINUTE, False), Lane("third", MINUTE, True)]
    venues = [Venue(lane, random) for lane in lanes]
    feed, changes, looks = Feed(MINUTE, lanes), list[Change](), list[tuple[int, Look]]()
    for venue in venues:
        changes += feed.connected(venue.lane.venue, START, connected=True)
    for now in range(START + 1_000, START + (seconds + 75) * 1_000, 1_000):
        faulty = now < START + seconds * 1_000
        candle = market.second(now) if faulty else None
        for venue in venues:
            changes += _speak(feed, market, venue, candle, now, faulty)
        changes += feed.tick(now)
        looks += [(now + random.randrange(1, 3) * 1_000, look) for look in feed.looks(now)]
        for due, look in [pair for pair in looks if pair[0] <= now]:
            looks.remove((due, look))
            if not faulty or random.random() < 0.8:
                found = market.asked(look.first, look.last, now)
                market.sent |= {(look.venue, one) for one in found}
                changes += feed.looked(look, found, now)
    return changes, market, feed


def _speak(
    feed: Feed, market: Market, venue: Venue, candle: Candle | None, now: int, faulty: bool
) -> Iterator[Change]:
    name = venue.lane.venue
    if faulty:
        venue.fail(now)
    if venue.lost_until is not None:
        if venue.lane.connected:
            yield from feed.connected(name, now, connected=False)
        if now < venue.lost_until and faulty:
            return
        venue.lost_until = None
        venue.owed.clear()
        yield from feed.connected(name, now, connected=True)
        newest = market.candles.get(MINUTE.open_time(now))
        if newest is not None:
            market.sent.add((name, newest))
            yield from feed.receive(name, StreamedCandle("", newest, None, now, seed=True), now)
    if now < venue.silent_until and faulty:
        return
    over = MINUTE.after(MINUTE.open_time(now), -1)
    for time in [time for time in venue.owed if time <= over]:
        del venue.owed[time]
        if venue.lane.says_closed and (not faulty or venue.random.random() > venue.forgets):
            market.sent.add((name, market.candles[time]))
            yield from feed.receive(name, StreamedCandle("", market.candles[time], True, now), now)
    if candle is not None:
        venue.owed[candle.open_time] = now
        market.sent.add((name, candle))
        flag = False if venue.lane.says_closed else None
        yield from feed.receive(name, StreamedCandle("", candle, flag, now), now)
