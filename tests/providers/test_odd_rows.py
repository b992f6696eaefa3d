"""One invalid field in a response affects only its row or its figure.

The tests change one field of one row in each payload of each provider, to every invalid value that was ever
seen.
"""

import copy
import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import msgspec
import orjson
import pytest
from msgspec.structs import asdict, replace

from providers import (
    INTERVALS,
    BadData,
    BadMarket,
    Candle,
    CandleSource,
    Http,
    OverviewSource,
    Provider,
    ProviderError,
    Quote,
    QuoteSource,
    SentimentSource,
    Window,
    discover,
)
from providers._http import Reply
from providers._reading import EARLIEST, LATEST
from providers.binance import Binance
from providers.bybit import Bybit
from tests.providers.payloads import NOW, PAIR, Answer, payloads_of
from tests.providers.test_contract import calls
from tests.upstreams.oddities import at, leaves, path_of_rows, rows_in

QUOTED = [kind for kind in discover() if issubclass(kind, QuoteSource)]
WITH_CANDLES = [kind for kind in discover() if issubclass(kind, CandleSource)]
HUGE = "9" * 400
GONE = object()
ODD: dict[str, Any] = {
    "null": None,
    "nothing": "",
    "gone": GONE,
    "blank": "  ",
    "question mark": "?",
    "thousands": "1,234",
    "underscore": "1_234",
    "other digits": "\u0661\u0662",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-inf",
    "400 digits": HUGE,
    "1e300": 1e300,
    "true": True,
    "list": [],
    "object": {},
    "list of null": [None],
    "year 9999": "9999-12-31T23:59:59Z",
    "year 1": "0001-01-01T00:00:00+14:00",
}
"""Values that are neither a price nor a time nor a rank."""
TIMES: dict[str, Any] = {
    "400 digits": HUGE,
    "a number of 19 digits": 10**18,
    "negative": -1767324599,
    "zero": 0,
    "between": 1767324599.5,
    "between, as text": "1767324599.5",
    "NaN": "NaN",
    "nothing": "",
    "null": None,
    "no date": "yesterday",
    "year 9999": "9999-12-31T23:59:59Z",
    "year 1970": "1970-01-01T00:00:00Z",
    "true": True,
}
"""Values that are no time of any row."""
NO_ROWS: tuple[object, ...] = (None, 5, "text", [], {}, [None], True)


class Wire(Http):
    """A client whose GETs all have one reply: requests would take most of the time of so many calls."""

    body = b""

    def get(
        self,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        max_bytes: int | None = None,
    ) -> Reply:
        """Return the reply."""
        return Reply(200, {}, self.body)


@pytest.fixture
def wire() -> Wire:
    """Return a client that a provider is made with."""
    return Wire()


def played(wire: Wire, body: object, call: Any) -> Any:
    """Return the result of a call whose response is `body`."""
    wire.body = orjson.dumps(body)
    return call()


def spoilt(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the body with another value at `path`, which shares all that is beside it."""
    first, *rest = path
    changed: Any = list(body) if isinstance(body, (list, tuple)) else dict(body)
    if rest:
        changed[first] = spoilt(body[first], tuple(rest), value)
    elif value is not GONE:
        changed[first] = value
    else:
        del changed[first]
    return changed


def shifts(body: Any, path: tuple[Any, ...], value: Any) -> bool:
    """Return whether the removal of a list's field would shift the other fields."""
    return value is GONE and isinstance(at(body, path[:-1]), list)


def fields(body: Any) -> list[tuple[Any, ...]]:
    """Yield the path to each field of each row."""
    start = path_of_rows(body)
    return [path for path in leaves(body) if path[: len(start)] == start]


def richest(answers: Any) -> Answer:
    """Return the payload with the most values."""
    found: Answer = max(
        answers, key=lambda answer: len(answer.gives) if isinstance(answer.gives, list) else 0
    )
    return found


def is_time(value: Any) -> bool:
    """Return whether a field is a time of the payload's day."""
    if isinstance(value, str) and value.startswith(("2026-01-", "2025-12-")):
        return True
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return False
    return any(abs(seconds / unit - NOW) < 400_000 for unit in (1, 1000))


def is_figure(value: Any) -> bool:
    """Return whether a field is a number, sent as one or as text."""
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def same_but_unknown(quote: Quote, complete: Quote) -> bool:
    """Return whether a quote equals the complete one, except for missing figures."""
    pairs = zip(asdict(quote).values(), asdict(complete).values(), strict=True)
    return all(one == other or one is None for one, other in pairs)


@pytest.mark.parametrize("provider", QUOTED)
def test_an_odd_field_of_one_coin(provider: type[QuoteSource], wire: Wire) -> None:
    """An invalid field omits its coin or its figure, and changes nothing else."""
    given = richest(payloads_of(provider).quotes)
    call = calls(provider, wire)["quotes"]
    complete = {(quote.asset.code, quote.currency): quote for quote in played(wire, given.body, call)}
    assert len(complete) >= 2

    for what, path in product(ODD, fields(given.body)):
        if shifts(given.body, path, ODD[what]):
            continue
        quotes = played(wire, spoilt(given.body, path, ODD[what]), call)
        result = {(quote.asset.code, quote.currency): quote for quote in quotes}
        changed = {name: quote for name, quote in result.items() if quote != complete[name]}
        differing = {code for code, _ in changed.keys() | complete.keys() - result.keys()}
        assert len(differing) <= 1, (what, path)
        if is_figure(at(given.body, path)):
            same = all(same_but_unknown(quote, complete[name]) for name, quote in changed.items())
            assert same, (what, path)


@pytest.mark.parametrize("provider", QUOTED)
def test_nothing_is_no_figure(provider: type[QuoteSource], wire: Wire) -> None:
    """Volumes, capitalisations and ranks of 0 or less are unknown, and a price of 0 is invalid."""
    given = richest(payloads_of(provider).quotes)
    call = calls(provider, wire)["quotes"]
    count = len({quote.asset for quote in given.gives})  # type: ignore[attr-defined]

    for value, path in product((0, "0", -5, "-5", 0.0, -0.001), fields(given.body)):
        quotes = played(wire, spoilt(given.body, path, value), call)
        assert len({quote.asset for quote in quotes}) >= count - 1, (value, path)
        for quote in quotes:
            assert quote.price > 0
            assert (quote.rank or 1) > 0
            assert all(it is None or it > 0 for it in (quote.volume_24h, quote.market_cap))


@pytest.mark.parametrize("provider", discover())
def test_no_time_is_passed_on_that_is_none(provider: type[Provider], wire: Wire) -> None:
    """Every time is an integer of plausible milliseconds, and invalid ones raise only BadData."""
    for ability, call in calls(provider, wire).items():
        given = richest(getattr(payloads_of(provider), ability))
        if isinstance(given.body, bytes):
            continue  # feeds have their own tests
        times = [path for path in leaves(given.body) if is_time(at(given.body, path))]
        for what, path in product(TIMES, times):
            try:
                result = played(wire, spoilt(given.body, path, TIMES[what]), call)
            except ProviderError as error:
                assert isinstance(error, BadData), (what, path)  # noqa: PT017 - or there is an answer
                continue
            for one in result if isinstance(result, list) else []:
                for name in ("time", "open_time", "since"):
                    time = getattr(one, name, None)
                    possible = time is None or (type(time) is int and EARLIEST <= time < LATEST)
                    assert possible, (what, path)


@pytest.mark.parametrize("provider", discover())
def test_what_is_no_text(provider: type[Provider], wire: Wire) -> None:
    """A story, listing, coin, market, trending coin or category with an invalid text is omitted."""
    odd = [None, GONE, 5, True, [], {}, "  "]
    for ability in ("headlines", "listings", "trending", "categories", "listing", "coins"):
        given = getattr(payloads_of(provider), ability)
        if not given or isinstance(given[0].body, bytes):
            continue
        body, call = richest(given).body, calls(provider, wire)[ability]
        complete = played(wire, body, call)
        assert len(complete) >= 2
        for value, path in product(odd, fields(body)):
            result = played(wire, spoilt(body, path, value), call)
            assert len(result) >= len(complete) - 1, (value, path)
            assert sum(one not in complete for one in result) <= 1, (value, path)
            for one in result:
                assert all(map(texts, values(one))), (value, path)


def values(row: Any) -> list[Any]:
    """Return the values of a row's fields, with those of a value that has fields itself as one."""
    known = asdict(row).values()
    return [asdict(value) if isinstance(value, msgspec.Struct) else value for value in known]


def texts(value: Any) -> bool:
    """Return whether a value is a figure, a text that is not blank, or a list of these."""
    if isinstance(value, tuple):
        return all(isinstance(one, str) and one.strip() for one in value)
    if isinstance(value, dict):
        return all(type(one) is int for one in value.values())
    return value is None or (type(value) in (int, float) or (isinstance(value, str) and bool(value.strip())))


@pytest.mark.parametrize("provider", [it for it in discover() if issubclass(it, OverviewSource)])
def test_an_odd_figure_of_the_market(provider: type[OverviewSource], wire: Wire) -> None:
    """An invalid figure of the overview is unknown, and the others stay."""
    body, call = payloads_of(provider).overview[0].body, calls(provider, wire)["overview"]
    complete = asdict(played(wire, body, call))
    for what, path in product(ODD, leaves(body)):
        if "status" in path or path[-1] == "market_cap_usd":
            continue  # these show whether the body is a valid response
        result = asdict(played(wire, spoilt(body, path, ODD[what]), call))
        changed = [name for name in complete if result[name] != complete[name]]
        assert len(changed) <= 1, (what, path)


@pytest.mark.parametrize("provider", discover())
def test_a_row_of_another_kind(provider: type[Provider], wire: Wire) -> None:
    """A row of another type is omitted from every list, and BadData if all rows are such."""
    for ability, call in calls(provider, wire).items():
        known = payloads_of(provider)
        given = richest(getattr(known, ability))
        if ability in ("candles", "overview") or isinstance(given.body, bytes) or not given.gives:
            continue
        start = path_of_rows(given.body)
        rows = at(given.body, start)
        if not isinstance(rows, list) or not rows_in(given.body):
            continue
        for odd in NO_ROWS:
            more = spoilt(given.body, start, [*rows, odd]) if start else [*rows, odd]
            assert played(wire, more, call) == given.gives, odd
            none = spoilt(given.body, start, [odd, odd]) if start else [odd, odd]
            with pytest.raises(BadData):
                played(wire, none, call)


def asked(provider: type[CandleSource], wire: Wire) -> tuple[Any, Any]:
    """Return two calls for the payload's candles: as the newest, and as a window of the past."""
    interval = INTERVALS[payloads_of(provider).interval]
    sent = payloads_of(provider).candles[0].gives
    assert isinstance(sent, list)
    first, last = sent[0].open_time, sent[-1].open_time
    now, later = provider(wire, clock=lambda: NOW), provider(wire, clock=lambda: NOW + 86_400)
    market = now.market(PAIR)
    assert market is not None
    newest, past = Window(3), Window(3, first, last)
    return (
        lambda: now.candles(market, interval, newest),
        lambda: later.candles(market, interval, past),
    )


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("provider", WITH_CANDLES)
def test_an_odd_candle(provider: type[CandleSource], what: str, wire: Wire) -> None:
    """An invalid row is BadMarket among the newest candles, and a candle of unknown figures in the past."""
    given = payloads_of(provider).candles[0]
    newest, past = asked(provider, wire)
    complete: list[Candle] = played(wire, given.body, past)
    assert len(complete) == 3

    gaps = 0
    for path in fields(given.body):
        if shifts(given.body, path, ODD[what]):
            continue
        body = spoilt(given.body, path, ODD[what])
        result = played(wire, body, past)
        left = [candle for candle in result if not math.isnan(candle.open)]
        assert [candle.open_time for candle in result] == [candle.open_time for candle in complete], path
        assert [candle for candle in complete if candle in left] == left or _without_figure(left, complete), (
            path
        )
        assert len(left) >= 2
        gaps += len(left) == 2
        if len(left) == 2:
            with pytest.raises(BadMarket):
                played(wire, body, newest)
        else:
            assert played(wire, body, newest) == left
    assert gaps >= 3 or ODD[what] is GONE


def _without_figure(left: list[Candle], complete: list[Candle]) -> bool:
    """Return whether the candles are the same except for one unknown volume or number of trades."""
    pairs = [(one, other) for one, other in zip(left, complete, strict=True) if one != other]
    if len(pairs) != 1:
        return False
    one, other = pairs[0]
    without = (
        replace(other, volume=None),
        replace(other, quote_volume=None),
        replace(other, trades=None),
    )
    return one in without


@pytest.mark.parametrize("provider", WITH_CANDLES)
def test_more_in_each_row(provider: type[CandleSource], wire: Wire) -> None:
    """Additional fields of rows are ignored."""
    given = payloads_of(provider).candles[0]
    body = copy.deepcopy(given.body)
    for row in rows_in(body):
        if isinstance(row, dict):
            row["new"] = "7"
        else:
            row.append("7")

    assert played(wire, body, asked(provider, wire)[0]) == given.gives


@pytest.mark.parametrize("provider", WITH_CANDLES)
def test_times_in_other_spellings(provider: type[CandleSource], wire: Wire) -> None:
    """Open times are integers, whether they are sent as floats, as digits or as integers."""
    given = payloads_of(provider).candles[0]
    for spelling in (float, lambda time: str(int(time)), int, lambda time: f"{int(time)}.0"):
        body = copy.deepcopy(given.body)
        for row in rows_in(body):
            place = 0 if isinstance(row, list) else "timestamp" if "timestamp" in row else "time"
            row[place] = spelling(float(row[place]))
        candles = played(wire, body, asked(provider, wire)[0])
        assert candles == given.gives
        assert all(type(candle.open_time) is int for candle in candles)


@pytest.mark.parametrize("provider", [it for it in discover() if issubclass(it, SentimentSource)])
def test_the_word_of_an_index(provider: type[SentimentSource], wire: Wire) -> None:
    """The class is one of the five known ones in any case, and otherwise that of the value."""
    given = payloads_of(provider).fear_greed[0]
    (value, word), *_ = _index_fields(given.body)
    call = calls(provider, wire)["fear_greed"]
    words = {
        "extreme greed": "Extreme Greed",
        " FEAR ": "Fear",
        "<b>Greed</b>": "Greed",
        "Panic": "Greed",
        None: "Greed",
        7: "Greed",
        "": "Greed",
    }
    for sent, expected in words.items():
        body = spoilt(spoilt(given.body, value, 61), word, sent)
        assert played(wire, body, call)[0].classification == expected
    steps = {0: "Extreme Fear", 26: "Fear", 50: "Neutral", 60: "Greed", 100: "Extreme Greed"}
    for index, expected in steps.items():
        body = spoilt(spoilt(given.body, value, str(index)), word, "?")
        assert played(wire, body, call)[0].classification == expected


@pytest.mark.parametrize("odd", [-1, 101, 50.5, "many", None, True, HUGE, "NaN"])
@pytest.mark.parametrize("provider", [it for it in discover() if issubclass(it, SentimentSource)])
def test_the_value_of_an_index(provider: type[SentimentSource], odd: object, wire: Wire) -> None:
    """The value is an integer from 0 to 100, and a day without one is omitted."""
    given = payloads_of(provider).fear_greed[0]
    (value, _), *others = _index_fields(given.body)
    body, call = spoilt(given.body, value, odd), calls(provider, wire)["fear_greed"]

    if others:
        assert played(wire, body, call) == given.gives[1:]  # type: ignore[index]
    else:
        with pytest.raises(BadData):
            played(wire, body, call)


def _index_fields(body: Any) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    values = [path for path in leaves(body) if path[-1] == "value"]
    return [(path, (*path[:-1], "value_classification")) for path in values]


@pytest.mark.parametrize("odd", ["", "?", "-7", "1.5", "NaN", HUGE, "9" * 5000, "\u0663"])
def test_what_is_spent_by_an_odd_header(odd: str) -> None:
    """A header of a rate limit that is not an integer is unknown."""
    assert Binance(Http()).used({"X-MBX-USED-WEIGHT-1M": odd}) is None
    for names in (("X-Bapi-Limit", "X-Bapi-Limit-Status"), ("X-Bapi-Limit-Status", "X-Bapi-Limit")):
        assert Bybit(Http()).used(dict(zip(names, (odd, "600"), strict=True))) is None
    assert Binance(Http()).used({"X-MBX-USED-WEIGHT-1M": "40"}) == 40
    assert Bybit(Http()).used({"X-Bapi-Limit": "600", "X-Bapi-Limit-Status": "590"}) == 10
