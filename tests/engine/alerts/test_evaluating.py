"""From messages to stored firings: confirmed closes, rules that end, owners without a key."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from engine.alerts.channel_message import ChannelMessage
from engine.alerts.evaluating import Evaluating
from engine.alerts.evaluation.running import NEW
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KeptRule
from engine.alerts.loading import Loading
from engine.config import Settings
from engine.telemetry.metrics import AlertCounts
from tests.engine.alerts.stating import CATALOGUE, NOW, compare, given, row

ABOVE = compare("price:BTC", ">", 100)
CANDLES, MINUTE = "candles:BTCUSDT:1m", 60_000


class Subscriptions:
    """A stand-in for `Subscribing`. Keeps the names of channels, and the closes to confirm."""

    def __init__(self) -> None:
        self.channels: set[str] = set()
        self.unconfirmed: list[ChannelMessage] = []

    def subscribe(self, channels: Mapping[str, object]) -> None:
        """Keep the names."""
        self.channels = {*channels}

    def confirm(self, message: ChannelMessage) -> None:
        """Keep the message."""
        self.unconfirmed.append(message)

    def tick(self) -> None:
        """Request nothing."""


class Stage:
    """An evaluation with a database in a folder, and a clock that a test advances."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.owners = {"alice"}
        self.access = Access(Settings(data_dir=str(folder)), lambda: self.now / 1000)
        self.subscriptions = Subscriptions()
        loading = Loading(lambda: CATALOGUE, lambda: self.now / 1000)
        counts = AlertCounts(CollectorRegistry())
        self.evaluating = Evaluating(
            self.access, loading, counts, lambda: None, lambda: self.now, lambda: {*self.owners}, 20
        )
        subscriptions: Any = self.subscriptions
        self.evaluating.connect(subscriptions)

    def add(self, when: object, id_: str = "r1", **members: object) -> None:
        """Store a rule and evaluate it from now on."""
        rule = KeptRule(id_, "alice", self.now / 1000, given(when, **members), ("whsec_YQ==",))
        self.access.run(lambda storage: storage.add(rule, None))
        self.sync()

    def sync(self) -> None:
        """Look for changed rules."""
        self.evaluating.sync(self.access.run(lambda storage: storage.hold()))

    def receive(self, channel: str, kind: str, data: Any, **members: Any) -> None:
        """Receive a message, evaluate it and store the result."""
        body = {"type": kind, "data": data, "source": "binance", "receivedAt": self.now, **members}
        self.evaluating.put(ChannelMessage(channel, body, "c-1-0", 0.0))
        self.tick()

    def price(self, price: float, **members: Any) -> None:
        """Receive the price of BTC."""
        self.receive("prices:BTC", "price", row(price, **members), sourceTime=self.now)

    def candle(self, close: float, *, closed: bool = True) -> None:
        """Receive the candle that ends now, or a forming one."""
        data = {"timestamp": self.now - MINUTE, "close": close, "volume": 1.0}
        self.receive(CANDLES, "candle", data, closed=closed)

    def tick(self) -> None:
        """Evaluate and store, as each tick of the job does."""
        self.evaluating.evaluate()
        self.evaluating.keep()

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds * 1000
        self.evaluating.tick()
        self.tick()

    @property
    def sent(self) -> list[Any]:
        """The bodies in the outbox."""
        due = self.access.run(lambda storage: storage.due(self.now / 1000, 100, [], []))
        return [orjson.loads(it.body) for it in due]

    @property
    def kept(self) -> KeptRule:
        """The stored rule."""
        [rule] = self.access.run(lambda storage: storage.rules("alice"))
        return rule


@pytest.fixture
def stage(folder: Path) -> Iterator[Stage]:
    """Yield an evaluation without rules."""
    made = Stage(folder)
    yield made
    made.access.stop()


def test_a_firing_is_stored_with_its_values(stage: Stage) -> None:
    """The body of a webhook has the values with their sources and times, and the cursor."""
    stage.add(ABOVE)
    stage.price(101)
    [body] = stage.sent

    assert stage.subscriptions.channels == {"prices:BTC"}
    assert (stage.kept.memory.state, stage.kept.memory.fired) == ("fired", NOW / 1000)
    assert body == {
        "type": "rule.fired",
        "timestamp": "2026-09-24T18:23:00Z",
        "data": {
            "ruleId": "r1",
            "name": "a rule",
            "firedAt": "2026-09-24T18:23:00Z",
            "cursor": "c-1-0",
            "values": [
                {
                    "operand": "price:BTC",
                    "value": 101,
                    "sources": ["binance", "kraken", "okx"],
                    "time": "2026-09-24T18:23:00Z",
                }
            ],
        },
    }


def test_an_older_snapshot_after_a_break_is_ignored(stage: Stage) -> None:
    """A snapshot older than the last message changes neither prices nor candles, so that no rule fires."""
    crosses = compare("price:BTC", "crossesAbove", 100.5)
    close = compare("close:BTCUSDT:1m", "<", 100.5)
    stage.add(crosses)
    stage.add(close, "r2")
    old = {"data": row(100), "sourceTime": NOW, "receivedAt": NOW}
    candle = {"timestamp": NOW, "close": 100, "volume": 1.0}
    stage.price(100)
    stage.now += 5_000
    stage.price(101)
    stage.receive(CANDLES, "candle", {**candle, "close": 101}, closed=False)
    stage.receive("prices:BTC", "snapshot", of="price", **old)
    stage.receive(CANDLES, "snapshot", candle, of="candle", closed=False, receivedAt=NOW)
    stage.price(101)

    assert [it["data"]["ruleId"] for it in stage.sent] == ["r1"]


def test_a_newer_snapshot_after_a_break_is_evaluated(stage: Stage) -> None:
    """A snapshot after lost messages fires rules, and rules that are added later use it too."""
    stage.add(ABOVE)
    stage.price(99)
    stage.now += 1_000
    stage.receive("prices:BTC", "snapshot", row(101), of="price", sourceTime=stage.now)
    stage.add(ABOVE, "r2")
    stage.tick()

    assert [it["data"]["ruleId"] for it in stage.sent] == ["r1", "r2"]


def test_a_close_near_the_verified_price_counts_at_once(stage: Stage) -> None:
    """A rule on closes subscribes to the price too, and a close within 2 % of it needs no second venue."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.price(101)
    stage.candle(102)

    assert stage.subscriptions.channels == {"prices:BTC", CANDLES}
    assert (len(stage.sent), stage.subscriptions.unconfirmed) == (1, [])


def test_a_rule_on_a_known_channel_uses_the_last_message(stage: Stage) -> None:
    """New and changed rules use the last close of their channel: the next one may be days away."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.price(101)
    stage.candle(101)
    stage.add(compare("volume:BTCUSDT:1m", ">", 0), "r2", on="close")
    stage.tick()
    [rule] = stage.access.run(lambda storage: storage.load(["r2"]))
    other = given(compare("close:BTCUSDT:1m", "<", 102), on="close")
    changed = replace(rule, given=other, revision=2, memory=NEW)
    stage.access.run(lambda storage: storage.replace(changed, anew=True))
    stage.sync()
    stage.tick()

    values = [(body["data"]["ruleId"], body["data"]["values"][0]["value"]) for body in stage.sent]
    assert values == [("r1", 101), ("r2", 1.0), ("r2", 101)]
    assert stage.subscriptions.unconfirmed == []


def test_a_rule_of_ticks_on_a_known_channel_takes_the_candle_that_forms(stage: Stage) -> None:
    """A new rule of ticks uses the forming candle instead of the last close, and nothing stale."""
    stage.add(compare("close:BTCUSDT:1m", ">", 1000))
    stage.price(101)
    stage.candle(150)
    stage.now += MINUTE // 2
    stage.price(101)
    data = {"timestamp": NOW, "close": 101.5, "volume": 1.0}
    stage.receive(CANDLES, "candle", data, closed=False)
    stage.add(compare("volume:BTCUSDT:1m", ">", 0), "r2")
    stage.tick()
    stage.receive(CANDLES, "stale", {}, ageSeconds=15)
    stage.add(compare("close:BTCUSDT:1m", ">", 0), "r3")
    stage.tick()

    assert [(body["data"]["ruleId"], body["data"]["cursor"]) for body in stage.sent] == [("r2", "c-1-0")]


@pytest.mark.parametrize("confirmed", [True, False])
def test_another_close_counts_if_a_second_venue_confirms_it(stage: Stage, confirmed: bool) -> None:
    """A close far from the price waits for a second venue. If that disagrees, the rule is unknown."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.price(101, verified=False)
    stage.candle(102)
    [question] = stage.subscriptions.unconfirmed
    before = stage.kept.memory.reason
    stage.evaluating.put(replace(question, confirmed=confirmed))
    stage.tick()

    assert before == "no value yet"
    assert len(stage.sent) == confirmed
    expected = (
        ("fired", "") if confirmed else ("unknown", "close:BTCUSDT:1m: no second venue confirms the close")
    )
    assert (stage.kept.memory.state, stage.kept.memory.reason) == expected


def test_a_forming_candle_counts_near_the_price_of_now(stage: Stage) -> None:
    """A forming candle within 2 % of the price fires a rule, and one further away makes it unknown."""
    stage.add(compare("close:BTCUSDT:1m", ">", 200))
    stage.price(100)
    stage.candle(250, closed=False)
    lying = stage.kept.memory.state
    stage.price(251)
    stage.candle(250, closed=False)

    assert (lying, stage.kept.memory.state) == ("unknown", "fired")


def test_an_indicator_is_as_good_as_the_close_of_its_candle(stage: Stage) -> None:
    """An indicator whose candle has a confirmed close fires a rule on one of its outputs."""
    stage.add(compare("macd:BTCUSDT:1m:12:26:9:histogram", ">", 0), on="close")
    stage.price(101)
    values = {"macd": 1.0, "signal": 2.0, "histogram": 3.0}
    data = {"timestamp": NOW - MINUTE, "close": 101.0, "macd:12:26:9": values}
    stage.receive("indicators:BTCUSDT:1m:macd:12:26:9", "indicator", data, closed=True)

    assert stage.sent[0]["data"]["values"][0]["value"] == 3.0


def test_a_rule_that_does_not_repeat_ends(stage: Stage) -> None:
    """A rule with `repeat` false ends when it has fired, with a reason, and its channels are dropped."""
    stage.add(ABOVE, repeat=False)
    stage.price(101)
    stage.sync()

    assert stage.kept.ended_reason == "it has fired, and does not repeat"
    assert (stage.evaluating.rules, stage.subscriptions.channels) == (0, set())


def test_a_rule_expires(stage: Stage) -> None:
    """A rule ends at `expiresAt`, and fires no more."""
    stage.add(ABOVE, expiresAt="2026-09-24T18:24:00Z")
    stage.later(59)
    before = stage.kept.ended_reason
    stage.later(1)
    stage.price(101)

    assert (before, stage.kept.ended_reason) == (None, "expired")
    assert stage.sent == []


def test_an_owner_is_notified_of_an_unknown_rule(stage: Stage) -> None:
    """After `unknownAfterSeconds`, the owner gets one notice with the reason."""
    stage.add(ABOVE, unknownAfterSeconds=60)
    stage.price(99)
    stage.later(30)
    stage.later(59)
    early = stage.sent
    stage.later(1)
    stage.later(100)
    [body] = stage.sent

    assert early == []
    assert (body["type"], body["data"]["reason"]) == ("rule.unknown", "price:BTC: stale")


def test_rules_wait_while_their_owner_has_no_key(stage: Stage) -> None:
    """Without a key of their owner, rules are not evaluated. With a new key of that name, they go on."""
    stage.add(ABOVE)
    stage.owners.clear()
    stage.sync()
    stage.price(101)
    without = (stage.evaluating.rules, stage.sent)
    stage.owners.add("alice")
    stage.sync()
    stage.price(101)

    assert without == (0, [])
    assert len(stage.sent) == 1


def test_a_rule_that_was_changed_meanwhile_is_loaded_again(stage: Stage) -> None:
    """A firing of the older revision is dropped, and the new revision is evaluated."""
    stage.add(ABOVE)
    other = given(compare("price:BTC", ">", 200))
    changed = replace(stage.kept, given=other, revision=2)
    stage.access.run(lambda storage: storage.replace(changed, anew=True))
    stage.price(101)
    stage.sync()
    stage.price(201)

    assert [body["data"]["values"][0]["value"] for body in stage.sent] == [201]


@pytest.mark.parametrize(("least", "times"), [(100, 1), (200, 0)])
def test_a_firing_that_was_not_stored_before_a_change_is_dropped(
    stage: Stage, least: int, times: int
) -> None:
    """A changed rule is evaluated anew: it fires once if its new condition holds, otherwise never."""
    stage.add(ABOVE)
    body = {"type": "price", "data": row(101), "sourceTime": stage.now}
    stage.evaluating.put(ChannelMessage("prices:BTC", body, "c-1-0", 0.0))
    stage.evaluating.evaluate()
    changed = replace(stage.kept, given=given(compare("price:BTC", ">", least)), revision=2)
    stage.access.run(lambda storage: storage.replace(changed, anew=True))
    stage.sync()
    stage.price(101)
    stage.later(60)

    assert len(stage.sent) == times


def test_a_rule_that_can_no_longer_be_read_says_so(stage: Stage) -> None:
    """A stored rule that is no longer valid, such as for a removed coin, is unknown with the reason."""
    stage.add(ABOVE)
    gone = replace(stage.kept, given=given(compare("price:GONE123", ">", 1)), revision=2)
    stage.access.run(lambda storage: storage.replace(gone, anew=True))
    stage.sync()

    assert stage.kept.memory.state == "unknown"
    assert stage.kept.memory.reason.startswith("when.left: names no coin")
    assert stage.evaluating.rules == 0


def test_another_process_goes_on_where_this_one_stopped(stage: Stage, folder: Path) -> None:
    """A crossing between two processes fires once, in the second one."""
    stage.add(compare("price:BTC", "crossesAbove", 100))
    stage.price(99)
    stage.access.run(lambda storage: storage.release())
    stage.evaluating.forget()
    other = Stage(folder)
    other.sync()
    other.price(101)
    other.price(102)

    assert stage.subscriptions.channels == set()
    assert len(other.sent) == 1
    other.access.stop()
