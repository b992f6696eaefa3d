"""CryptoCompare's prices and lists, over a catalogue of all exchanges."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import create_app
from schemas.compat.cryptocompare import FlatHistoryAnswer, HistoryError
from tests.clock import Clock
from tests.documented import own_document
from tests.engine.web.api.answers import held
from tests.engine.web.catalogued import ask_venues
from tests.engine.web.conftest import settings_for
from tests.upstreams import StandIn

BASE = "/compat/cryptocompare/data"
NOW = 1_795_365_630


@pytest.fixture(scope="module")
def listed() -> Iterator[FlaskClient]:
    """Yield a client of one application for all tests, which knows the markets of all exchanges."""
    own_document()  # the limiter, which all applications share, keeps the settings of the last one
    with StandIn(clock=Clock()) as stand_in:
        settings = settings_for(stand_in) | {"enable_news": True}
        client = create_app(stand_in.market.clock, **settings).test_client()
        ask_venues(client)
        yield client


def get(client: FlaskClient, path: str) -> Any:
    """Return the content of an answer with status 200."""
    response = client.get(f"{BASE}/{path}")
    assert response.status_code == 200, response.text
    return response.get_json()


def refused(client: FlaskClient, path: str) -> str:
    """Return the message of a failure."""
    return str(held(HistoryError, get(client, path))["Message"])


def test_prices(listed: FlaskClient) -> None:
    """One price is a plain map, several are by coin, in any currency of prices."""
    one = get(listed, "price?fsym=btc&tsyms=USD,EUR,BTC")
    many = get(listed, "pricemulti?fsyms=BTC,ETH&tsyms=USD,BTC")

    assert list(one) == ["USD", "EUR", "BTC"]
    assert one["BTC"] == 1
    assert many["BTC"] == {"USD": one["USD"], "BTC": 1}
    assert many["ETH"]["USD"] == pytest.approx(many["ETH"]["BTC"] * one["USD"], rel=0.01)


@pytest.mark.parametrize("path", ["pricemulti", "pricemultifull"])
def test_unknown_codes_are_left_out(listed: FlaskClient, path: str) -> None:
    """As at CryptoCompare, unknown codes are left out beside known ones, and a header names them."""
    response = listed.get(f"{BASE}/{path}?fsyms=NOSUCH,BTC,USDC&tsyms=XYZ,USD,JPY")
    body = response.get_json()
    found = body["RAW"] if path == "pricemultifull" else body

    assert {code: list(row) for code, row in found.items()} == {"BTC": ["USD"], "USDC": ["USD"]}
    assert response.headers["X-Data-Missing"] == "NOSUCH, XYZ, BTC-JPY, USDC-JPY"
    assert list(get(listed, "price?fsym=BTC&tsyms=USD,XYZ")) == ["USD"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("pricemulti?fsyms=NOSUCH,NONE&tsyms=USD", "fsyms NOSUCH: unknown coin"),
        ("price?fsym=NOSUCH&tsyms=USD", "fsym NOSUCH: unknown coin"),
        ("price?fsym=BTC&tsyms=XYZ,ABC", "tsyms XYZ: not one of USDT, USD, EUR"),
        ("price?fsym=BTC&tsyms=", "tsyms names none"),
    ],
)
def test_where_nothing_is_known_that_is_an_error(listed: FlaskClient, path: str, message: str) -> None:
    """Unknown codes alone are an error, which names the parameter."""
    assert refused(listed, path).startswith(message)


def test_full_prices(listed: FlaskClient) -> None:
    """Full prices have the day of one exchange, as numbers and as texts for people."""
    body = get(listed, "pricemultifull?fsyms=BTC&tsyms=USDT")
    figures, texts = body["RAW"]["BTC"]["USDT"], body["DISPLAY"]["BTC"]["USDT"]

    assert figures["LOW24HOUR"] <= figures["PRICE"] <= figures["HIGH24HOUR"]
    assert figures["OPEN24HOUR"] + figures["CHANGE24HOUR"] == pytest.approx(figures["PRICE"])
    assert figures["VOLUME24HOURTO"] > figures["VOLUME24HOUR"] > 0
    assert figures["MKTCAP"] > 1e12
    assert figures["LASTMARKET"] == "Binance"
    assert texts["PRICE"] == f"USDT {figures['PRICE']:,.2f}"


def test_full_prices_in_another_coin(listed: FlaskClient) -> None:
    """The opening price and the change are in the currency of the price."""
    rows = get(listed, "pricemultifull?fsyms=BTC,ETH&tsyms=USD,BTC")["RAW"]
    in_dollars = rows["ETH"]["USD"]["OPEN24HOUR"] / rows["BTC"]["USD"]["OPEN24HOUR"]

    assert rows["ETH"]["BTC"]["OPEN24HOUR"] == pytest.approx(in_dollars, rel=0.001)
    assert rows["BTC"]["BTC"]["CHANGE24HOUR"] == 0


def test_a_past_price(listed: FlaskClient) -> None:
    """A past price is in dollars or tether, and other currencies alone are refused."""
    found = get(listed, f"pricehistorical?fsym=BTC&tsyms=USD,USDT&ts={NOW - 86_400}.75")

    some = listed.get(f"{BASE}/pricehistorical?fsym=BTC&tsyms=USD,EUR&ts={NOW - 86_400}")

    assert set(found["BTC"]) == {"USD", "USDT"}
    assert some.get_json() == {"BTC": {"USD": found["BTC"]["USD"]}}
    assert some.headers["X-Data-Missing"] == "EUR"
    assert "binance" in some.headers["X-Data-Source"]
    assert "tsyms" in refused(listed, f"pricehistorical?fsym=BTC&tsyms=EUR&ts={NOW - 86_400}")


def test_an_average_of_exchanges(listed: FlaskClient) -> None:
    """An average lies between the prices of its exchanges, and names those without the pair."""
    one, other = (
        get(listed, f"generateAvg?fsym=BTC&tsym=USDT&e={name}")["RAW"] for name in ("Binance", "okx")
    )
    response = listed.get(f"{BASE}/generateAvg?fsym=BTC&tsym=USDT&e=Binance,OKX,Nowhere")
    both = response.get_json()["RAW"]

    assert min(one["PRICE"], other["PRICE"]) <= both["PRICE"] <= max(one["PRICE"], other["PRICE"])
    assert both["VOLUME24HOUR"] == pytest.approx(one["VOLUME24HOUR"] + other["VOLUME24HOUR"])
    assert response.headers["X-Data-Missing"] == "nowhere"
    assert "none of nowhere" in refused(listed, "generateAvg?fsym=BTC&tsym=USDT&e=Nowhere")


def test_the_average_of_all_exchanges(listed: FlaskClient) -> None:
    """CCCAGG, CryptoCompare's name for all of its exchanges, means all of the engine's."""
    two = get(listed, "generateAvg?fsym=BTC&tsym=USDT&e=Binance,OKX")["RAW"]
    every = listed.get(f"{BASE}/generateAvg?fsym=BTC&tsym=USDT&e=CCCAGG")
    figures = every.get_json()["RAW"]

    assert figures["VOLUME24HOUR"] > two["VOLUME24HOUR"]
    assert figures["PRICE"] == pytest.approx(two["PRICE"], rel=0.02)
    assert "X-Data-Missing" not in every.headers


def test_lists(listed: FlaskClient) -> None:
    """All coins are under their codes, the largest ones have figures, and news have coins."""
    coins = get(listed, "all/coinlist")
    top = get(listed, "top/mktcapfull?limit=5&tsym=USD")
    news = get(listed, "v2/news/?lang=EN")["Data"]

    assert coins["Response"] == "Success"
    assert coins["Data"]["BTC"]["FullName"] == "Bitcoin (BTC)"
    assert len(coins["Data"]) > 30
    assert list(get(listed, "all/coinlist?fsym=ETH")["Data"]) == ["ETH"]
    assert listed.get("/compat/cryptocompare/api/data/coinlist/").get_json() == coins
    assert [row["CoinInfo"]["Name"] for row in top["Data"]][:2] == ["BTC", "ETH"]
    assert top["Data"][0]["RAW"]["USD"]["MKTCAP"] > 0
    sources = listed.get(f"{BASE}/top/mktcapfull?limit=5&tsym=USD").headers["X-Data-Source"].split(", ")
    assert {row["RAW"]["USD"]["LASTMARKET"].lower() for row in top["Data"]} <= set(sources)
    assert news[0]["published_on"] >= news[-1]["published_on"]
    assert all("BTC" in story["categories"] for story in get(listed, "v2/news/?categories=BTC")["Data"])


@pytest.mark.parametrize(
    ("page", "aggregate", "minutes"), [("histominute", 7, 7), ("histohour", 9, 540), ("histoday", 2, 2880)]
)
def test_every_aggregate_is_made_exactly(
    listed: FlaskClient, page: str, aggregate: int, minutes: int
) -> None:
    """Any number of units makes a candle of its parts, at multiples of its length."""
    rows = get(listed, f"v2/{page}?fsym=BTC&tsym=USDT&limit=9&aggregate={aggregate}")["Data"]["Data"]
    parts = get(listed, f"v2/{page}?fsym=BTC&tsym=USDT&limit={10 * aggregate}")["Data"]["Data"]
    first = rows[-2]["time"]
    inside = [part for part in parts if first <= part["time"] < first + minutes * 60]

    assert len(rows) == 10
    assert all(row["time"] % (minutes * 60) == 0 for row in rows)
    assert len(inside) == aggregate
    assert rows[-2]["high"] == max(part["high"] for part in inside)
    assert rows[-2]["close"] == inside[-1]["close"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("histohour?limit=1500", 1000),
        ("histohour?limit=999", 0),
        ("histominute?limit=900&aggregate=29", 173),
        ("histoday?limit=2000&aggregate=30", 0),
    ],
)
def test_an_answer_that_is_cut_says_so(listed: FlaskClient, query: str, count: int) -> None:
    """Where there are more rows than one answer has, it warns; not where these are all that there are."""
    body = get(listed, f"v2/{query}&fsym=BTC&tsym=USDT")

    assert body["HasWarning"] == (count > 0)
    assert body["Message"] == (f"limit: these are the newest {count} rows only" if count else "")


def test_candles_in_other_currencies(listed: FlaskClient) -> None:
    """Candles are in any currency that has a market, and others are refused."""
    rows = get(listed, "v2/histohour?fsym=ETH&tsym=BTC&limit=5")["Data"]["Data"]

    assert len(rows) == 6
    assert rows[-1]["close"] == pytest.approx(0.04, rel=0.3)


@pytest.mark.parametrize("page", ["histominute", "histohour", "histoday"])
def test_the_first_format_has_rows_as_its_data(listed: FlaskClient, page: str) -> None:
    """Under `/data` without a version an answer has the same rows in its own `Data`."""
    first = held(FlatHistoryAnswer, get(listed, f"{page}?fsym=BTC&tsym=USD&limit=5"))
    second = get(listed, f"v2/{page}?fsym=BTC&tsym=USD&limit=5")["Data"]

    assert first["Data"] == second["Data"]
    assert (first["TimeFrom"], first["TimeTo"]) == (second["TimeFrom"], second["TimeTo"])
    assert listed.get(f"/compat/cryptocompare/{page}?fsym=BTC&tsym=USD&limit=5").get_json()["Data"] == second
    assert "unknown coin" in refused(listed, f"{page}?fsym=NOSUCHCOIN&tsym=USD")


def test_all_data_are_all_or_say_so(listed: FlaskClient) -> None:
    """All data begin with the first candle that there is."""
    body = get(listed, "v2/histoday?fsym=BTC&tsym=USDT&allData=true")
    rows = body["Data"]["Data"]

    assert (body["HasWarning"], body["Message"]) == (False, "")
    assert len(rows) > 4000
    assert {later["time"] - sooner["time"] for sooner, later in pairwise(rows)} == {86_400}


@pytest.mark.parametrize("page", ["histominute", "histohour", "histoday", "v2/histoday"])
@pytest.mark.parametrize("code", ["LUNC", "luna", "BSV", "USDC", "EUR"])
def test_candles_of_every_listed_coin(listed: FlaskClient, page: str, code: str) -> None:
    """Every coin of `all/coinlist` that has a market has candles, not only those that are always served."""
    body = get(listed, f"{page}?fsym={code}&tsym=USD&limit=3")
    rows = body["Data"]["Data"] if page.startswith("v2") else body["Data"]

    assert code.upper() in get(listed, "all/coinlist")["Data"]
    assert len(rows) == 4
    assert rows[-1]["close"] == pytest.approx(get(listed, f"price?fsym={code}&tsyms=USD")["USD"], rel=0.1)


def test_a_code_names_a_coin_and_no_pair(listed: FlaskClient) -> None:
    """A code is that of a coin: a pair is unknown, and a code of several coins leads to their ids."""
    for code in ("BTCUSDT", "ETH/BTC", "btc-usd", "NOSUCH"):
        assert f"{code.upper()}: unknown coin" in refused(listed, f"histohour?fsym={code}&tsym=USD")
        assert f"{code.upper()}: unknown coin" in refused(listed, f"price?fsym={code}&tsyms=USD")
    message = refused(listed, "histohour?fsym=NEIRO&tsym=USD")
    assert message == "fsym NEIRO: ambiguous; write @neiro-first or @neiro-eth"
    assert len(get(listed, "histohour?fsym=@neiro-first&tsym=USD&limit=3")["Data"]) == 4


def test_a_pair_without_a_market_is_refused_as_by_cryptocompare(listed: FlaskClient) -> None:
    """A pair that is traded nowhere has CryptoCompare's error, which names parameters of the request."""
    error = held(HistoryError, get(listed, "histohour?fsym=ETH&tsym=JPY"))

    assert error["Message"] == "CCCAGG market does not exist for this coin pair (ETH-JPY)"
    assert (error["Type"], error["ParamWithError"]) == (2, "fsym")


def test_a_former_unit_is_served_for_its_time(listed: FlaskClient) -> None:
    """A former name is served for times before the change, and refused after it where the unit is another."""
    path = "histoday?tsym=USD&limit=3&toTs=1640000000"

    assert get(listed, f"{path}&fsym=LUNA") == get(listed, f"{path}&fsym=LUNC")
    assert refused(listed, "histoday?fsym=GAL&tsym=USD") == "fsym GAL: renamed to G, in another unit"
    assert refused(listed, "price?fsym=GAL&tsyms=USD") == "fsym GAL: renamed to G, in another unit"
