"""Random faults at all providers cause no 500 and no number that no provider sent."""

import copy
import itertools
import os
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

import pytest
import requests

from engine.catalogue.facts import read_facts
from providers import ASSET_BY_NAME, INTERVALS, CandleSource, discover
from tests.crowd import Crowd
from tests.running import AMPLE, Engine
from tests.upstreams import Fault, StandIn
from tests.upstreams.wire import Answer, Request
from tests.waiting import LONGEST

SECONDS = float(os.environ.get("CHAOS_SECONDS", "16")) / 2
"""Half of it under each kind of worker."""
SEED = int(os.environ.get("CHAOS_SEED", "1"))
CLIENTS = 50
LEAST_SOURCES = 4
MOST_MEGABYTES = 50
"""What the worker may have grown by, from when its caches and pools are full to the end."""
MOST_THREADS = {"gevent": 40, "gthread": 256 + 13 * 8 + 16 + 24}
"""Under gthread one for each client that gunicorn lets in, eight a provider, and those of the background."""
COINS = ("BTC", "ETH", "SOL", "DOGE", "SHIB", "MATIC")
ODD: tuple[object, ...] = (None, 5, -5, 0, "", "?", "NaN", "9" * 400, True, [], {})
"""What one field of a row, or all of them, may be all at once."""
OWN_INTERVALS = {kind.name: kind.intervals for kind in discover() if issubclass(kind, CandleSource)}
"""The intervals of candles that providers send. Others are resampled."""
REGIONS = ("okx", "kucoin")
"""The providers that may block the region, which lasts for an hour, so not all of them."""
MOMENT = re.compile(r'"stale":(true|false),"ageSeconds":([0-9.]+)')


def faults(chance: random.Random, provider: str) -> Fault:
    """Return a random fault."""
    status = Fault(
        "status",
        status=chance.choice([400, 403, 404, 418, 429, 500, 502, 503, 504]),
        headers=chance.choice([{}, {"Retry-After": str(chance.randrange(1, 4))}]),
    )
    region = Fault("status", status=451) if provider in REGIONS else status
    kinds = [
        *(Fault(kind) for kind in ("hang", "reset", "html", "cut", "cut_json", "empty", "nan", "unsorted")),
        *(Fault(kind) for kind in ("doubled", "gap", "negative_volume", "high_below_low")),
        Fault("delay", seconds=chance.uniform(0.05, 3)),
        Fault("drip", seconds=chance.choice([0.001, 0.1, 1.0])),
        Fault("huge", size=20_000_000),
        Fault("lists", size=chance.choice([1_000_000, 15_000_000])),
        Fault(chance.choice(["sloppy", "attributes"])),
        Fault("odd_row", body={"*": chance.choice(ODD)}, count=chance.randrange(30)),
        Fault("odd_row", body={"0": chance.choice(ODD)}, count=chance.randrange(30)),
        Fault("odd_opens", count=chance.choice([1, 7, 1000])),
        Fault("empty", coins=("ADA", "SOL")),
        Fault("halted", days=chance.choice([0.2, 30]), coins=("BTC", "ADA")),
        Fault("wrong_market", coins=("BTC",)),
        Fault("old", days=chance.choice([0.01, 1, 30])),
        Fault("price", factor=chance.choice([0.5, 0.99, 1.5, 1e5, 1e-5])),
        Fault("price", factor=chance.choice([0.99, 1.5]), coins=("BTC", "USDT")),
        Fault("dollars", factor=chance.choice([0.9, 1.03])),
        Fault("standstill", at=time.time() - chance.choice([60, 7200])),
        Fault("unsized"),
        status,
        region,
    ]
    return chance.choice(kinds)


class Recording(StandIn):
    """A stand-in that remembers every number it sent, by provider: alone, and with the others of its row."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, set[str]] = defaultdict(set)
        self.rows: dict[tuple[str, float], set[frozenset[float]]] = defaultdict(set)
        self._memory = threading.Lock()

    def answer(self, provider: str, request: Request, faults: list[Fault]) -> Answer:
        """Return the provider's answer after its numbers are recorded."""
        answer = super().answer(provider, request, faults)
        with self._memory:
            self._remember(provider, answer.body)
        return answer

    def sent(self, provider: str, number: float) -> bool:
        """Return whether this provider sent a number, compared to nine digits."""
        return any(_digits(number * (1 + bit)) in self.numbers[provider] for bit in (-2e-10, 0.0, 2e-10))

    def sent_row(self, provider: str, times: list[int], numbers: set[float]) -> bool:
        """Return whether this provider sent a row with one of these times and all of these numbers."""
        with self._memory:
            return any(numbers <= row for time in times for row in self.rows[provider, float(time)])

    def _remember(self, provider: str, body: object) -> None:
        if isinstance(body, dict | list | tuple):
            parts = [*(body.values() if isinstance(body, dict) else body)]
            own = [number for part in parts if (number := _number(part)) is not None]
            self.numbers[provider].update(map(_digits, own))
            if len(own) >= 5:
                for moment in (number for number in own if number > 1e9):
                    self.rows[provider, moment].add(frozenset(own))
            for part in parts:
                self._remember(provider, part)


def _number(part: object) -> float | None:
    if isinstance(part, bool) or not isinstance(part, int | float | str):
        return None
    try:
        return float(part)
    except ValueError:
        return None


def _digits(number: float) -> str:
    return f"{number:.9g}"


class Invented(AssertionError):
    """An answer has a number that does not come from a provider."""


def hold(sent: Recording, answer: Mapping[str, Any]) -> None:
    """Raise `Invented` if an answer has a number that no provider sent and that does not follow from any."""
    if "interval" in answer:
        _hold_candles(sent, answer)
    else:
        _hold_prices(sent, answer)


def _hold_candles(sent: Recording, answer: Mapping[str, Any]) -> None:
    """Check that each candle is a row of its provider, or that each price of a resampled one was sent.

    A gap may be filled with a resampled candle although the others are not.
    """
    length = INTERVALS[answer["interval"]].length
    filled = {fill["timestamp"]: fill["provider"] for fill in answer["meta"].get("filled", ())}
    if answer["count"] != len(answer["data"]):
        raise Invented("count")
    for row in answer["data"]:
        provider, opened = filled.get(row["timestamp"], answer["source"]), row["timestamp"]
        prices = {row[name] for name in ("open", "high", "low", "close")}
        figures = prices if row["volume"] is None else prices | {row["volume"]}
        merged = _is_merged(answer, provider, opened)
        if merged or answer["meta"].get("resampledFrom") or answer["interval"] not in OWN_INTERVALS[provider]:
            genuine = all(sent.sent(provider, price) for price in prices)
        else:
            times = [opened, opened // 1000]
            if provider == "coingecko":  # it stamps a candle with the time of its close
                times = [opened + length]
            genuine = sent.sent_row(provider, times, figures)
        if not genuine:
            raise Invented(f"{answer['symbol']} {answer['interval']} from {provider}: {row}")


def _is_merged(answer: Mapping[str, Any], provider: str, opened: int) -> bool:
    """Return whether a provider renamed the market within a candle, which is made of those of both names."""
    asset = ASSET_BY_NAME[answer["symbol"].removesuffix("USDT").removesuffix("USD")]
    changes = (*asset.renamed_at(provider), *read_facts().renamed_at(provider, asset.id))
    return any(opened < since < INTERVALS[answer["interval"]].after(opened) for since in changes)


def _hold_prices(sent: Recording, answer: Mapping[str, Any]) -> None:
    """Check that each source's price was sent, in either currency, and that the price is their median."""
    for row in answer["data"]:
        rates = [1.0]
        if row["price"] and row["priceUsd"]:
            rates.append(row["priceUsd"] / row["price"])
        if answer["meta"]["usdtUsd"]:
            rates += [answer["meta"]["usdtUsd"], 1 / answer["meta"]["usdtUsd"]]
        for source in row["sources"]:
            if not any(sent.sent(source["provider"], source["price"] * rate) for rate in rates):
                raise Invented(f"{row['symbol']} from {source}, rates {rates}")
        if any(not 0.8 <= rate <= 1.25 for rate in rates):
            raise Invented(f"a tether at {rates}")
        counted = [source["price"] for source in row["sources"] if not source["outlier"]]
        price = row["priceUsd"] if row["price"] is None else row["price"]
        if abs(price / median(counted) - 1) > 1e-9:
            raise Invented(f"{row['symbol']} at {price} from {counted}")
        if row["rank"] == 0 or row["marketCap"] == 0 or row["volume24h"] == 0:
            raise Invented(f"a zero for what is not known: {row}")


class Clients(Crowd):
    """Fifty clients that send any request and compare the answers with what was sent."""

    def __init__(self, url: str, sent: Recording) -> None:
        self.seen: Counter[int] = Counter()
        self.sources: Counter[str] = Counter()
        self.distinct = self.stale = 0
        self.wrong: list[str] = []
        self.slowest = 0.0
        self._url = url
        self._sent = sent
        self._known: set[int] = set()
        self._lock = threading.Lock()
        super().__init__([partial(self._run, number) for number in range(CLIENTS)])

    def _run(self, number: int) -> None:
        chance = random.Random(SEED * 1000 + number)
        with requests.Session() as session:
            while not self.stop.is_set() and len(self.wrong) < 10:
                path, start, sent = _wish(chance), time.monotonic(), time.time()
                try:
                    response = session.get(self._url + path, timeout=40)
                except requests.RequestException as error:
                    self.wrong.append(f"{path}: {type(error).__name__}")
                    continue
                self.slowest = max(self.slowest, time.monotonic() - start)
                self._look(path, response, sent)
                self.stop.wait(chance.uniform(0, 0.3))

    @property
    def have_enough(self) -> bool:
        """Whether so many answers are different that few came from a cache."""
        return (
            self.seen[200] > 10 * SECONDS
            and self.distinct > 4 * SECONDS
            and len(self.sources) >= LEAST_SOURCES
        )

    def _look(self, path: str, response: requests.Response, sent: float) -> None:
        now, text = time.time(), response.text
        known = hash((path, MOMENT.sub("", text)))
        with self._lock:
            self.seen[response.status_code] += 1
            new = response.status_code == 200 and known not in self._known
            self._known.add(known)
        if response.status_code not in (200, 503):
            self.wrong.append(f"{path}: {response.status_code} {text[:300]}")
        if response.status_code != 200:
            return
        answer = response.json()
        told = answer["meta"]["ageSeconds"]
        if "interval" not in answer and not sent - 5 < answer["timestamp"] + told < now + 5:
            self.wrong.append(f"{path}: a wrong age, {answer['timestamp']} {told}")
        with self._lock:
            self.distinct += new
            self.stale += answer["meta"]["stale"]
            self.sources[str(answer["source"])] += new
        if new:
            try:
                hold(self._sent, answer)
            except Invented as invented:
                self.wrong.append(f"{path}: {invented}")


def _wish(chance: random.Random) -> str:
    """Return a request that a client may send."""
    if chance.random() < 0.3:
        names = chance.choice(["", "BTC,ETH", "SOL,DOGE,SHIB", ",".join(COINS)])
        if chance.random() < 0.3:
            return f"/api/prices?convert=USD&symbols={chance.choice(COINS)}"
        return f"/api/prices?symbols={names}" if names else "/api/prices"
    interval = chance.choice([*INTERVALS])
    path = f"/api/ohlcv?symbol={chance.choice(COINS)}&interval={interval}"
    if chance.random() < 0.2:
        start = int(time.time() * 1000) - chance.choice([60, 100, 200]) * INTERVALS[interval].length
        return f"{path}&startTime={start - start % INTERVALS[interval].length}&limit=50"
    return f"{path}&limit={chance.choice([50, 100, 250])}"


class Chaos(Crowd):
    """A thread that adds and removes faults, each for a while."""

    def __init__(self, stand_in: StandIn) -> None:
        self.kinds: Counter[str] = Counter()
        self._stand_in = stand_in
        super().__init__([self._run])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._stand_in.heal()

    def _run(self) -> None:
        chance = random.Random(SEED)
        names = [kind.name for kind in discover()]
        for _ in itertools.count():
            name = chance.choice(names)
            self._stand_in.heal(name)
            # Mostly few at a time, or else all the doors would be shut within seconds, and stay so.
            if chance.random() < 0.7:
                fault = faults(chance, name)
                self._stand_in.fault(name, Fault(**{**_fields(fault), "times": chance.choice([1, 2, 4, 8])}))
                self.kinds[fault.kind] += 1
            if self.stop.wait(chance.uniform(0.02, 0.15)):
                return


def _fields(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in fault.__dataclass_fields__}


class Worker:
    """The resources of the server's process."""

    def __init__(self, engine: Engine) -> None:
        pid = engine.process.pid
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._folder = Path("/proc") / child

    @property
    def threads(self) -> int:
        """Return the number of threads."""
        return len([*(self._folder / "task").iterdir()])

    @property
    def megabytes(self) -> float:
        """Return the resident memory."""
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.fixture
def recording() -> Iterator[Recording]:
    """Yield a stand-in that remembers its answers."""
    with Recording() as recording:
        yield recording


@pytest.mark.parametrize("kind", ["gevent", "gthread"])
def test_every_fault_at_random(recording: Recording, kind: str) -> None:
    """For `CHAOS_SECONDS` no client gets a 500 or an invented number, and the worker does not grow."""
    settings = {
        **recording.base_urls(),
        "WORKER_CLASS": kind,
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_TTL_PRICES": "1",
        "CACHE_TTL_OHLCV": "1",
        "CACHE_MAX_ENTRIES": "300",
        "CACHE_WARMING_INTERVAL": "5",
        "LOG_LEVEL": "ERROR",
    }
    with Engine(settings) as engine:
        worker = Worker(engine)
        with Clients(engine.url, recording) as clients, Chaos(recording) as chaos:
            start, lasted, warm = time.monotonic(), 0.0, 0.0
            while (lasted < SECONDS or not clients.have_enough) and len(clients.wrong) < 10:
                time.sleep(0.1)  # this is how long it lasts, not how long something takes
                lasted = time.monotonic() - start
                assert lasted < SECONDS + LONGEST, clients.seen
                if lasted < SECONDS * 0.5:
                    warm = max(warm, worker.megabytes)
        after, threads = worker.megabytes, worker.threads
    print(
        f"\n{kind}, seed {SEED}: {dict(clients.seen)}, {clients.distinct} different answers, "
        f"{clients.stale} stale, slowest {clients.slowest:.1f} s, {dict(clients.sources)}\n"
        f"{sum(chaos.kinds.values())} faults {dict(chaos.kinds)}\n"
        f"memory {warm:.0f} then {after:.0f} MB, {threads} threads"
    )
    assert clients.wrong == []
    assert clients.have_enough
    assert after - warm < MOST_MEGABYTES
    assert threads <= MOST_THREADS[kind]


class TestTheTest:
    """The test above can fail."""

    @pytest.fixture
    def engine(self, recording: Recording) -> Iterator[Engine]:
        """Yield a server over healthy providers."""
        with Engine({**recording.base_urls(), **AMPLE, "CACHE_WARMING_ENABLED": "false"}) as engine:
            yield engine

    def test_a_forged_number_is_noticed(self, engine: Engine, recording: Recording) -> None:
        """Genuine answers pass, and the same ones with one figure changed by a millionth fail."""
        for path, names in (
            ("/api/ohlcv?symbol=BTC&interval=1h", ("open", "high", "low", "close", "volume")),
            ("/api/ohlcv?symbol=TRX&interval=1d&limit=60", ("open", "high", "low", "close", "volume")),
            ("/api/prices?symbols=BTC,DOGE", ("price",)),
            ("/api/prices?symbols=ETH&convert=USD", ("price",)),
        ):
            answer = requests.get(engine.url + path, timeout=60).json()
            hold(recording, answer)
            for name, place in itertools.product(names, (0, -1)):
                forged = copy.deepcopy(answer)
                forged["data"][place][name] *= 1 + 1e-6
                with pytest.raises(Invented):
                    hold(recording, forged)

    def test_a_gap_may_be_filled_with_a_resampled_candle(self, engine: Engine, recording: Recording) -> None:
        """A candle of a provider that lacks the interval follows from shorter ones, and passes as they do."""
        recording.fault("binance", Fault("gap"))
        for name in OWN_INTERVALS.keys() - {"binance", "kraken"}:
            recording.fault(name, Fault("status", status=500))
        answer = requests.get(f"{engine.url}/api/ohlcv?symbol=SOL&interval=12h", timeout=60).json()

        assert answer["source"] == "binance"
        assert {fill["provider"] for fill in answer["meta"]["filled"]} == {"kraken"}
        hold(recording, answer)

    def test_a_forged_source_is_noticed(self, engine: Engine, recording: Recording) -> None:
        """A price under the name of another provider fails, and so does one that no provider sent."""
        answer = requests.get(f"{engine.url}/api/prices?symbols=BTC", timeout=60).json()
        hold(recording, answer)
        sources = answer["data"][0]["sources"]
        for forged_price in (65_000.0, 0.0, sources[1]["price"]):
            forged = copy.deepcopy(answer)
            forged["data"][0]["sources"][0]["price"] = forged_price
            with pytest.raises(Invented):
                hold(recording, forged)

    def test_candles_of_another_time_or_provider_are_noticed(
        self, engine: Engine, recording: Recording
    ) -> None:
        """A genuine candle of another time or provider fails like an invented one."""
        answer = requests.get(f"{engine.url}/api/ohlcv?symbol=BTC", timeout=60).json()
        hold(recording, answer)
        for change in ({"source": "kraken"}, {"data": _shifted(answer["data"])}):
            with pytest.raises(Invented):
                hold(recording, {**answer, **change})


def _shifted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "timestamp": next_row["timestamp"]} for row, next_row in itertools.pairwise(rows)] + rows[
        -1:
    ]
