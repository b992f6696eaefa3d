"""`GET /api/prices` for any coin and in any currency, over venues that know what each code means."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec import structs
from msgspec.structs import replace

from engine import create_app
from engine.catalogue.pacing import never
from engine.catalogue.rows import TradedMarket
from engine.market.prices.request import CURRENCIES
from engine.timestamps import iso
from engine.web.services import services_of
from providers import ASSETS
from schemas import PricesAnswer
from schemas.prices import CURRENCIES as ACCEPTED
from tests.engine.catalogue.test_made_up_world import A_DAY_OF_LOOKS, Refreshed
from tests.engine.web.api.answers import Json, failure, held, ohlcv, prices
from tests.engine.web.conftest import settings_for
from tests.upstreams import Fault
from tests.waiting import at_leisure

VENUES = ("binance", "kraken", "bybit", "okx", "kucoin", "gate", "bitstamp")
DAY = 86_401.0
"""Seconds after which nothing that is kept is served any more."""
GECKO = "/compat/coingecko/api/v3"
WHOLE = {"binance": "type=MINI", "kraken": "assetVersion=1"}
"""The query of a call for all tickers, where a call for quotes has the same path."""


class World:
    """An engine over venues whose markets are all known, after a day of observed prices."""

    def __init__(self) -> None:
        self.refreshed = Refreshed()
        self.refreshed.refresh()
        self.refreshed.look(*A_DAY_OF_LOOKS)
        self.stand_in = self.refreshed.stand_in
        self.client = self.new_client()

    def new_client(self, **settings: Any) -> FlaskClient:
        """Return a client of another engine, which knows the same markets."""
        app = create_app(lambda: self.refreshed.now, **{**settings_for(self.stand_in), **settings})
        services_of(app).catalogue.replace(self.refreshed.state, never)
        return app.test_client()

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.refreshed.now += seconds

    def dollars(self, coin: str) -> float:
        """Return the price of an invented coin in dollars."""
        return self.stand_in.world.dollars(coin, int(self.refreshed.now * 1000))

    def markets(self, state: str) -> list[TradedMarket]:
        """Return the catalogue's markets with a state, at one venue and in one quote currency."""
        catalogue = services_of(self.client.application).catalogue.catalogue
        return [
            market
            for market in catalogue.markets
            if market.state == state
            and market.trading
            and market.venue in VENUES
            and market.quote.id == "usdt"
            and [it.venue for it in catalogue.of_coin(market.base.id)].count(market.venue) == 1
        ]

    def volume(self, market: TradedMarket) -> float:
        """Return the volume of an invented market in dollars per day."""
        rows = self.stand_in.world.markets(market.venue)
        listed = (market.listed.base, market.listed.quote)
        return next((row.volume for row in rows if (row.base, row.quote) == listed), 0.0)

    def pages(self) -> int:
        """Return how often a page of the largest coins was requested."""
        calls = self.stand_in.calls.list("coingecko", "coins/markets")
        return len([call for call in calls if "page=" in call.query and "ids=" not in call.query])

    def calls(self) -> dict[str, int]:
        """Return the number of calls to each venue for all of its tickers."""
        every = {
            name: [call for call in self.stand_in.calls.list(name) if text in call.query]
            for name, text in WHOLE.items()
        }
        return {name: len(calls) for name, calls in every.items() if calls}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """Return one world for all tests."""
    one = World()
    yield one
    one.stand_in.stop()


@pytest.fixture
def world(made: World) -> Iterator[World]:
    """Return the world with healthy venues, after all cached values have expired."""
    made.advance(DAY)
    made.stand_in.calls.forget()
    yield made
    made.stand_in.heal()


@pytest.fixture
def client(world: World) -> FlaskClient:
    """Return a client of the engine."""
    return world.client


def only(answer: Json) -> Json:
    """Return the single row of an answer."""
    (row,) = answer["data"]
    return row


def renewed(client: FlaskClient, query: str) -> Json:
    """Return an answer that names a provider that failed: a busy machine may serve the stale one first."""
    return at_leisure(lambda: prices(client, query), lambda answer: answer["meta"]["providers"])


def held_by(client: FlaskClient, path: str) -> Json:
    """Return the JSON of an answer with status 200."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json


def providers(row: Json) -> set[str]:
    """Return the names of the sources that count."""
    return {source["provider"] for source in row["sources"] if not source["outlier"]}


def test_any_coin_has_the_price_of_its_markets(client: FlaskClient, world: World) -> None:
    """Any coin has the price of its markets by the rules of pinned coins, and figures of aggregators."""
    answer = prices(client, "symbols=XMR")
    row = only(answer)

    assert row["priceUsd"] == pytest.approx(world.dollars("monero"), rel=1e-3)
    assert row["price"] * answer["meta"]["usdtUsd"] == pytest.approx(row["priceUsd"], rel=1e-6)
    assert row["name"] == "Monero"
    assert providers(row) == {"kraken", "kucoin", "gate"}
    assert row["verified"] is True
    assert row["change24h"] is not None
    assert (row["marketCap"], row["volume24h"]) == (60e6 * 30, 60e6)
    assert row["rank"] > len(ASSETS)
    assert not {"derived", "via", "thin", "sparkline"} & set(row)
    assert answer["source"] == "multi-provider"
    assert answer["meta"]["missing"] == []


def test_one_call_of_a_venue_serves_all_coins(client: FlaskClient, world: World) -> None:
    """One call of a venue serves all coins and currencies while it is fresh."""
    for query in ("symbols=XMR", "symbols=LUNC,G", "symbols=XMR&convert=EUR", "symbols=@neiro-first"):
        prices(client, query)
        world.advance(5)

    assert {name: world.stand_in.calls.count(name) for name in VENUES} == dict.fromkeys(VENUES, 1)


def test_figures_of_all_coins_come_from_one_list(world: World) -> None:
    """One list of figures is requested every five minutes while clients ask, and answers work without it."""
    client = world.new_client()
    for _ in range(4):
        prices(client, "symbols=XMR,LUNC")
        world.advance(60)
    assert world.pages() == 4
    world.stand_in.fault("coingecko", Fault("status", status=500))
    world.advance(400)
    answer = renewed(client, "symbols=XMR")

    assert answer["meta"]["providers"] == {"coingecko": "HTTP 500"}
    assert only(answer)["marketCap"] == 60e6 * 30
    world.advance(DAY)
    row = only(prices(client, "symbols=XMR"))
    assert (row["marketCap"], row["volume24h"]) == (None, None)
    assert row["verified"] is True


def test_figures_of_another_coin_are_left_out(world: World) -> None:
    """Figures of another coin are omitted, which their price shows."""
    client = world.new_client()
    world.stand_in.fault("kucoin", Fault("price", factor=2.0))
    world.stand_in.fault("gate", Fault("price", factor=2.0))
    world.stand_in.fault("kraken", Fault("price", factor=2.0))
    row = only(prices(client, "symbols=XMR"))

    assert row["price"] > 0
    assert (row["marketCap"], row["volume24h"]) == (None, None)


def test_an_exchange_alone_has_no_figures_of_the_whole_market(client: FlaskClient) -> None:
    """`:kraken` limits a coin's figures to that venue, without those of the whole market."""
    row = only(prices(client, "symbols=XMR:kraken"))

    assert (row["marketCap"], row["volume24h"]) == (None, None)


def test_pinned_coins_need_no_call_for_all_tickers(client: FlaskClient, world: World) -> None:
    """The prices of pinned coins in USD and USDT are those without a catalogue."""
    answer = prices(client)

    assert {row["symbol"] for row in answer["data"]} == {asset.symbol for asset in ASSETS}
    assert not any({"derived", "via", "thin", "sparkline"} & set(row) for row in answer["data"])
    prices(client, "symbols=BTC,ETH&convert=USD")
    prices(client, "symbols=BTC:kraken")
    assert world.calls() == {}


def test_two_coins_of_one_code_are_never_mixed(client: FlaskClient, world: World) -> None:
    """Two coins of one code are priced by the markets that are proved to trade them."""
    failure(client, "/api/prices?symbols=NEIRO", 400)
    first, other = prices(client, "symbols=@neiro-first,NEIRO:bybit")["data"]

    assert first["priceUsd"] == pytest.approx(world.dollars("neiro-3"), rel=1e-3)
    assert other["priceUsd"] == pytest.approx(world.dollars("neiro-on-eth"), rel=1e-3)
    assert providers(first) >= {"binance", "kraken", "kucoin", "gate"}
    assert providers(other) == {"bybit"}


def test_the_venues_own_code_decides_where_it_is_asked(client: FlaskClient, world: World) -> None:
    """LUNA at Kraken is Terra Classic, and the two coins stay separate under the same code."""
    here = only(prices(client, "symbols=LUNA/USD:kraken"))
    there = only(prices(client, "symbols=LUNA/USDT:okx"))

    assert (here["symbol"], here["name"]) == ("LUNA", "Terra Luna Classic")
    assert here["priceUsd"] == pytest.approx(world.dollars("terra-luna"), rel=1e-3)
    assert there["priceUsd"] == pytest.approx(world.dollars("terra-luna-2"), rel=1e-3)


def test_a_venue_limits_the_sources(client: FlaskClient) -> None:
    """A venue in the request limits the sources, also of a pinned coin and in any currency."""
    for query in ("symbols=XMR:kraken", "symbols=BTC/USD:kraken", "symbols=BTC/EUR:kraken&convert=EUR"):
        answer = prices(client, query)
        assert providers(only(answer)) == {"kraken"}
        assert answer["source"] == "kraken"
        assert only(answer)["verified"] is False


def test_convert_alone_decides_the_currency(client: FlaskClient) -> None:
    """`convert` alone decides the currency, and a pair in `symbols` means its base."""
    assert (
        prices(client, "symbols=XMR/USDT&convert=EUR")["data"]
        == prices(client, "symbols=XMR&convert=EUR")["data"]
    )


@pytest.mark.parametrize("convert", ["EUR", "TRY", "BTC", "ETH", "USDC"])
def test_prices_are_converted_by_observed_rates(client: FlaskClient, world: World, convert: str) -> None:
    """A price without its own market is converted by observed rates, and names them."""
    rate = world.dollars(convert)
    for row in prices(client, f"symbols=XMR,SOL,BTC&convert={convert}")["data"]:
        assert row["price"] == pytest.approx(row["priceUsd"] / rate, rel=3e-3)
        assert row.get("derived", False) is ("via" in row)
        if "via" in row:
            assert row["via"][0].startswith(f"{row['symbol']}/")


def test_a_market_of_its_own_is_no_derived_price(client: FlaskClient) -> None:
    """ETH in BTC has markets and is not derived, unlike SOL in BTC."""
    eth, sol = prices(client, "symbols=ETH,SOL&convert=BTC")["data"]

    assert "derived" not in eth
    assert providers(eth) == {"binance", "kraken", "bybit", "okx", "kucoin", "gate", "bitstamp"}
    assert (sol["derived"], sol["via"]) == (True, ["SOL/USDT", "BTC/USDT"])


def test_a_coin_without_a_dollar_market_has_a_price(client: FlaskClient, world: World) -> None:
    """A coin without a dollar market has a price from its other market, with the confidence of one source."""
    row = only(prices(client, "symbols=STETH"))

    assert row["via"] == ["STETH/ETH", "ETH/USDT"]
    assert row["priceUsd"] == pytest.approx(world.dollars("staked-ether"), rel=2e-3)
    assert row["confidence"] <= 0.5


def test_a_currency_to_which_nothing_leads_is_unknown(client: FlaskClient) -> None:
    """A currency without a path has an unknown price, and the price in dollars is known."""
    for row in prices(client, "symbols=BTC,XMR&convert=CHF")["data"]:
        assert row["price"] is None
        assert row["priceUsd"] > 0


def test_currencies_have_prices_too(client: FlaskClient, world: World) -> None:
    """One USDT is one USDT, and a euro has the price of its markets."""
    usdt, eur = prices(client, "symbols=USDT,EUR")["data"]

    assert usdt["price"] == 1.0
    assert eur["priceUsd"] == pytest.approx(world.dollars("EUR"), rel=2e-3)


@pytest.mark.parametrize("convert", ["USDT", "USD", "EUR"])
def test_a_dollar_costs_one_dollar(client: FlaskClient, convert: str) -> None:
    """A dollar costs one dollar in every currency, however far apart the markets of tether are."""
    assert only(prices(client, f"symbols=USD&convert={convert}"))["priceUsd"] == 1.0


def test_thin_markets_say_so(client: FlaskClient, world: World) -> None:
    """A price from less than 10 000 dollars a day is marked and has low confidence."""
    market = next(it for it in world.markets("proved") if 0 < world.volume(it) < 10_000)
    row = only(prices(client, f"symbols={market.listed.base}/{market.listed.quote}:{market.venue}"))

    assert row["thin"] is True
    assert row["confidence"] <= 0.3
    assert row["verified"] is False


def test_a_market_without_a_trade_in_a_day_has_no_price(client: FlaskClient, world: World) -> None:
    """A coin whose market had no trade in a day is known and missing, because an old price is none."""
    found = {market.base.id for market in services_of(client.application).catalogue.catalogue.markets}
    untraded = next(id_ for id_ in found if id_.startswith("ai16z"))
    answer = prices(client, f"symbols=@{untraded},XMR")

    assert len(answer["data"]) == 1
    assert len(answer["meta"]["missing"]) == 1


def test_one_coin_has_an_address_of_its_own(client: FlaskClient) -> None:
    """One coin has its own path with a list of one row, and pairs may have a slash."""
    for path in ("XMR", "XMR/USDT", "xmr-usdt", "XMR:kraken", "@neiro-first", "BTC"):
        response = client.get(f"/api/prices/{path}")
        assert response.status_code == 200, response.text
        assert len(held(PricesAnswer, response.json)["data"]) == 1
    same: Json = client.get("/api/prices/XMR?convert=EUR").json
    assert same["data"] == prices(client, "symbols=XMR&convert=EUR")["data"]
    assert failure(client, "/api/prices/NOPE", 400)["code"] == "INVALID_SYMBOL"


def test_an_outlier_does_not_move_the_price(client: FlaskClient, world: World) -> None:
    """An outlier is listed and marked, and two camps are a dispute."""
    world.stand_in.fault("gate", Fault("price", factor=1.5))
    row = only(prices(client, "symbols=XMR"))
    assert [source["provider"] for source in row["sources"] if source["outlier"]] == ["gate"]
    assert row["priceUsd"] == pytest.approx(world.dollars("monero"), rel=1e-3)

    world.advance(DAY)
    world.stand_in.heal()
    world.stand_in.fault("kucoin", Fault("price", factor=1.01))
    row = only(prices(client, "symbols=XMR"))
    assert [source["provider"] for source in row["sources"] if source["suspect"]] == ["kucoin"]
    assert row["verified"] is False


@pytest.mark.usefixtures("untraced")
def test_a_price_that_stands_still_while_others_move_is_suspect(world: World) -> None:
    """A price that stands still for an hour while others move is suspect, although it is plausible."""
    client = world.new_client(upstream_total_seconds=60.0)
    prices(client, "symbols=XMR")
    world.stand_in.fault("gate", Fault("standstill", at=world.refreshed.now))
    for _ in range(6):
        world.advance(720)
        answer = at_leisure(lambda: prices(client, "symbols=XMR"), lambda answer: not answer["meta"]["stale"])
    doubted = {it["provider"] for it in only(answer)["sources"] if it["suspect"] or it["outlier"]}

    assert doubted == {"gate"}
    assert only(answer)["verified"] is False


def test_operators_choose_the_exchanges(world: World) -> None:
    """`PROVIDERS_QUOTES` names those whose tickers are requested, and CoinGecko for its figures."""
    row = only(prices(world.new_client(providers_quotes=("kucoin", "gate")), "symbols=XMR"))

    assert providers(row) == {"kucoin", "gate"}
    assert row["marketCap"] is None


def test_a_venue_that_fails_is_named_and_missed_by_no_other_coin(client: FlaskClient, world: World) -> None:
    """A failed venue is named, and coins that only it trades keep their last price with its age."""
    before = only(prices(client, "symbols=STETH"))
    world.stand_in.fault("okx", Fault("status", status=500))
    world.advance(400)
    answer = renewed(client, "symbols=@neiro-first")
    assert answer["meta"]["providers"] == {"okx": "HTTP 500"}
    assert answer["meta"]["stale"] is False
    assert "okx" not in providers(only(answer))

    alone = prices(client, "symbols=STETH")
    assert providers(only(alone)) == providers(before) == {"okx"}
    assert only(alone)["price"] == pytest.approx(before["price"], rel=1e-3)  # by the rate of ETH now
    assert only(alone)["lastUpdate"] == before["lastUpdate"]
    assert alone["meta"]["stale"] is True
    assert alone["meta"]["ageSeconds"] == 400


def test_with_every_venue_down_there_are_old_prices_that_say_so(world: World) -> None:
    """If every venue fails, old prices are served with their age, and without them it is an error."""
    fresh, empty = world.new_client(), world.new_client()
    before = prices(fresh, "symbols=XMR")
    for venue in VENUES:
        world.stand_in.fault(venue, Fault("status", status=500))
    world.advance(3600)
    after = prices(fresh, "symbols=XMR")
    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 3600)

    error = failure(empty, "/api/prices?symbols=XMR", 503)
    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"] == dict.fromkeys(sorted(VENUES), "HTTP 500")
    row, missing = (
        prices(empty, "symbols=BTC,XMR")["data"],
        prices(empty, "symbols=BTC,XMR")["meta"]["missing"],
    )
    assert ([one["symbol"] for one in row], missing) == (["BTC"], ["XMR"])


def test_a_price_is_no_newer_than_the_rate_that_it_was_converted_with(world: World) -> None:
    """A converted price is as old as the venues' last tickers for its rate, also if its quotes are new."""
    client = world.new_client()
    before = {coin: only(prices(client, f"symbols={coin}&convert=EUR")) for coin in ("BTC", "XMR")}
    for venue in VENUES:
        world.stand_in.fault(venue, Fault("status", status=503))
    world.advance(400)
    after = prices(client, "symbols=BTC&convert=EUR")
    plain = only(prices(client, "symbols=BTC&convert=USD"))
    simple = held_by(
        client, f"{GECKO}/simple/price?ids=bitcoin&vs_currencies=eur,usd&include_last_updated_at=true"
    )
    page = held_by(client, f"{GECKO}/coins/bitcoin?tickers=false")
    several = held_by(client, "/compat/cryptocompare/data/price?fsym=BTC&tsyms=EUR,USD")

    unpinned = prices(client, "symbols=XMR&convert=EUR")

    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 400)
    assert (unpinned["meta"]["stale"], unpinned["meta"]["ageSeconds"]) == (True, 400)
    assert only(after)["lastUpdate"] <= before["BTC"]["lastUpdate"] < plain["lastUpdate"]
    assert only(unpinned)["lastUpdate"] == before["XMR"]["lastUpdate"]
    assert (simple["bitcoin"]["eur"], simple["bitcoin"]["usd"]) == (None, plain["price"])
    assert page["market_data"]["current_price"]["usd"] == plain["price"]
    assert several == {"USD": plain["price"]}


def test_old_tickers_are_no_markets(world: World) -> None:
    """Old tickers are left out of CoinGecko's list of markets, which has no field for their age."""
    client = world.new_client()
    path = f"{GECKO}/coins/monero/tickers"
    assert held_by(client, path)["tickers"]
    for venue in VENUES:
        world.stand_in.fault(venue, Fault("status", status=503))
    world.advance(400)

    answer = client.get(path)
    assert answer.status_code == 503 or not answer.json["tickers"]  # type: ignore[index]


def test_dollars_of_yesterday_are_old_dollars(world: World) -> None:
    """Where no venue with markets in dollars answers, a price in dollars is as old as their last rate."""
    client = world.new_client()
    before = prices(client, "symbols=BNB,@neiro-first&convert=USD")
    for venue in ("kraken", "binance", "okx", "bitstamp"):
        world.stand_in.fault(venue, Fault("status", status=503))
    world.advance(3600)
    after = renewed(client, "symbols=XMR&convert=USD")

    assert before["meta"]["stale"] is False
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 3600)
    assert only(after)["lastUpdate"] <= iso(world.refreshed.now - 3600)


def test_a_rate_of_one_venue_is_as_old_as_its_last_answer(world: World) -> None:
    """A price in a currency of one venue alone is as old as that venue's last answer."""
    client = world.new_client()
    coins = ("XMR", "BTC", "USDC")
    for coin in coins:
        prices(client, f"symbols={coin}&convert=TRY")
    old = iso(world.refreshed.now)
    world.stand_in.fault("binance", Fault("status", status=503))
    world.advance(400)
    after = {coin: renewed(client, f"symbols={coin}&convert=TRY") for coin in coins}

    assert {coin: only(answer)["lastUpdate"] for coin, answer in after.items()} == dict.fromkeys(coins, old)
    assert all(answer["meta"]["ageSeconds"] == 400 for answer in after.values())
    assert only(prices(client, "symbols=XMR"))["lastUpdate"] > old
    assert held_by(client, f"{GECKO}/simple/price?ids=bitcoin&vs_currencies=try,usd")["bitcoin"]["usd"] > 0


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("venue", ["binance", "kraken", "okx"])
def test_old_rates_of_one_venue_do_not_count_beside_new_ones(world: World, venue: str) -> None:
    """A venue that has failed for long makes no price old that others know, in either direction."""
    client = world.new_client()
    prices(client, "symbols=BTC&convert=EUR")
    world.stand_in.fault(venue, Fault("status", status=503))
    world.advance(400)
    after = {coin: renewed(client, f"symbols={coin}&convert=EUR") for coin in ("BTC", "USDC", "XMR")}

    oldest = iso(world.refreshed.now - 30)
    assert all(only(answer)["lastUpdate"] > oldest for answer in after.values())
    assert not any(answer["meta"]["stale"] for answer in after.values())


def test_a_code_that_is_undone_has_no_price_any_more(world: World) -> None:
    """A market counts only while its code is proved, and the next answer omits it."""
    client = world.new_client()
    assert "gate" in providers(only(prices(client, "symbols=XMR")))
    current = services_of(client.application).catalogue
    bindings = dict(current.state.identities.bindings)
    bindings["gate:XMR"] = structs.replace(bindings["gate:XMR"], state="refused")
    identities = replace(current.state.identities, bindings=bindings)
    current.replace(replace(current.state, identities=identities), never)
    world.advance(DAY)

    assert providers(only(prices(client, "symbols=XMR"))) == {"kraken", "kucoin"}


def test_a_code_that_is_not_proved_is_served_at_its_venue_alone(client: FlaskClient, world: World) -> None:
    """A code without proof is served at its own venue only, with low confidence."""
    market = next(it for it in world.markets("tentative") if world.volume(it) > 10_000)
    row = only(prices(client, f"symbols={market.listed.base}/USDT:{market.venue}"))

    assert row["confidence"] <= 0.3
    assert providers(row) == {market.venue}
    assert prices(client, f"symbols=@{market.base.id}")["data"] == []


def test_a_forming_candle_is_no_close_of_a_sparkline(world: World) -> None:
    """A candle that was forming when it was fetched is no close of a sparkline, even after its hour."""
    client = world.new_client()
    world.advance(3600 - world.refreshed.now % 3600 + 1200)
    ohlcv(client, "symbol=BTC&interval=1h&limit=100")
    world.advance(3000)

    assert only(prices(client, "symbols=BTC&sparkline=true"))["sparkline"] is None


def test_sparklines_come_from_candles_that_are_at_hand(client: FlaskClient, world: World) -> None:
    """Sparklines come from cached candles without a request, and otherwise are missing."""
    query = "interval=1h&limit=100&closedOnly=true"
    bitcoin, monero = (ohlcv(client, f"symbol={pair}&{query}")["data"] for pair in ("BTC", "XMR/USD"))
    world.stand_in.calls.forget()
    btc, eth = prices(client, "symbols=BTC,ETH&sparkline=true")["data"]
    xmr = only(prices(client, "symbols=XMR&convert=USD&sparkline=true"))

    assert btc["sparkline"] == [candle["close"] for candle in bitcoin[-24:]]
    assert xmr["sparkline"] == [candle["close"] for candle in monero[-24:]]
    assert eth["sparkline"] is None
    assert not [call for call in world.stand_in.calls if "candle" in call.path or "kline" in call.path]
    assert only(prices(client, "symbols=BTC&convert=EUR&sparkline=true"))["sparkline"] is None
    assert "sparkline" not in only(prices(client, "symbols=BTC"))


def test_the_currencies_of_the_document_are_those_that_are_served() -> None:
    """The document's currencies are those that the engine serves."""
    assert set(ACCEPTED) == set(CURRENCIES)


def test_names_with_something_to_say_about_them_say_it(client: FlaskClient) -> None:
    """A code of several coins names the meant one under `meta`."""
    catalogue = services_of(client.application).catalogue.catalogue
    code = next(code for code in catalogue.names.rivals if code in catalogue.names.coins)
    meta = prices(client, f"symbols={code}")["meta"]

    assert set(meta["resolved"][code]) == {"id", "name", "others"}
