"""The accepted formats of parameters."""

from typing import Any

import pytest
from marshmallow import ValidationError

from providers import ASSETS, INTERVALS
from schemas import OhlcvQuery, PricesQuery
from schemas._fields import shorten
from schemas._pairs import pinned_pair


@pytest.mark.parametrize(
    "text", ["BTCUSDT", "BTC", "BTC/USDT", "btc-usdt", "BTC_USDT", "XBT", "xbtusdt", "Btc", "XBT/usdt"]
)
def test_every_spelling_means_the_same_pair(text: str) -> None:
    """A pair is accepted in any case, with any separator, and by Kraken's name."""
    pair = pinned_pair(text)

    assert pair is not None
    assert pair.symbol == "BTCUSDT"
    assert pair.pair.base.code == "BTC"


@pytest.mark.parametrize(("text", "symbol"), [("MATIC", "MATICUSDT"), ("POL/USD", "POLUSD")])
def test_either_name_of_a_renamed_coin_stays_as_it_was_asked(text: str, symbol: str) -> None:
    """MATIC and POL mean the same coin, and each stays as the client wrote it."""
    pair = pinned_pair(text)

    assert pair is not None
    assert pair.symbol == symbol
    assert pair.pair.base.code == "POL"


def test_every_listed_coin_is_known_by_all_its_names() -> None:
    """Every name of a listed coin is accepted, alone and in a pair."""
    for asset in ASSETS:
        for name in (asset.symbol, asset.code, *asset.aliases):
            for text in (name, f"{name}USDT", f"{name}-usd"):
                pair = pinned_pair(text)
                assert pair is not None, text
                assert pair.pair.base is asset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "USDT",
        "FOO",
        "BTCEUR",
        "BTC//USDT",
        "BTC/USDT/X",
        "ВТС",
        "BTC\0",
        "BTC\n",
        " BTC",
        "B" * 10_000,
        "٣",
    ],
)
def test_anything_else_is_no_coin(text: str) -> None:
    """Any other text is unknown, including look-alikes and control characters."""
    assert pinned_pair(text) is None


def test_wrong_values_are_repeated_short_and_printable() -> None:
    """An error repeats invalid values shortened and printable."""
    assert shorten("x" * 10_000) == "x" * 40
    assert shorten("a\0b\nc") == "a?b?c"
    assert shorten("币安é") == "币安é"
    assert shorten("a\u202eb\udc80") == "a?b?"


def query(**parameters: str) -> dict[str, Any]:
    """Return the parsed parameters of a candle request."""
    loaded: dict[str, Any] = OhlcvQuery().load({"symbol": "BTC", **parameters})
    return loaded


def test_defaults() -> None:
    """The default is 100 candles of 1h, including the open one."""
    loaded = query()

    assert loaded["interval"] is INTERVALS["1h"]
    assert loaded["limit"] == 100
    assert loaded["closed_only"] is False
    assert loaded["start"] is loaded["end"] is None


def test_times_are_seconds_or_milliseconds() -> None:
    """Times below 10^11 are in seconds."""
    assert query(startTime="1699920000")["start"] == 1_699_920_000_000
    assert query(startTime="1699920000000")["start"] == 1_699_920_000_000
    assert query(endTime="0")["end"] == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2023-11-14", 1_699_920_000),
        ("2023-11-14T00:00", 1_699_920_000),
        ("2023-11-14T00:00:00Z", 1_699_920_000),
        ("2023-11-14 00:00:00", 1_699_920_000),
        ("2023-11-14T02:00:00+02:00", 1_699_920_000),
        ("2023-11-14T02:00:00 02:00", 1_699_920_000),
        ("2023-11-13T19:30:00-0430", 1_699_920_000),
        ("2023-11-14T00:00:00.500z", 1_699_920_000.5),
        ("2016-12-31T23:59:60Z", 1_483_228_799),
        ("1960-01-01T00:00:00Z", 0),
    ],
)
def test_times_may_be_written_as_iso_8601(text: str, seconds: float) -> None:
    """Times without an offset are in UTC, and a plus sign that a query lost is understood."""
    assert query(startTime=text)["start"] == seconds * 1000


@pytest.mark.parametrize(
    ("text", "code"), [("1H", "1h"), ("4H", "4h"), ("1D", "1d"), ("1W", "1w"), ("1M", "1M"), ("1m", "1m")]
)
def test_hours_days_and_weeks_may_be_in_upper_case(text: str, code: str) -> None:
    """Months and minutes differ in their case alone."""
    assert query(interval=text)["interval"] is INTERVALS[code]


@pytest.mark.parametrize(("name", "value"), [("interval", {}), ("interval", ["1h"]), ("startTime", -5)])
def test_values_of_a_body_that_are_no_texts_are_refused(name: str, value: Any) -> None:
    """Bodies have objects, lists and negative numbers where a query has texts."""
    with pytest.raises(ValidationError):
        OhlcvQuery().load({"symbol": "BTC", name: value})


def test_flags_may_be_digits() -> None:
    """1 means true, and 0 means false."""
    assert query(closedOnly="1")["closed_only"] is True
    assert query(closedOnly="0")["closed_only"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "49"),
        ("limit", "1001"),
        ("limit", "abc"),
        ("limit", "1e2"),
        ("limit", "100.0"),
        ("limit", "-100"),
        ("limit", "１００"),
        ("limit", ""),
        ("limit", "9" * 5000),
        ("interval", "7h"),
        ("interval", "1W1"),
        ("interval", "1MM"),
        ("interval", ""),
        ("closedOnly", "maybe"),
        ("closedOnly", "2"),
        ("startTime", "yesterday"),
        ("startTime", "-1"),
        ("endTime", "1.5"),
        ("startTime", "2026-13-01"),
        ("startTime", "2026-02-30T00:00:00Z"),
        ("startTime", "2026-01-01T25:00"),
        ("startTime", "2026-01-01T00:00:00Zulu"),
        ("startTime", "20260101T000000"),
        ("unknown", "1"),
    ],
)
def test_wrong_parameters_are_named(name: str, value: str) -> None:
    """Each invalid parameter is reported under its name."""
    with pytest.raises(ValidationError) as caught:
        query(**{name: value})

    assert set(caught.value.messages_dict) == {name}


def test_a_window_starts_before_it_ends() -> None:
    """Equal bounds are valid, and reversed ones invalid."""
    assert query(startTime="1700000000", endTime="1700000000")["end"]
    with pytest.raises(ValidationError):
        query(startTime="1700000001", endTime="1700000000")


def test_texts_of_coins_are_split_and_each_counts_once() -> None:
    """Symbols are split, and each counts once; the catalogue decides their meaning."""
    assert PricesQuery().load({"symbols": "BTC, ethusdt,BTC"})["symbols"] == ["BTC", "ethusdt"]
