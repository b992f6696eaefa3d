"""All rules in memory: news go in, and what fires comes out. It waits for nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.alerts.evaluation import quality
from engine.alerts.evaluation.feeds import Feed, PriceFeed, SeriesFeed
from engine.alerts.evaluation.figures import Cell
from engine.alerts.evaluation.firing import Firing, value_rows
from engine.alerts.evaluation.inputs import Loaded, News
from engine.alerts.evaluation.running import Running
from engine.alerts.rules.conditions import Side
from engine.alerts.rules.operands import Operand
from engine.streaming.channels import Channel


class Book:
    """The rules by id, and the channels that they need. A price is stale after `stale_after` milliseconds."""

    def __init__(self, stale_after: int) -> None:
        self._stale_after = stale_after
        self.runs: dict[str, Running] = {}
        self.feeds: dict[str, Feed] = {}
        self.changed: dict[str, Running] = {}
        """Rules whose memory is to be kept."""
        self.firings: list[Firing] = []
        """What is to be told."""
        self.evaluations = 0
        self._needs: dict[str, list[Feed]] = {}
        self._patient: dict[str, Running] = {}
        self._mortal: dict[str, Running] = {}
        self._young: dict[str, int | None] = {}  # since when rules are here that may not be judged yet

    def add(self, it: Loaded) -> None:
        """Evaluate a rule from here on, in place of an older form of it."""
        before = self._forget(it.id)

        def cell_of(side: Side) -> Cell:
            if isinstance(side, float):
                return Cell(side)
            return self._feed(side.channel).cell(side, it.rule.least_sources, it.rule.on_close)

        run = Running(it.id, it.rule, it.memory, cell_of, revision=it.revision, sequence=it.sequence)
        self.runs[it.id] = run
        needed = {channel.name: self._feed(channel) for channel in it.confirming}
        for operand in it.rule.operands:
            feed = self._feed(operand.channel)
            needed[feed.channel.name] = feed
            _listen(feed, operand, run)
        self._needs[it.id] = [*needed.values()]
        for feed in needed.values():
            feed.users += 1
        if it.rule.unknown_after is not None:
            self._patient[it.id] = run
        if it.rule.expires is not None:
            self._mortal[it.id] = run
        self._young[it.id] = None
        self._release(before)

    def remove(self, id_: str) -> None:
        """Forget a rule, and the channels that no other one needs."""
        self._release(self._forget(id_))

    def price(self, name: str, row: Mapping[str, Any], time: int, news: News) -> None:
        """Take the price of a channel, whose oldest quote is of `time`."""
        feed = self.feeds.get(name)
        if isinstance(feed, PriceFeed):
            feed.take(row, time, news.now, news.cursor)
            self._evaluate(feed.on_news.values(), news)

    def series(self, name: str) -> SeriesFeed | None:
        """Return a channel of candles or indicators, `None` where no rule needs it."""
        feed = self.feeds.get(name)
        return feed if isinstance(feed, SeriesFeed) else None

    def reference(self, names: Iterable[str], time: int | None) -> float | None:
        """Return the verified price of a pair near a time, by the channels of its base and its quote.

        For `None`, it is the price of now, which is good enough for rules.
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

    def form(self, feed: SeriesFeed, figures: Mapping[str, Any], time: int, news: News) -> None:
        """Take the candle of a `time` that is still forming."""
        if news.doubt:
            feed.doubt(news.doubt, time, forming=True)
        else:
            feed.form(figures, time, news)
        self._evaluate(feed.on_news.values(), news)

    def close(self, feed: SeriesFeed, figures: Mapping[str, Any], time: int, news: News) -> None:
        """Take a closed candle, or the figures of an indicator at one. A late older one changes nothing."""
        if news.doubt:
            feed.doubt(news.doubt, time)
        elif not feed.close(figures, time, news):
            return
        self._evaluate(feed.on_news.values(), news)
        self._evaluate(feed.on_close.values(), news, closed=True)

    def lose(self, feed: SeriesFeed, now: int) -> None:
        """Forget the figures of a series that nothing confirms any more."""
        feed.doubt(quality.STALE)
        self._look(feed, now)

    def tick(self, now: int) -> None:
        """Do what time calls for: figures grow old, and rules stay unknown for too long."""
        for feed in self.feeds.values():
            if feed.tick(now):
                self._look(feed, now)
            elif feed.on_time:
                self._evaluate(feed.on_time.values(), News(now))
        self._look_at_young(now)
        for run in self._patient.values():
            if run.is_unknown_for_long(now / 1000):
                self._tell(run, News(now), run.memory().reason)
                self.changed[run.id] = run

    def expired(self, now: float) -> list[Running]:
        """Return the rules whose end has come. `now` is in Unix seconds."""
        return [run for run in self._mortal.values() if (run.rule.expires or now) <= now]

    def _look(self, feed: Feed, now: int) -> None:
        """Evaluate the rules of a feed that has lost its figures. No candle has closed."""
        self._evaluate(feed.on_news.values(), News(now))
        for run in feed.on_close.values():
            self._doubt(run, now)

    def _look_at_young(self, now: int) -> None:
        """Note that rules are unknown of which nothing was heard for as long as prices are good."""
        for id_, since in [*self._young.items()]:
            if since is None:
                self._young[id_] = now
            elif now - since >= self._stale_after:
                del self._young[id_]
                self._doubt(self.runs[id_], since)

    def _doubt(self, run: Running, since: int) -> None:
        run.look(since / 1000)
        if run.changed:
            self.changed[run.id] = run

    def _evaluate(self, runs: Iterable[Running], news: News, *, closed: bool = False) -> None:
        seconds = news.now / 1000
        changed = self.changed
        for run in runs:
            self.evaluations += 1
            if run.closed(seconds) if closed else run.evaluate(seconds):
                self._tell(run, news)
            if run.changed:
                changed[run.id] = run

    def _tell(self, run: Running, news: News, reason: str | None = None) -> None:
        cursor = news.cursor or next((cell.cursor for cell in run.cells.values() if cell.cursor), None)
        self.firings.append(
            Firing(run.id, run.rule.name, news.now / 1000, cursor, value_rows(run.cells), reason)
        )

    def _feed(self, channel: Channel) -> Feed:
        feed = self.feeds.get(channel.name)
        if feed is None:
            feed = PriceFeed(channel, self._stale_after) if channel.kind == "prices" else SeriesFeed(channel)
            self.feeds[channel.name] = feed
        return feed

    def _forget(self, id_: str) -> list[Feed]:
        """Forget a rule. Return the feeds that it needed."""
        for known in (self.runs, self.changed, self._patient, self._mortal, self._young):
            known.pop(id_, None)
        self.firings = [firing for firing in self.firings if firing.rule != id_]
        feeds = self._needs.pop(id_, [])
        for feed in feeds:
            for listeners in (feed.on_news, feed.on_close, feed.on_time):
                listeners.pop(id_, None)
        return feeds

    def _release(self, feeds: Iterable[Feed]) -> None:
        for feed in feeds:
            feed.users -= 1
            if not feed.users:
                del self.feeds[feed.channel.name]


def _listen(feed: Feed, operand: Operand, run: Running) -> None:
    """Let a rule hear the news of an operand: with `on: close` only closes of its shortest interval."""
    if not run.rule.on_close:
        feed.on_news[run.id] = run
        if operand.kind == "age":
            feed.on_time[run.id] = run
    elif operand.channel.interval == run.rule.interval:
        feed.on_close[run.id] = run
