"""When rules fire: edges, hysteresis, cool-down, closes, and figures that are not good enough."""

import json

import msgspec
import pytest

from engine.alerts.evaluation.inputs import Update
from engine.alerts.evaluation.running import Memory
from engine.timestamps import iso
from tests.engine.alerts.stating import NOW, Stage, compare, row

ABOVE = compare("price:BTC", ">", 100)
CROSSES = compare("price:BTC", "crossesAbove", 100)
MINUTE = 60_000


@pytest.fixture
def stage() -> Stage:
    """Return a stage without rules."""
    return Stage()


def take_prices(stage: Stage, *prices: float | None) -> list[bool]:
    """Take prices, and return whether the rule fired at each."""
    return [stage.price(price) == ["r1"] for price in prices]


def test_a_rule_fires_when_its_condition_turns_true(stage: Stage) -> None:
    """A rule fires at the first evaluation if its condition is true, and again only after it was false."""
    stage.add(ABOVE)

    assert take_prices(stage, 101, 102, 99, 101) == [True, False, False, True]
    assert stage.state() == ("fired", "")


def test_a_crossing_fires_once_at_the_other_side(stage: Stage) -> None:
    """A crossing needs a value before it, and an equal value is still on the old side."""
    stage.add(CROSSES)

    assert take_prices(stage, 101, 100, 101, 102, 99, 101) == [False, False, True, False, False, True]


def test_a_value_must_go_back_before_the_rule_can_fire_again(stage: Stage) -> None:
    """A rule fires again only after a value went back by the hysteresis, in per cent of the right side."""
    stage.add(CROSSES, hysteresis=2)

    assert take_prices(stage, 99, 101, 99, 101, 98, 101) == [False, True, False, False, False, True]


def test_a_turn_within_the_cool_down_is_dropped(stage: Stage) -> None:
    """A rule that turns true within the cool-down does not fire, not even later while it stays true."""
    stage.add(ABOVE, cooldownSeconds=10)
    fired = take_prices(stage, 101, 99, 101)
    stage.after(15)

    assert fired == [True, False, False]
    assert take_prices(stage, 102, 99, 101) == [False, False, True]


def test_a_crossing_over_an_outage_fires_once(stage: Stage) -> None:
    """A crossing during an outage fires once after it, by the last known side."""
    stage.add(CROSSES)
    take_prices(stage, 99)
    stage.after(30)

    assert stage.state() == ("unknown", "price:BTC: stale")
    assert take_prices(stage, 101, 102) == [True, False]


def test_a_crossing_over_a_restart_fires_once(stage: Stage) -> None:
    """The memory of a rule has the sides of its crossings, so that a crossing during a restart fires."""
    stage.add(CROSSES)
    take_prices(stage, 99)
    memory = stage.active_rules.runs["r1"].memory()
    later = Stage()
    later.add(CROSSES, memory)

    assert take_prices(later, 101) == [True]
    assert memory.values == {"price:BTC": 99}


def test_a_condition_that_held_before_a_restart_fires_no_more(stage: Stage) -> None:
    """A rule that has fired does not fire again after a restart while its condition stays true."""
    stage.add(ABOVE)
    take_prices(stage, 101)
    later = Stage()
    later.add(ABOVE, stage.active_rules.runs["r1"].memory())

    assert take_prices(later, 102) == [False]


def test_a_crossing_while_another_part_is_unknown_is_not_lost(stage: Stage) -> None:
    """A crossing while another part is unknown fires once that part is true."""
    stage.add({"all": [CROSSES, compare("change24h:BTC", ">", 1)]})
    take_prices(stage, 99)
    unknown = stage.price(101, change24h=None)

    assert unknown == []
    assert stage.state() == ("unknown", "change24h:BTC: no provider has it")
    assert take_prices(stage, 102) == [True]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"disputed": True}, "the providers dispute the price"),
        ({"confidence": 0.49}, "the confidence is below 0.5"),
        ({"quotes": {"binance": 150.0, "kraken": 150.0}}, "too few providers agree"),
        ({"age": 21}, "stale"),
    ],
)
def test_a_price_that_is_not_good_enough_never_fires(
    stage: Stage, members: dict[str, object], reason: str
) -> None:
    """A price that is not good enough makes the rule unknown, with the reason."""
    stage.add(ABOVE)

    assert stage.price(150, **members) == []  # type: ignore[arg-type]
    assert stage.state() == ("unknown", f"price:BTC: {reason}")


def test_fewer_sources_suffice_where_the_owner_says_so(stage: Stage) -> None:
    """A rule with `minSources` 2 fires on two providers, while the default of three needs a third one."""
    stage.add(ABOVE, minSources=2)
    stage.add(ABOVE)

    assert stage.price(150, quotes={"binance": 150.0, "kraken": 150.0}) == ["r1"]


def test_the_deviation_is_known_while_providers_disagree(stage: Stage) -> None:
    """The deviation is the range of quotes in per cent of the price, even of a disputed one."""
    stage.add(compare("deviation:BTC", ">=", 3))
    quotes = {"binance": 100.0, "kraken": 104.0, "okx": 104.0}

    assert stage.price(104, quotes={"binance": 104.0}) == []
    assert stage.state() == ("unknown", "deviation:BTC: fewer than two providers")
    assert stage.price(104, quotes=quotes, disputed=True) == ["r1"]


def test_the_age_of_a_price_grows_by_itself(stage: Stage) -> None:
    """The age of a price grows without updates, and a stale price has an age too."""
    stage.add(compare("age:BTC", ">", 60))
    stage.price(100)
    stage.after(59)
    early = stage.taken()
    stage.after(2)
    [firing] = stage.taken()

    assert early == []
    assert firing.values[0] == {
        "operand": "age:BTC",
        "value": 61.0,
        "sources": ["binance", "kraken", "okx"],
        "time": iso(NOW / 1000 + 1),
    }


def test_a_rule_that_is_unknown_for_long_says_so_once(stage: Stage) -> None:
    """After `unknownAfterSeconds` a rule sends one notice, and another one only after it was known."""
    stage.add(ABOVE, unknownAfterSeconds=30)
    stage.price(99)
    stage.after(25)
    stage.after(29)
    early = stage.taken()
    stage.after(2)
    stage.after(60)
    [firing] = stage.taken()
    stage.price(99)
    stage.after(25)
    stage.after(31)

    assert early == []
    assert (firing.reason, firing.values[0]["value"]) == ("price:BTC: stale", None)
    assert len(stage.taken()) == 1


@pytest.mark.parametrize("memory", [Memory(), Memory(unknown=False, reason="")])
def test_a_rule_without_data_becomes_unknown(stage: Stage, memory: Memory) -> None:
    """A rule without data since it was loaded is unknown, and its owner gets a notice."""
    stage.add(ABOVE, memory, unknownAfterSeconds=30)
    stage.after(0)
    stage.after(19)
    early = {**stage.active_rules.changed}
    stage.after(1)
    state = stage.state()
    stage.after(9)
    waiting = stage.taken()
    stage.after(1)
    [firing] = stage.taken()

    assert (early, waiting) == ({}, [])
    assert state == ("unknown", "price:BTC: no value yet")
    assert firing.reason == "price:BTC: no value yet"


def test_a_rule_of_closes_looks_at_closed_candles_alone(stage: Stage) -> None:
    """A forming candle fires a rule of ticks, while a rule of closes waits for the closed one."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.add(compare("close:BTCUSDT:1m", ">", 100))

    assert stage.candle(101, NOW, forming=True) == ["r2"]
    assert stage.candle(101, NOW) == ["r1"]


def test_a_late_close_is_no_tick(stage: Stage) -> None:
    """A late close fires only rules of closes: for rules of ticks it is no longer the current price."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100))
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.now = NOW + MINUTE + 20_000
    old = stage.candle(101, NOW)
    stage.candle(99, NOW + MINUTE, forming=True)

    assert old == ["r2"]
    assert stage.state() == ("armed", "")
    assert stage.candle(101, NOW + MINUTE) == ["r1"]


def test_a_rule_of_closes_waits_for_all_of_its_series(stage: Stage) -> None:
    """A rule of closes waits for all its series, so that it compares figures of one candle, once."""
    stage.add(
        {"all": [compare("close:BTCUSDT:1m", ">", 100), compare("rsi:BTCUSDT:1m:14", "<", 70)]}, on="close"
    )
    stage.candle(99, NOW)
    stage.indicator(60, NOW)

    assert stage.candle(101, NOW + MINUTE) == []
    assert stage.indicator(80, NOW + MINUTE) == []
    assert stage.candle(101, NOW + 2 * MINUTE) == []
    assert stage.indicator(60, NOW + 2 * MINUTE) == ["r1"]
    assert stage.candle(101, NOW + 2 * MINUTE) == []


def test_a_candle_in_doubt_makes_its_rule_unknown(stage: Stage) -> None:
    """An unconfirmed candle makes its rule unknown until the next confirmed one."""
    stage.add(compare("close:BTCUSDT:1m", "crossesAbove", 100), on="close")
    stage.candle(99, NOW)

    assert stage.candle(150, NOW + MINUTE, "no second venue confirms the close") == []
    assert stage.state() == ("unknown", "close:BTCUSDT:1m: no second venue confirms the close")
    assert stage.candle(101, NOW + 2 * MINUTE) == ["r1"]


def test_candles_that_stop_make_rules_of_closes_unknown_and_fire_none(stage: Stage) -> None:
    """Two intervals and a minute after its last candle, a figure is unknown, and no rule of closes fires."""
    stage.add({"any": [compare("close:BTCUSDT:1m", ">", 100), ABOVE]}, on="close")
    stage.add(compare("close:BTCUSDT:1m", ">", 100), on="close")
    stage.price(99)
    stage.candle(99, NOW)
    stage.price(150)
    stage.now = NOW + 3 * MINUTE - 2000
    stage.price(150)
    stage.after(0)
    before = [stage.state("r1"), stage.state("r2")]
    stage.after(2)

    assert before == [("armed", "")] * 2
    assert stage.state("r2") == ("unknown", "close:BTCUSDT:1m: stale")
    assert stage.taken() == []


def test_a_verified_price_near_the_end_of_a_candle_is_its_reference(stage: Stage) -> None:
    """A close is compared with a verified price at most 15 seconds from the end of its candle."""
    stage.add(compare("close:BTCUSDT:1m", ">", 100))
    stage.price(100, seconds=0)
    stage.price(104, seconds=10, verified=False)

    assert stage.active_rules.reference(["prices:BTC"], NOW + 12_000) == 100
    assert stage.active_rules.reference(["prices:BTC"], NOW + 16_000) is None
    assert stage.active_rules.reference(["prices:BTC", "prices:ETH"], NOW) is None


def test_channels_are_needed_while_a_rule_needs_them(stage: Stage) -> None:
    """Rules need the channels of their operands and those that confirm them; unused ones are dropped."""
    stage.add(ABOVE)
    stage.add(compare("rsi:BTCUSDT:1m:14", "<", 30))
    stage.price(99)

    assert {*stage.active_rules.feeds} >= {"prices:BTC", "indicators:BTCUSDT:1m:rsi:14"}
    stage.active_rules.remove("r1")
    assert "prices:BTC" in stage.active_rules.feeds
    stage.active_rules.remove("r2")
    assert stage.active_rules.feeds == {}


def test_a_firing_has_its_values(stage: Stage) -> None:
    """A firing has each figure with its providers and its time, and the cursor."""
    stage.add(ABOVE)
    stage.active_rules.price("prices:BTC", row(102), NOW, Update(NOW, "7f3a-5-0"))
    [firing] = stage.taken()

    assert (firing.rule, firing.name, firing.cursor) == ("r1", "a rule", "7f3a-5-0")
    assert firing.values == (
        {
            "operand": "price:BTC",
            "value": 102,
            "sources": ["binance", "kraken", "okx"],
            "time": iso(NOW / 1000),
        },
    )


def test_memory_has_the_state_for_its_owner() -> None:
    """A rule that is unknown has that state even if it has fired."""
    assert Memory().state == "unknown"
    assert Memory(turned=True).state == "unknown"
    assert Memory(unknown=False).state == "armed"
    assert Memory(unknown=False, turned=True).state == "fired"


def test_a_memory_is_stored_under_the_names_of_earlier_releases() -> None:
    """A rule keeps its state over an upgrade, though an attribute has another name than its stored field."""
    stored = json.loads(msgspec.json.encode(Memory(notified=True)))

    assert [*stored] == ["turned", "unknown", "reason", "fired", "sides", "unknown_since", "told", "values"]
    assert msgspec.json.decode(b'{"told":true}', type=Memory).notified
