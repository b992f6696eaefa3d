"""The market that a response names must be the requested one."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import responses

from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    TETHER,
    BadData,
    BadMarket,
    Http,
    Market,
    Pair,
    Window,
    discover,
)
from providers.bybit import Bybit
from providers.cryptocompare import CryptoCompare
from providers.kraken import Kraken
from tests.providers.payloads import BTC, ETH, NOW, PAIR, VALUED, bybit, cryptocompare, kraken, payloads_of
from tests.providers.test_contract import ANYWHERE

HOUR = INTERVALS["1h"]
NEWEST = Window(3)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Mock the network: only registered requests get responses."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def candles_of(
    wire: responses.RequestsMock,
    provider: type[Any],
    body: object,
    pair: Pair | Market = PAIR,
    window: Window = NEWEST,
) -> Any:
    """Return the candles of a body."""
    wire.get(ANYWHERE, body=orjson.dumps(body))
    interval = INTERVALS[payloads_of(provider).interval]
    one = provider(Http(), key="secret", clock=lambda: NOW)
    market = pair if isinstance(pair, Market) else listed(one, pair)
    return one.candles(market, interval, window)


def listed(provider: Any, pair: Pair) -> Market:
    """Return a pair as a list of the provider's markets would have it."""
    code = pair.base.code
    return Market(provider.name, code, pair.quote, provider.native(code, pair.quote))


@pytest.mark.parametrize(
    ("code", "quote", "key"),
    [
        ("BTC", "USDT", "XBTUSDT"),
        ("BTC", "USDT", "XBT/USDT"),
        ("BTC", "USDT", "BTC/USDT"),
        ("BTC", "USD", "XXBTZUSD"),
        ("BTC", "USD", "XBTUSD"),
        ("BTC", "USD", "BTC/USD"),
        ("ETH", "USD", "XETHZUSD"),
        ("XRP", "USD", "XXRPZUSD"),
        ("XLM", "USD", "XXLMZUSD"),
        ("LTC", "USD", "XLTCZUSD"),
        ("ETC", "USD", "XETCZUSD"),
        ("DOGE", "USD", "XDGUSD"),
        ("DOGE", "USDT", "XDGUSDT"),
        ("DOGE", "USD", "DOGE/USD"),
        ("USDT", "USD", "USDTZUSD"),
        ("MATIC", "USD", "POLUSD"),
        ("SOL", "USDT", "SOLUSDT"),
    ],
)
def test_spellings_of_kraken(code: str, quote: str, key: str, wire: responses.RequestsMock) -> None:
    """Old keys, new keys and pairs with a slash mean the same market."""
    pair = Pair({**ASSET_BY_NAME, "USDT": TETHER}[code], quote)

    body = {"error": [], "result": {key: kraken.ROWS, "last": 1767319200}}
    assert candles_of(wire, Kraken, body, pair) == kraken.COUNTED


@pytest.mark.parametrize(
    "key", ["ADAUSD", "ADAUSDT", "XXBTZUSD", "BTC/USD", "XETHZUSD", "XBTUSDTX", "", "Last"]
)
def test_another_market_of_kraken(key: str, wire: responses.RequestsMock) -> None:
    """Candles of another coin or currency raise BadMarket."""
    with pytest.raises(BadMarket):
        candles_of(wire, Kraken, {"error": [], "result": {key: kraken.ROWS, "last": 1767319200}})


def test_its_own_market_beside_others(wire: responses.RequestsMock) -> None:
    """Kraken's response may contain several markets, and only the requested one counts."""
    result = {"ADAUSD": [], "XBTUSDT": kraken.ROWS, "last": 1767319200}

    assert candles_of(wire, Kraken, {"error": [], "result": result}) == kraken.COUNTED


@pytest.mark.parametrize(
    "names",
    [
        {"symbol": "ADAUSDT"},
        {"symbol": "BTCUSD", "category": "inverse"},
        {"symbol": "BTCUSDT", "category": "linear"},
        {"symbol": 7},
    ],
)
def test_another_market_of_bybit(names: dict[str, object], wire: responses.RequestsMock) -> None:
    """Another symbol, and the contract of the same name, raise BadMarket."""
    with pytest.raises(BadMarket):
        candles_of(wire, Bybit, bybit.envelope({**names, "list": bybit.ROWS}))


@pytest.mark.parametrize("names", [{}, {"symbol": "BTCUSDT"}, {"symbol": "BTCUSDT", "category": "spot"}])
def test_the_market_of_bybit(names: dict[str, object], wire: responses.RequestsMock) -> None:
    """A response that names no market counts as the requested one."""
    assert candles_of(wire, Bybit, bybit.envelope({**names, "list": bybit.ROWS})) == VALUED


def test_tickers_of_contracts(wire: responses.RequestsMock) -> None:
    """Prices of contracts are rejected."""
    body = bybit.envelope({"category": "linear", "list": bybit.TICKERS})
    wire.get(ANYWHERE, body=orjson.dumps(body))

    with pytest.raises(BadMarket):
        Bybit(Http(), clock=lambda: NOW).quotes([BTC, ETH])


@pytest.mark.parametrize("names", [{"FROMSYMBOL": "ADA"}, {"TOSYMBOL": "EUR"}, {"FROMSYMBOL": 7}])
def test_another_coin_of_cryptocompare(names: dict[str, object], wire: responses.RequestsMock) -> None:
    """A quote that names another coin or currency is omitted."""
    usd = cryptocompare.USD
    body = {"RAW": {"BTC": {"USD": {**usd, **names}}, "ETH": {"USD": {**usd, "FROMSYMBOL": "ETH"}}}}
    wire.get(ANYWHERE, body=orjson.dumps(body))

    quotes = CryptoCompare(Http(), key="secret", clock=lambda: NOW).quotes([BTC, ETH])
    assert [quote.asset.code for quote in quotes] == ["ETH"]


EMPTY: tuple[object, ...] = ([], None)
NO_LIST: tuple[object, ...] = ({"list": []}, {"list": None}, {}, None)
NOTHING: dict[str, list[object]] = {
    "binance": [[]],
    "kraken": [
        {"error": [], "result": {"XBTUSDT": [], "last": 0}},
        {"error": [], "result": {"XBTUSDT": None, "last": 0}},
        {"error": [], "result": {"last": 0}},
        {"error": [], "result": {}},
        {"error": [], "result": None},
    ],
    "bybit": [bybit.envelope(it) for it in NO_LIST],
    "okx": [{"code": "0", "msg": "", "data": it} for it in EMPTY],
    "coinbase": [[]],
    "kucoin": [{"code": "200000", "data": it} for it in EMPTY],
    "gate": [[]],
    "coingecko": [[]],
    "cryptocompare": [{"Response": "Success", "Data": {"Data": it}} for it in EMPTY],
}


def nothing() -> Iterator[object]:
    """Yield every form of a response without candles."""
    for provider in discover():
        for number, body in enumerate(NOTHING.get(provider.name, ())):
            yield pytest.param(provider, body, id=f"{provider.name}-{number}")


@pytest.mark.parametrize(("provider", "body"), list(nothing()))
def test_no_candles(provider: type[Any], body: object, wire: responses.RequestsMock) -> None:
    """A valid response without candles is BadMarket for the newest ones, and accepted for the past."""
    interval = INTERVALS[payloads_of(provider).interval]
    market = provider(Http()).market(PAIR)
    end = interval.open_time(int(NOW * 1000)) - 2 * interval.length

    with pytest.raises(BadMarket):
        candles_of(wire, provider, body, market)
    past = Window(3, end - 2 * interval.length, end)
    if provider is not Kraken or "XBTUSDT" in str(body):
        assert candles_of(wire, provider, body, market, past) == []


@pytest.mark.parametrize("rows", [[None], [[1, 2]], [{"a": 1}], ["text"], [7, None, [[]]], [["soon"] * 12]])
@pytest.mark.parametrize("past", [False, True])
def test_no_list_of_candles(rows: list[object], past: bool, wire: responses.RequestsMock) -> None:
    """Rows of which none is a candle are BadData, for any window."""
    end = HOUR.open_time(int(NOW * 1000)) - 2 * HOUR.length
    window = Window(3, end - 2 * HOUR.length, end) if past else NEWEST

    with pytest.raises(BadData) as caught:
        candles_of(wire, Bybit, bybit.envelope({"list": rows}), window=window)
    assert type(caught.value) is BadData


@pytest.mark.parametrize("figure", [None, "", "NaN", "-"])
def test_a_halted_market(figure: object, wire: responses.RequestsMock) -> None:
    """Rows with times and without figures raise BadMarket."""
    rows = [[row[0], *[figure] * 6] for row in bybit.ROWS]

    with pytest.raises(BadMarket):
        candles_of(wire, Bybit, bybit.envelope({"symbol": "BTCUSDT", "list": rows}))


@pytest.mark.parametrize("place", [0, 100, 700])
def test_an_old_odd_row_is_none_of_the_newest(place: int, wire: responses.RequestsMock) -> None:
    """Kraken sends all its rows, and invalid rows outside of the window are ignored."""
    newest = HOUR.open_time(int(NOW * 1000)) // 1000
    good = ["1", "1", "1", "1", "1", "1", 1]
    rows: list[list[object]] = [[newest - 3600 * ago, *good] for ago in range(720, -1, -1)]
    for odd in ([None, *good], [rows[place][0], None, *good[1:]]):
        spoilt = [*rows[:place], odd, *rows[place + 1 :]]
        wire.reset()
        body = {"error": [], "result": {"XBTUSDT": spoilt, "last": newest - 3600}}
        assert len(candles_of(wire, Kraken, body)) == 3
        tail = Window(3, start=(newest - 7200) * 1000)
        assert len(candles_of(wire, Kraken, body, window=tail)) == 3
        reaching = Window(1000, start=(newest - 3600 * (720 - place)) * 1000)
        with pytest.raises(BadMarket):
            candles_of(wire, Kraken, body, window=reaching)
