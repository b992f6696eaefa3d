"""Alert rules: what an evaluation costs, how soon an event is decided, and how fast alerts go out.

`python -m benchmarks.alerts [rules] [firings]`, by default 10 000 rules over 300 series and 1000 firings at
once to a receiver on this machine.
"""

import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import requests
from prometheus_client import CollectorRegistry

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.evaluating import Evaluating
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KeptRule
from engine.alerts.loading import Loading
from engine.catalogue.building import build_catalogue
from engine.catalogue.facts import read_facts
from engine.config import Settings
from engine.telemetry.metrics import AlertCounts
from providers import ASSETS, INTERVALS
from tests.engine.alerts.receiving import Receiver
from tests.engine.alerts.stating import compare, given, row
from tests.running import AMPLE, Engine
from tests.upstreams import StandIn

RULES, FIRINGS = 10_000, 1000
ROUNDS = 20
BATCH = 500
KEY = "0123456789abcdef"
LONGEST = 120


class Unsubscribed:
    """A stand-in for `Subscribing`, which gets no messages: the benchmark sends them."""

    def subscribe(self, channels: object) -> None:
        """Subscribe to nothing."""

    def confirm(self, message: ChannelMessage) -> None:
        """Ask no venue."""


def series() -> Iterator[tuple[str, str]]:
    """Yield 300 operands with their channels: the prices of 30 coins, and their candles of nine intervals."""
    for asset in ASSETS:
        yield f"price:{asset.symbol}", f"prices:{asset.symbol}"
        for code in [*INTERVALS][:9]:
            yield f"close:{asset.symbol}USDT:{code}", f"candles:{asset.symbol}USDT:{code}"


def main() -> None:
    """Print the table."""
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else RULES
    firings = int(sys.argv[2]) if len(sys.argv) > 2 else FIRINGS
    with TemporaryDirectory() as folder:
        report_evaluations(rules, folder)
    with TemporaryDirectory() as folder:
        report_deliveries(firings, Path(folder))


def report_evaluations(rules: int, folder: str) -> None:
    """Report what evaluations cost in this process, beside a database in a folder."""
    operands = [*series()]
    access = Access(Settings(data_dir=folder), time.time)
    for start in range(0, rules, BATCH):
        part = [
            kept_rule(number, operands[number % len(operands)][0]) for number in range(start, start + BATCH)
        ]
        access.run(lambda storage, part=part: [storage.add(rule, None) for rule in part])  # type: ignore[misc]
    evaluating = evaluator(access)
    began = time.perf_counter()
    evaluating.sync(access.run(lambda storage: storage.hold()))
    print(f"{rules} rules over {len(operands)} series are loaded in {time.perf_counter() - began:.1f} s")
    costs, decisions = [], []
    for round_ in range(ROUNDS):
        for _, channel in operands:
            costs.append(cost(evaluating, channel, 50.0 + round_ % 2))
    evaluating.keep()
    each = rules / len(operands)
    for _, channel in operands:
        began = time.perf_counter()
        receive(evaluating, channel, 150.0)
        evaluating.evaluate()
        evaluating.keep()
        decisions.append(time.perf_counter() - began)
    print(f"an event with {each:.0f} rules: {median(costs) / each * 1e6:.2f} us of CPU a rule, none fires")
    slowest = quantiles(decisions, n=20)[-1]
    print(f"all of them fire: kept within {median(decisions) * 1e3:.0f} ms, p95 {slowest * 1e3:.0f} ms")
    began = time.process_time()
    evaluating.evaluate()
    evaluating.keep()
    print(f"a turn without messages: {(time.process_time() - began) * 1e6:.0f} us for all rules")
    access.stop()


def evaluator(access: Access) -> Evaluating:
    """Return an evaluation whose messages come from the benchmark alone."""
    catalogue = build_catalogue(read_facts())
    loading = Loading(lambda: catalogue, time.time)
    counts = AlertCounts(CollectorRegistry())
    evaluating = Evaluating(
        access, loading, counts, lambda: None, lambda: int(time.time() * 1000), lambda: {"alice"}, 20
    )
    unsubscribed: Any = Unsubscribed()
    evaluating.connect(unsubscribed)
    return evaluating


def kept_rule(number: int, operand: str, url: str = "https://example.org/hook") -> KeptRule:
    """Return a rule that holds above 100."""
    rule = given(compare(operand, ">", 100), notify=[{"type": "webhook", "url": url}])
    return KeptRule(f"{number:032x}", "alice", time.time(), rule, ("whsec_YWxpY2U=",))


def cost(evaluating: Evaluating, channel: str, price: float) -> float:
    """Return the seconds of CPU that an event of a channel takes."""
    receive(evaluating, channel, price)
    began = time.process_time()
    evaluating.evaluate()
    return time.process_time() - began


def receive(evaluating: Evaluating, channel: str, price: float) -> None:
    """Queue a message with a price or a forming candle."""
    now = int(time.time() * 1000)
    body: dict[str, object] = {"type": "price", "data": row(price), "sourceTime": now}
    if channel.startswith("candles:"):
        interval = INTERVALS[channel.rpartition(":")[2]]
        data = {"timestamp": interval.open_time(now), "close": price, "volume": 1.0}
        body = {"type": "candle", "data": data, "closed": False, "source": "binance", "receivedAt": now}
    evaluating.put(ChannelMessage(channel, body, "7f3a-1-0", time.monotonic()))


def report_deliveries(firings: int, folder: Path) -> None:
    """Report how fast the alerts of as many rules go out that fire at once, beside cached answers."""
    keys = folder / "keys"
    keys.write_text(f"alice:unlimited:{sha256(KEY.encode()).hexdigest()}\n")
    with StandIn() as world, Receiver() as receiver:
        settings = {
            **world.base_urls(),
            **world.open_streams().urls(),
            **AMPLE,
            "API_KEYS_FILE": str(keys),
            "DATA_DIR": str(folder),
            "ALERT_PRIVATE_TARGETS": "true",
            "RATE_LIMIT_ENABLED": "false",
            "CACHE_WARMING_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
        }
        access = Access(Settings(data_dir=str(folder)), time.time)
        rules = [kept_rule(number, "price:BTC", receiver.url) for number in range(firings)]
        with Engine(settings, fresh=True) as engine:
            alone = [hit(engine) for _ in range(200)]
            access.run(lambda storage: [storage.add(rule, None) for rule in rules])
            beside, began = deliver(engine, receiver, firings)
    took, since = receiver.times[-1] - receiver.times[0], receiver.times[-1] - began
    print(f"{firings} alerts at once: delivered in {took:.1f} s, {since:.1f} s after the rules were kept")
    print(f"cached answers: {median(alone) * 1e3:.1f} ms alone, {median(beside) * 1e3:.1f} ms meanwhile")
    assert len({*receiver.ids}) == firings, "each has an id of its own"
    access.stop()


def deliver(engine: Engine, receiver: Receiver, firings: int) -> tuple[list[float], float]:
    """Wait until all alerts have come. Return the seconds of cached answers meanwhile, and when it began."""
    began, beside = time.monotonic(), []
    while len(receiver.received) < firings:
        assert time.monotonic() < began + LONGEST, f"{len(receiver.received)} have come"
        beside.append(hit(engine))
        time.sleep(0.01)
    return beside, began


def hit(engine: Engine) -> float:
    """Return the seconds of a cached answer."""
    began = time.perf_counter()
    requests.get(f"{engine.url}/api/health", timeout=LONGEST).raise_for_status()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
