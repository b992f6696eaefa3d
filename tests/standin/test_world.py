"""The invented markets: the venues' lists and prices of them, and their faults."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from providers import INTERVALS, Http, Market, Provider, discover
from tests.upstreams import Fault, StandIn
from tests.upstreams import Market as MadeUp
from tests.upstreams.coins import COINS
from tests.upstreams.intervals import HOUR, MINUTE
from tests.upstreams.world import VENUES, World

NOW = 1_796_000_000.0
NOW_MS = int(NOW * 1000)
AGGREGATORS = ("coingecko", "coinpaprika", "coinlore", "coinmarketcap")
KINDS = {kind.name: kind for kind in discover()}
TICKERS = {
    "binance": "/api/v3/ticker/24hr?symbolStatus=TRADING",
    "kraken": "/0/public/Ticker?assetVersion=1",
    "bybit": "/v5/market/tickers?category=spot",
    "okx": "/api/v5/market/tickers?instType=SPOT",
    "kucoin": "/api/v1/market/allTickers",
    "gate": "/api/v4/spot/tickers",
    "bitstamp": "/api/v2/ticker/",
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in with the default number of markets."""
    with StandIn(clock=lambda: NOW) as running:
        yield running


@pytest.fixture(autouse=True)
def healed(stand_in: StandIn) -> Iterator[None]:
    """Remove all faults after each test."""
    yield
    stand_in.heal()


def provider(stand_in: StandIn, name: str) -> Any:
    """Return a provider that calls the stand-in."""
    kind: type[Provider] = KINDS[name]
    return kind(Http(), base_url=stand_in.url(name), clock=lambda: NOW)


def listing(stand_in: StandIn, venue: str) -> dict[str, Market]:
    """Return a venue's markets by native names."""
    return {market.native: market for market in provider(stand_in, venue).listing()}


def tickers(stand_in: StandIn, venue: str) -> dict[str, dict[str, Any]]:
    """Return a venue's tickers by native names."""
    body = json.load(urlopen(stand_in.url(venue) + TICKERS[venue]))
    match venue:
        case "kraken":
            found: dict[str, dict[str, Any]] = body["result"]
            return found
        case "bybit":
            return {row["symbol"]: row for row in body["result"]["list"]}
        case "okx":
            return {row["instId"]: row for row in body["data"]}
        case "kucoin":
            return {row["symbol"]: row for row in body["data"]["ticker"]}
    return {row.get("symbol") or row.get("currency_pair") or row["pair"]: row for row in body}


def last(row: dict[str, Any]) -> float:
    """Return the last price of a ticker in any format."""
    if "c" in row:
        return float(row["c"][0])
    return float(row[next(name for name in ("lastPrice", "last") if name in row)])


def volume(row: dict[str, Any]) -> float:
    """Return the volume of a ticker in its quote currency, or in coins if that is missing."""
    names = ("quoteVolume", "turnover24h", "volCcy24h", "volValue", "quote_volume", "volume")
    return float(row["v"][1] if "v" in row else row[next(name for name in names if name in row)])


@pytest.mark.parametrize("venue", VENUES)
def test_every_venue_lists_more_than_the_known_coins(venue: str, stand_in: StandIn) -> None:
    """Every venue lists 50 markets or more in its own format, each native name once."""
    markets = provider(stand_in, venue).listing()
    trading = [market for market in markets if market.state == "trading"]

    assert len(trading) >= 50
    assert len({market.native for market in markets}) == len(markets)
    assert all((market.tick or 0) > 0 and (market.step or 0) > 0 for market in markets)
    assert {"BTC", "ETH", "SOL"} <= {market.base for market in trading}
    assert not any(market.base not in COINS and market.base == "TON" for market in markets)


@pytest.mark.parametrize("name", AGGREGATORS)
def test_every_aggregator_lists_the_coins(name: str, stand_in: StandIn) -> None:
    """Every aggregator lists the coins, some of them under one code."""
    coins = provider(stand_in, name).coins()
    by_code = {code: {coin.id for coin in coins if coin.code.upper() == code} for code in ("TON", "NEIRO")}

    assert len(coins) == len(COINS) + len(stand_in.world.coins)
    assert {code: len(ids) for code, ids in by_code.items()} == {"TON": 2, "NEIRO": 2}
    assert len({coin.id for coin in coins}) == len(coins)
    assert sum(coin.rank is not None for coin in coins) >= len(coins) - len(COINS)
    assert any(coin.contracts for coin in coins) is (name in ("coingecko", "coinmarketcap"))


def test_one_code_means_two_coins(stand_in: StandIn) -> None:
    """NEIRO at Bybit is another coin than at Gate, which KuCoin calls NEIROCTO."""
    gate, bybit, kucoin = (tickers(stand_in, venue) for venue in ("gate", "bybit", "kucoin"))

    assert last(bybit["NEIROUSDT"]) / last(gate["NEIRO_USDT"]) > 300
    assert last(bybit["NEIROCTOUSDT"]) == pytest.approx(last(gate["NEIRO_USDT"]), rel=0.01)
    assert last(kucoin["NEIROCTO-USDT"]) == pytest.approx(last(gate["NEIRO_USDT"]), rel=0.01)
    assert listing(stand_in, "gate")["NEIRO_USDT"].name == "First Neiro on Ethereum"


def test_a_renamed_coin_has_a_ratio(stand_in: StandIn) -> None:
    """One GAL became sixty G, and some venues still list GAL."""
    assert last(tickers(stand_in, "gate")["GAL_USDT"]) / last(
        tickers(stand_in, "okx")["G-USDT"]
    ) == pytest.approx(60, rel=0.01)


def test_codes_are_what_a_venue_makes_of_them(stand_in: StandIn) -> None:
    """Kraken's LUNA is Terra Classic, and KuCoin keeps old symbols and lower case."""
    kucoin = listing(stand_in, "kucoin")

    luna = last(tickers(stand_in, "kraken")["LUNA/USD"])
    assert luna == pytest.approx(last(tickers(stand_in, "gate")["LUNC_USDT"]), rel=0.01)
    assert kucoin["BCHSV-USDT"].base == "BSV"
    assert kucoin["USDE-USDT"].base == "USDe"
    assert kucoin["BNRENSHENG-USDT"].base == "币安人生"
    assert tickers(stand_in, "kucoin")["WAX-USDT"]["symbolName"] == "WAXP-USDT"


def test_what_is_no_coin_says_so_or_not(stand_in: StandIn) -> None:
    """Leveraged tokens, shares and perpetual contracts are in the lists, each with the venue's own mark."""
    gate, bitstamp = listing(stand_in, "gate"), listing(stand_in, "bitstamp")

    assert listing(stand_in, "bybit")["TSLAXUSDT"].kind == "stock"
    assert (gate["TSLAX_USDT"].name, gate["TSLAX_USDT"].kind) == ("Tesla xStock", None)
    assert "BTC3L_USDT" in gate
    assert "BTC/USD-PERP" in tickers(stand_in, "bitstamp")
    assert not any("perp" in native for native in bitstamp)
    assert not any(market.base == "TSLAx" for market in listing(stand_in, "kraken").values())


def test_states(stand_in: StandIn) -> None:
    """Venues list halted, upcoming and ended markets as far as their formats allow."""
    states = {venue: {it.state for it in listing(stand_in, venue).values()} for venue in VENUES}

    assert states["bybit"] == states["binance"] == {"trading"}
    assert "ended" in states["coinbase"] & states["gate"]
    assert "upcoming" in states["okx"]
    assert "halted" in states["okx"] & states["bitstamp"]


@pytest.mark.parametrize("query", ["", "?assetVersion=1"])
def test_kraken_by_old_and_new_names(query: str, stand_in: StandIn) -> None:
    """Both forms of Kraken's list have dark pools, and the new one has a second venue."""
    body = json.load(urlopen(f"{stand_in.url('kraken')}/0/public/AssetPairs{query}"))["result"]
    assets = json.load(urlopen(f"{stand_in.url('kraken')}/0/public/Assets{query}"))["result"]

    bitcoin = body["BTC/USD" if query else "XXBTZUSD"]
    assert bitcoin["base"] in assets
    assert assets[bitcoin["base"]]["altname"] == ("BTC" if query else "XBT")
    assert bitcoin["altname"] == "XBTUSD"
    assert any(name.endswith(".d") for name in body)
    assert any(":BTNL" in name for name in body) is bool(query)


@pytest.mark.parametrize("venue", TICKERS)
def test_every_trading_market_has_a_price(venue: str, stand_in: StandIn) -> None:
    """Every trading market has a price, unless it was not traded for a day."""
    rows = tickers(stand_in, venue)
    traded = set()
    for market in provider(stand_in, venue).listing():
        native = f"{market.base}/{market.quote}" if venue in ("kraken", "bitstamp") else market.native
        if market.state == "trading":
            assert native in rows
            if market.quote in ("USD", "USDT") and volume(rows[native]):
                assert last(rows[native]) > 0
                traded.add(market.base)

    assert len(traded) >= 40
    quiet = {name for name, row in rows.items() if volume(row) == 0}
    assert any("AI16Z" in name for name in quiet) is (venue in ("kraken", "okx", "kucoin", "gate"))


def test_a_quiet_market_of_kraken_costs_nothing() -> None:
    """A market without a trade has the price 0 at Kraken, and its last price at other venues."""
    with StandIn(clock=lambda: NOW, markets=2_000) as large:
        kraken, gate = tickers(large, "kraken"), tickers(large, "gate")
        quiet = [row for row in kraken.values() if volume(row) == 0]

        assert len(quiet) >= 3
        assert {last(row) for row in quiet} == {0.0}
        assert all(last(row) > 0 for row in gate.values())
        assert sum(volume(row) < 10_000 for row in gate.values()) >= 10


def test_prices_move_and_are_the_same_again() -> None:
    """Prices move by some per cent in hours and little in a minute, and are equal for equal seeds."""
    one, other = (World(MadeUp(7, lambda: NOW), 300) for _ in range(2))
    moved = []
    for coin in one.coins:
        now, later = one.dollars(coin.id, NOW_MS), one.dollars(coin.id, NOW_MS + MINUTE)
        assert now == other.dollars(coin.id, NOW_MS)
        assert abs(later / now - 1) < 0.001
        moved.append(one.dollars(coin.id, NOW_MS + 8 * HOUR) / now)
    assert len({round(each, 5) for each in moved}) > len(moved) * 0.8
    assert max(moved) > 1.02
    assert [one.markets(venue) for venue in VENUES] == [other.markets(venue) for venue in VENUES]


def test_ten_thousand_markets_are_cheap() -> None:
    """Ten thousand markets and their prices take seconds, because they need no walk of minutes."""
    began = time.process_time()
    world = World(MadeUp(7, lambda: NOW), 10_000)
    count = sum(len(world.markets(venue)) for venue in VENUES)
    rows = [world.ticker("gate", row, NOW_MS) for row in world.markets("gate")]

    assert count == 10_000
    assert len(rows) == 1_250
    assert len({coin.code for coin in world.coins}) > 1_000
    assert time.process_time() - began < 10


def test_no_world_at_all() -> None:
    """Without invented markets, venues and aggregators list the known coins only."""
    with StandIn(clock=lambda: NOW, markets=0) as bare:
        assert {market.base for market in listing(bare, "gate").values()} <= {*COINS, "GRAM"}
        assert len(provider(bare, "coingecko").coins()) == len(COINS)


@pytest.mark.parametrize("venue", VENUES)
def test_short_lists(venue: str, stand_in: StandIn) -> None:
    """A short list has 49 markets, or half of them, in a valid answer."""
    whole = len(provider(stand_in, venue).listing())
    stand_in.fault(venue, Fault("short_listing", count=49))
    short = len(provider(stand_in, venue).listing())
    stand_in.heal()
    stand_in.fault(venue, Fault("half_listing"))

    assert 45 <= short <= 49 < whole
    assert len(provider(stand_in, venue).listing()) <= whole / 2 + 3


def test_natives_bound_anew(stand_in: StandIn) -> None:
    """After a rebound every market means the coin of the next one."""
    before = listing(stand_in, "okx")
    stand_in.fault("okx", Fault("rebound"))
    after = listing(stand_in, "okx")

    assert sum(before[name].base != market.base for name, market in after.items()) > len(after) * 0.8


def test_swapped_codes(stand_in: StandIn) -> None:
    """Each of two swapped codes has the other's price, for invented and for known coins."""
    row, other = [row for row in stand_in.world.markets("gate") if row.volume and row.state == "trading"][-2:]
    before = tickers(stand_in, "gate")
    stand_in.fault("gate", Fault("swapped", coins=(row.base, other.base)))
    stand_in.fault("gate", Fault("swapped", coins=("SOL", "DOGE")))
    after = tickers(stand_in, "gate")

    names = [f"{each.code}_{each.quote}" for each in (row, other)]
    assert [last(after[name]) for name in names] == pytest.approx(
        [last(before[name]) for name in reversed(names)], rel=0.02
    )
    assert last(after["SOL_USDT"]) == pytest.approx(last(before["DOGE_USDT"]), rel=0.01)


@pytest.mark.parametrize("venue", TICKERS)
def test_a_dead_row(venue: str, stand_in: StandIn) -> None:
    """A dead row has the last price 0 among valid rows."""
    stand_in.fault(venue, Fault("dead", coins=("ZEDA", "LTC", "GAL")))
    rows = tickers(stand_in, venue)

    dead = [name for name, row in rows.items() if last(row) == 0 and volume(row)]
    assert dead
    assert all(name.startswith(("ZEDA", "LTC", "GAL")) for name in dead)


CANDLES = {
    "binance": "/api/v3/klines?symbol={native}&interval=1h&limit=30",
    "kraken": "/0/public/OHLC?pair={native}&interval=60",
    "bybit": "/v5/market/kline?category=spot&symbol={native}&interval=60&limit=30",
    "okx": "/api/v5/market/candles?instId={native}&bar=1H&limit=30",
    "coinbase": "/products/{native}/candles?granularity=3600",
    "kucoin": "/api/v1/market/candles?symbol={native}&type=1hour",
    "gate": "/api/v4/spot/candlesticks?currency_pair={native}&interval=1h&limit=30",
    "bitstamp": "/api/v2/ohlc/{native}/?step=3600&limit=30",
}
"""Where candles of an hour are asked for. Chinese codes are percent-encoded."""


def candle_rows(stand_in: StandIn, venue: str, native: str) -> list[Any]:
    """Return the rows of candles as they are sent."""
    body = json.load(urlopen(stand_in.url(venue) + CANDLES[venue].format(native=quote(native))))
    match venue:
        case "kraken":
            rows: list[Any] = next(value for key, value in body["result"].items() if key != "last")
            return rows
        case "bybit":
            return list(body["result"]["list"])
        case "okx" | "kucoin":
            return list(body["data"])
        case "bitstamp":
            return list(body["data"]["ohlc"])
    return list(body)


@pytest.mark.parametrize("venue", VENUES)
def test_every_market_has_candles(venue: str, stand_in: StandIn) -> None:
    """Every market has candles under its native name, crosses included, except those without a trade."""
    one: Any = provider(stand_in, venue)
    natives = {(market.base, market.quote): market.native for market in one.listing()}
    read = 0
    for row in stand_in.world.markets(venue):
        native = natives.get((row.base, row.quote))
        if row.state != "trading" or not native or row.kind:
            continue
        candles = [one.read_candle(each, INTERVALS["1h"]) for each in candle_rows(stand_in, venue, native)]
        assert bool(candles) is bool(row.volume), native
        assert all(it.low <= min(it.open, it.close) <= max(it.open, it.close) <= it.high for it in candles)
        read += len(candles)

    assert read > 400


def test_candles_join_up_and_end_at_the_price(stand_in: StandIn) -> None:
    """Each candle opens where the last one closed, and the last one closes at the price."""
    rows = candle_rows(stand_in, "gate", "XMR_USDT")
    price = last(tickers(stand_in, "gate")["XMR_USDT"])

    assert all(one[2] == other[5] for one, other in pairwise(rows))
    assert float(rows[-1][2]) == pytest.approx(price, rel=1e-5)


def test_bitcoin_in_euros_follows_bitcoin(stand_in: StandIn) -> None:
    """The price of bitcoin in euros follows from the prices of its coins."""
    euros = float(candle_rows(stand_in, "kraken", "XBTEUR")[-1][4])
    dollars = float(candle_rows(stand_in, "kraken", "XBTUSD")[-1][4])

    assert dollars / euros == pytest.approx(1.14, rel=0.01)


@pytest.mark.parametrize("venue", TICKERS)
def test_tickers_are_called_what_the_listing_calls_them(venue: str, stand_in: StandIn) -> None:
    """A price is read for each trading market with trades, and for no market without a trade."""
    one = provider(stand_in, venue)
    trading = {market.native for market in one.listing() if market.state == "trading"}
    prices = {ticker.native: ticker for ticker in one.tickers()}

    quiet = {row.base for row in stand_in.world.markets(venue) if not row.volume}
    missing = {market.base for market in one.listing() if market.native in trading - prices.keys()}
    assert missing <= quiet
    assert len(trading & prices.keys()) >= 50
    assert any(0 < (ticker.volume or 0) < 10_000 for ticker in prices.values())
