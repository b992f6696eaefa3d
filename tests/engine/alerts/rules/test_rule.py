"""Rules in requests, and the errors for mistakes in them."""

from typing import Any

import pytest

from engine.alerts.notify import Notify
from engine.alerts.rules.operands import read_operand
from engine.alerts.rules.rule import WrongRule, read_rule
from tests.engine.alerts.stating import CATALOGUE, NOW, compare, given, rule

BREAKOUT = {"all": [compare("price:BTC", "crossesAbove", 100000), compare("rsi:BTCUSDT:1h:14", "<", 70)]}
CHEAP = compare("price:BTC", "<", 1)


def test_a_rule_is_read() -> None:
    """Omitted members have their defaults, and times are Unix seconds."""
    found = rule(BREAKOUT, on="close", hysteresis=0.2, expiresAt="2027-01-01T02:00:00+02:00")

    assert [it.text for it in found.operands] == ["price:BTC", "rsi:BTCUSDT:1h:14"]
    assert [it.channel.name for it in found.operands] == ["prices:BTC", "indicators:BTCUSDT:1h:rsi:14"]
    assert (found.on_close, found.hysteresis, found.cooldown, found.repeat) == (True, 0.2, 0, True)
    assert (found.expires, found.least_sources, found.unknown_after) == (1_798_761_600, 3, None)
    assert found.notify == (Notify("webhook", url="https://example.org/hook"),)
    assert (found.given["cooldownSeconds"], found.given["expiresAt"]) == (0, "2027-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("text", "canonical", "channel"),
    [
        ("PRICE:btc", "price:BTC", "prices:BTC"),
        ("change24h:ETH", "change24h:ETH", "prices:ETH"),
        ("deviation:XBT", "deviation:BTC", "prices:BTC"),
        ("age:BTC", "age:BTC", "prices:BTC"),
        ("close:btc-usdt:1m", "close:BTCUSDT:1m", "candles:BTCUSDT:1m"),
        ("volume:BTCUSDT:1d", "volume:BTCUSDT:1d", "candles:BTCUSDT:1d"),
        ("rsi:BTCUSDT:1h:14", "rsi:BTCUSDT:1h:14", "indicators:BTCUSDT:1h:rsi:14"),
        ("rsi:BTCUSDT:1h", "rsi:BTCUSDT:1h", "indicators:BTCUSDT:1h:rsi"),
        (
            "macd:BTCUSDT:1h:12:26:9:histogram",
            "macd:BTCUSDT:1h:12:26:9:histogram",
            "indicators:BTCUSDT:1h:macd:12:26:9",
        ),
        ("bbands:BTCUSDT:4h:upper", "bbands:BTCUSDT:4h:upper", "indicators:BTCUSDT:4h:bbands"),
    ],
)
def test_operands_name_the_channel_that_carries_them(text: str, canonical: str, channel: str) -> None:
    """Any spelling of a pair is accepted, and the operand has the canonical one."""
    found = read_operand(text, CATALOGUE, NOW / 1000)

    assert (found.text, found.channel.name) == (canonical, channel)


@pytest.mark.parametrize(
    ("members", "place", "message"),
    [
        ({"when": {"all": [compare("prise:BTC", ">", 1)]}}, "when.all.0.left", "must be a number"),
        ({"when": {"all": [CHEAP, compare(1, ">", "price:NOSUCHCOIN")]}}, "when.all.1.right", "no coin"),
        ({"when": {"not": compare("macd:BTCUSDT:1h", ">", 1)}}, "when.not.left", "one of its outputs"),
        ({"when": compare("rsi:BTCUSDT:1h:9999", ">", 1)}, "when.left", "no indicator"),
        ({"when": compare("close:BTCUSDT:7m", ">", 1)}, "when.left", "no interval"),
        ({"when": compare("price:BTC", "=", 1)}, "when.op", "must be one of"),
        ({"when": compare(1, ">", 2)}, "when", "two numbers"),
        ({"when": compare("price:BTC", ">", True)}, "when.right", "must be a number"),
        ({"when": compare("price:BTC", ">", 10**40)}, "when.right", "must be a number between"),
        ({"when": {**CHEAP, "of": 1}}, "when.of", "unknown"),
        ({"when": {"all": []}}, "when.all", "at least one"),
        ({"when": {"all": [CHEAP], "any": [CHEAP]}}, "when.any", "beside all"),
        ({"when": {"all": [CHEAP] * 51}}, "when.all", "more than 50"),
        ({"when": {"any": [{"all": [CHEAP] * 26}, {"all": [CHEAP] * 26}]}}, "when", "52 comparisons"),
        ({"when": {"not": {"not": {"not": {"not": {"not": CHEAP}}}}}}, "when.not.not.not.not", "deeper"),
        ({"when": None}, "when", "must be an object"),
        ({"name": ""}, "name", "1 to 100"),
        ({"name": "x" * 101}, "name", "1 to 100"),
        ({"name": "x\n"}, "name", "printable"),
        ({"on": "day"}, "on", "tick or close"),
        ({"on": "close"}, "on", "an operand with an interval"),
        ({"hysteresis": -1}, "hysteresis", "from 0 to 100"),
        ({"cooldownSeconds": "5"}, "cooldownSeconds", "must be a number"),
        ({"repeat": 1}, "repeat", "true or false"),
        ({"expiresAt": "2027-01-01"}, "expiresAt", "ISO 8601"),
        ({"minSources": 2.5}, "minSources", "an integer from 1 to 10"),
        ({"unknownAfterSeconds": 0}, "unknownAfterSeconds", "from 1"),
        ({"notify": []}, "notify", "1 to 5"),
        ({"notify": [{"type": "webhook"}]}, "notify.0.url", "must be a text"),
        ({"colour": "red"}, "colour", "unknown"),
    ],
)
def test_a_mistake_is_named_by_its_place(members: dict[str, Any], place: str, message: str) -> None:
    """The details have the path of a mistake with its message."""
    with pytest.raises(WrongRule) as refused:
        read_rule({**given(CHEAP), **members}, CATALOGUE, NOW / 1000)

    assert list(refused.value.details) == [place]
    assert message in refused.value.details[place][0]


def test_all_mistakes_are_named_at_once() -> None:
    """One answer has all mistakes of a rule."""
    with pytest.raises(WrongRule) as refused:
        read_rule({"when": {"any": [compare("x", ">", 1), compare("y", "?", 1)]}}, CATALOGUE, NOW / 1000)

    assert list(refused.value.details) == [
        "when.any.0.left",
        "when.any.1.op",
        "when.any.1.left",
        "name",
        "notify",
    ]
