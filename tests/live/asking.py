"""Ask every provider for each of its abilities, and hold the answers against the contract."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from urllib.parse import urlsplit

from engine.config import Settings
from engine.upstream.building import build
from engine.upstream.host_clock import HostClock
from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    TETHER,
    CandleSource,
    Capacity,
    FeedSource,
    Interval,
    Pair,
    Provider,
    RateLimited,
    discover,
)
from tests.live.outcome import Kind, Outcome, of_error
from tests.live.pace import Pace
from tests.live.recording import Exchange, RecordingHttp
from tests.live.records import Records
from tests.providers.abilities import Ability, Question, abilities_of

BITCOIN = ASSET_BY_NAME["BTC"]
PAIR = Pair(BITCOIN, "USDT")
ASSETS = (BITCOIN, ASSET_BY_NAME["ETH"], TETHER)
TOLD = 3
"""How many breaks of the contract one row tells."""
FAILURES = 2
"""Calls without an answer after which a host is asked no more."""


@dataclass(frozen=True)
class Run:
    """What all calls share. `clock` gives Unix seconds; `monotonic` and `wait` space the calls out."""

    settings: Settings
    records: Records
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep

    def ask(self, kinds: Sequence[type[Provider]]) -> list[Outcome]:
        """Return the outcomes in the order of the providers, which are asked at once."""
        capacity, clock = Capacity(), HostClock(self.clock)
        with ThreadPoolExecutor(len(kinds)) as pool:
            asked = [pool.submit(_Asking(self, kind, capacity, clock).outcomes) for kind in kinds]
            return [outcome for one in asked for outcome in one.result()]


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
        self._provider = build(
            kind, run.settings, capacity, clock, client=partial(RecordingHttp, self._exchanges)
        )
        self._pace = Pace(kind.rate_limit, run.monotonic, run.wait)
        self._failures: Counter[str] = Counter()

    def outcomes(self) -> list[Outcome]:
        """Return the outcome for each ability."""
        with ThreadPoolExecutor(1) as thread:
            return [self._outcome(thread, *each) for each in self._questions()]

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

    def _outcome(
        self, thread: ThreadPoolExecutor, ability: Ability, question: Question, host: str
    ) -> Outcome:
        one = self._provider
        place = f"{one.name}:{host}" if host else one.name
        if one.needs_key and one.key is None:
            return Outcome(place, ability.name, Kind.NOT_ASKED, f"{one.name.upper()}_API_KEY is not set")
        if self._failures[place] >= FAILURES:
            return Outcome(place, ability.name, Kind.UNREACHABLE, "not asked again after these failures")
        self._exchanges.clear()
        self._pace.take(ability.weight(one))
        asked = one.now()
        call = thread.submit(_judged, ability, question)
        error = call.exception()
        kind, detail = of_error(error) if error else call.result()
        if kind is Kind.UNREACHABLE:
            self._failures[place] += FAILURES if isinstance(error, RateLimited) else 1
        name = f"{ability.name}-{host}" if host else ability.name
        self._run.records.keep(one.name, name, asked, f"{kind.value}: {detail}", self._exchanges, one.key)
        return Outcome(place, ability.name, kind, detail)


def _judged(ability: Ability, question: Question) -> tuple[Kind, str]:
    """Ask, and return what the contract says about the result. No question here has an empty answer."""
    result = ability.ask(question)
    if result == []:
        return Kind.BROKEN, "an empty answer"
    wrong = [*islice(ability.wrong(result, question), TOLD)]
    if wrong:
        return Kind.BROKEN, "; ".join(wrong)
    return Kind.OK, f"{len(result)} values" if isinstance(result, list) else ""
