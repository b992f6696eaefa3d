"""Ask every provider for each of its abilities, and hold the answers against the contract."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from engine.config import Settings
from engine.upstream.building import build
from engine.upstream.host_clock import HostClock
from engine.upstream.streams.building import PATIENCE
from engine.upstream.streams.opening import opener
from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    TETHER,
    CandleSource,
    Capacity,
    Channel,
    FeedSource,
    Interval,
    Pair,
    Provider,
    RateLimited,
    StreamSource,
    Topic,
    discover,
)
from tests.live.judging import heard, judged
from tests.live.listening import Listening
from tests.live.outcome import Kind, Outcome, of_error
from tests.live.pace import Pace
from tests.live.recording import Exchange, RecordingHttp
from tests.live.records import Records, hidden
from tests.providers.abilities import Ability, Question, abilities_of

BITCOIN = ASSET_BY_NAME["BTC"]
PAIR = Pair(BITCOIN, "USDT")
ASSETS = (BITCOIN, ASSET_BY_NAME["ETH"], TETHER)
FAILURES = 2
"""Calls without an answer after which a host is asked no more."""
GIVEN_UP = "not asked again after these failures"


@dataclass(frozen=True)
class Run:
    """What all calls share. `clock` gives Unix seconds; `monotonic` and `wait` space the calls out."""

    settings: Settings
    records: Records
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    seconds: float = 30.0
    """How long a stream may be silent, until it counts as broken."""

    def ask(self, kinds: Sequence[type[Provider]]) -> list[Outcome]:
        """Return the outcomes in the order of the providers, which are asked at once."""
        capacity, clock = Capacity(), HostClock(self.clock)
        with ThreadPoolExecutor(len(kinds)) as pool:
            asked = [pool.submit(_Asking(self, kind, capacity, clock).outcomes) for kind in kinds]
            return [outcome for one in asked for outcome in one.result()]

    def listening(self, source: StreamSource, channel: Channel) -> Listening:
        """Return a connection for one channel of the market of the pair."""
        interval = usual_interval(source)
        market = Question(source, PAIR, interval).market
        topic = Topic(
            *(channel, market.native, market.base, market.quote), interval if channel == "candles" else None
        )
        own = self.settings.provider(source.name)
        open_ = opener(
            own.proxy or self.settings.https_proxy,
            connect=self.settings.upstream_connect_seconds + self.settings.upstream_read_seconds,
            patience=PATIENCE,
        )
        return Listening(source, topic, open_, source.now, self.seconds)


def chosen(names: Sequence[str]) -> list[type[Provider]]:
    """Return the providers of these names, or all. Raises `LookupError` for an unknown name."""
    kinds = discover()
    if unknown := {*names} - {kind.name for kind in kinds}:
        raise LookupError(f"unknown: {', '.join(sorted(unknown))}")
    return [kind for kind in kinds if not names or kind.name in names]


def usual_interval(provider: Provider) -> Interval:
    """Return the interval of the candles that are asked for: an hour, where the provider has it."""
    codes = provider.intervals if isinstance(provider, CandleSource) else INTERVALS
    return INTERVALS["1h" if "1h" in codes else [*codes][-1]]


class _Asking:
    """One provider, whose abilities are asked for one after the other."""

    def __init__(self, run: Run, kind: type[Provider], capacity: Capacity, clock: HostClock) -> None:
        self._run = run
        self._exchanges: list[Exchange] = []
        client = partial(RecordingHttp, self._exchanges)
        self._provider = build(kind, run.settings, capacity, clock, client=client)
        self._pace = Pace(kind.rate_limit, run.monotonic, run.wait)
        self._failures: Counter[str] = Counter()

    def outcomes(self) -> list[Outcome]:
        """Return the outcome for each ability, and for each channel of its streams."""
        one = self._provider
        with ThreadPoolExecutor(1) as thread:
            found = [self._requested(thread, *each) for each in self._questions()]
            if isinstance(one, StreamSource):
                pace = Pace(one.connections, self._run.monotonic, self._run.wait)
                found += [self._streamed(thread, one, channel, pace) for channel in sorted(one.channels)]
        return found

    def _questions(self) -> Iterator[tuple[Ability, Question, str]]:
        """Yield each ability with a question, and the name of a feed's host."""
        one = self._provider
        interval = usual_interval(one)
        for ability in abilities_of(type(one)):
            if ability.kind is FeedSource:
                for feed in self._run.settings.news_rss_feeds:
                    host = (urlsplit(feed).hostname or feed).removeprefix("www.")
                    yield ability, Question(one, PAIR, interval, ASSETS, feed), host
            else:
                yield ability, Question(one, PAIR, interval, ASSETS), ""

    def _requested(
        self, thread: ThreadPoolExecutor, ability: Ability, question: Question, host: str
    ) -> Outcome:
        one = self._provider
        place = f"{one.name}:{host}" if host else one.name
        if one.needs_key and one.key is None:
            return Outcome(place, ability.name, Kind.NOT_ASKED, f"{one.name.upper()}_API_KEY is not set")
        if self._failures[place] >= FAILURES:
            return Outcome(place, ability.name, Kind.UNREACHABLE, GIVEN_UP)
        self._pace.take(ability.weight(one))
        asked = one.now()
        kind, detail = self._told(thread, place, partial(judged, ability, question))
        detail = hidden(detail, one.key)
        name = f"{ability.name}-{host}" if host else ability.name
        self._run.records.keep(one.name, name, asked, f"{kind.value}: {detail}", self._exchanges, one.key)
        return Outcome(place, ability.name, kind, detail)

    def _streamed(
        self, thread: ThreadPoolExecutor, one: StreamSource, channel: Channel, pace: Pace
    ) -> Outcome:
        """Open a connection for a channel. Its hosts are others than those of requests."""
        name, place = f"stream {channel}", f"{one.name} streams"
        if self._failures[place] >= FAILURES:
            return Outcome(one.name, name, Kind.UNREACHABLE, GIVEN_UP)
        pace.take(1)
        asked, listening = one.now(), self._run.listening(one, channel)
        addresses = partial(one.addresses, channel, self._run.settings.provider(one.name).stream_url)
        kind, detail = self._told(thread, place, partial(heard, listening, addresses))
        file, outcome = name.replace(" ", "-"), f"{kind.value}: {detail}"
        self._run.records.keep(one.name, f"{file}-address", asked, outcome, self._exchanges)
        self._run.records.keep_frames(file, asked, outcome, listening)
        return Outcome(one.name, name, kind, detail)

    def _told(
        self, thread: ThreadPoolExecutor, place: str, work: Callable[[], tuple[Kind, str]]
    ) -> tuple[Kind, str]:
        """Return what a call brings, or what its error means."""
        self._exchanges.clear()
        call = thread.submit(work)
        error = call.exception()
        kind, detail = of_error(error) if error else call.result()
        if kind is Kind.UNREACHABLE:
            self._failures[place] += FAILURES if isinstance(error, RateLimited) else 1
        return kind, detail
