"""The rules in memory: they take updates of their channels, and collect firings. Nothing blocks."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.alerts.evaluation import quality
from engine.alerts.evaluation.feeds import Feed, PriceFeed, SeriesFeed
from engine.alerts.evaluation.figures import Figure
from engine.alerts.evaluation.firing import Firing, value_rows
from engine.alerts.evaluation.inputs import Loaded, Update
from engine.alerts.evaluation.running import Running
from engine.alerts.rules.conditions import Side
from engine.alerts.rules.operands import Operand
from engine.streaming.channels import Channel


class ActiveRules:
    """The rules by id, and the feeds that they need. A price is stale after `stale_after` milliseconds."""

    def __init__(self, stale_after: int) -> None:
        self._stale_after = stale_after
        self.runs: dict[str, Running] = {}
        self.feeds: dict[str, Feed] = {}
        self.changed: dict[str, Running] = {}
        """Rules whose memory is not yet stored."""
        self.firings: list[Firing] = []
        """Firings without outbox entries."""
        self.evaluations = 0
        self._needs: dict[str, list[Feed]] = {}
        self._reporting: dict[str, Running] = {}  # rules with `unknownAfterSeconds`
        self._expiring: dict[str, Running] = {}  # rules with `expiresAt`
        self._added: dict[str, int | None] = {}  # new rules, by the time of the first tick after `add`

    def add(self, it: Loaded) -> None:
        """Evaluate a rule from now on, in place of its older revision."""
        before = self._forget(it.id)

        def figure_of(side: Side) -> Figure:
            if isinstance(side, float):
                return Figure(side)
            return self._feed(side.channel).figure(side, it.rule.least_sources, it.rule.on_close)

        run = Running(it.id, it.rule, it.memory, figure_of, revision=it.revision, sequence=it.sequence)
        self.runs[it.id] = run
        needed = {channel.name: self._feed(channel) for channel in it.confirming}
        for operand in it.rule.operands:
            feed = self._feed(operand.channel)
            needed[feed.channel.name] = feed
            _attach(feed, operand, run)
        self._needs[it.id] = [*needed.values()]
        for feed in needed.values():
            feed.users += 1
        if it.rule.unknown_after is not None:
            self._reporting[it.id] = run
        if it.rule.expires is not None:
            self._expiring[it.id] = run
        self._added[it.id] = None
        self._release(before)

    def remove(self, id_: str) -> None:
        """Forget a rule, and the feeds that no other rule needs."""
        self._release(self._forget(id_))

    def price(self, name: str, row: Mapping[str, Any], time: int, update: Update) -> None:
        """Take the price of a channel, whose oldest quote is of `time`."""
        feed = self.feeds.get(name)
        if isinstance(feed, PriceFeed):
            feed.take(row, time, update.now, update.cursor)
            self._evaluate(feed.on_update.values(), update)

    def series(self, name: str) -> SeriesFeed | None:
        """Return the feed of a channel of candles or indicators, `None` where no rule needs it."""
        feed = self.feeds.get(name)
        return feed if isinstance(feed, SeriesFeed) else None

    def reference(self, names: Iterable[str], time: int | None) -> float | None:
        """Return the verified price of a pair near `time`, by the channels of its base and its quote.

        Without `time`, return the current price. `None` means that no price is good enough for rules.
        """
        price: float | None = None
        for name in names:
            feed = self.feeds.get(name)
            if not isinstance(feed, PriceFeed):
                return None
            found = feed.present if time is None else feed.price_at(time)
            if found is None:
                return None
            price = found if price is None else price / found
        return price

    def form(self, feed: SeriesFeed, values: Mapping[str, Any], time: int, update: Update) -> None:
        """Take a candle that is still forming, with the open time `time`."""
        if update.doubt:
            feed.doubt(update.doubt, time, forming=True)
        else:
            feed.form(values, time, update)
        self._evaluate(feed.on_update.values(), update)

    def close(self, feed: SeriesFeed, values: Mapping[str, Any], time: int, update: Update) -> None:
        """Take a closed candle, or the values of an indicator at one. Ignore older ones than the last."""
        if update.doubt:
            feed.doubt(update.doubt, time)
        elif not feed.close(values, time, update):
            return
        self._evaluate(feed.on_update.values(), update)
        self._evaluate(feed.on_close.values(), update, closed=True)

    def lose(self, feed: SeriesFeed, now: int) -> None:
        """Forget the figures of a series whose stream is stale."""
        feed.doubt(quality.STALE)
        self._evaluate_lost(feed, now)

    def tick(self, now: int) -> None:
        """Mark old figures as stale, let ages grow, and report rules that are unknown for too long."""
        for feed in self.feeds.values():
            if feed.tick(now):
                self._evaluate_lost(feed, now)
            elif feed.on_time:
                self._evaluate(feed.on_time.values(), Update(now))
        self._doubt_new(now)
        for run in self._reporting.values():
            if run.is_unknown_for_long(now / 1000):
                self._fire(run, Update(now), run.memory().reason)
                self.changed[run.id] = run

    def expired(self, now: float) -> list[Running]:
        """Return the rules that have expired. `now` is in Unix seconds."""
        return [run for run in self._expiring.values() if (run.rule.expires or now) <= now]

    def _evaluate_lost(self, feed: Feed, now: int) -> None:
        """Evaluate the rules of a feed that has lost its figures, without firing rules of closes."""
        self._evaluate(feed.on_update.values(), Update(now))
        for run in feed.on_close.values():
            self._doubt(run, now)

    def _doubt_new(self, now: int) -> None:
        """Mark new rules as unknown if they got no data within `stale_after` milliseconds."""
        for id_, since in [*self._added.items()]:
            if since is None:
                self._added[id_] = now
            elif now - since >= self._stale_after:
                del self._added[id_]
                self._doubt(self.runs[id_], since)

    def _doubt(self, run: Running, since: int) -> None:
        run.note_unknown(since / 1000)
        if run.changed:
            self.changed[run.id] = run

    def _evaluate(self, runs: Iterable[Running], update: Update, *, closed: bool = False) -> None:
        seconds = update.now / 1000
        changed = self.changed
        for run in runs:
            self.evaluations += 1
            if run.closed(seconds) if closed else run.evaluate(seconds):
                self._fire(run, update)
            if run.changed:
                changed[run.id] = run

    def _fire(self, run: Running, update: Update, reason: str | None = None) -> None:
        cursor = update.cursor or next(filter(None, (it.cursor for it in run.figures.values())), None)
        self.firings.append(
            Firing(run.id, run.rule.name, update.now / 1000, cursor, value_rows(run.figures), reason)
        )

    def _feed(self, channel: Channel) -> Feed:
        feed = self.feeds.get(channel.name)
        if feed is None:
            feed = PriceFeed(channel, self._stale_after) if channel.kind == "prices" else SeriesFeed(channel)
            self.feeds[channel.name] = feed
        return feed

    def _forget(self, id_: str) -> list[Feed]:
        """Forget a rule. Return the feeds that it needed."""
        for known in (self.runs, self.changed, self._reporting, self._expiring, self._added):
            known.pop(id_, None)
        self.firings = [firing for firing in self.firings if firing.rule != id_]
        feeds = self._needs.pop(id_, [])
        for feed in feeds:
            for rules in (feed.on_update, feed.on_close, feed.on_time):
                rules.pop(id_, None)
        return feeds

    def _release(self, feeds: Iterable[Feed]) -> None:
        for feed in feeds:
            feed.users -= 1
            if not feed.users:
                del self.feeds[feed.channel.name]


def _attach(feed: Feed, operand: Operand, run: Running) -> None:
    """Evaluate a rule on updates of an operand: with `on: close` only on closes of its shortest interval."""
    if not run.rule.on_close:
        feed.on_update[run.id] = run
        if operand.kind == "age":
            feed.on_time[run.id] = run
    elif operand.channel.interval == run.rule.interval:
        feed.on_close[run.id] = run
