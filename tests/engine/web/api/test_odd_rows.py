"""One invalid row of a provider is omitted, and clients get all others."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.config import ProviderSettings
from tests.engine.web.api.answers import news, ohlcv, overview, prices, sentiment
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

HUGE = "9" * 400
KEYED = ("cryptopanic", "newsapi", "cryptocompare", "coincap")
NO_TEXT: list[Any] = [None, 5, ""]
HOUR = 3_600_000


@pytest.fixture
def client(make: Make, stand_in: StandIn) -> FlaskClient:
    """Return a client with news enabled and a key for every provider."""
    urls = {name.removesuffix("_BASE_URL").lower(): url for name, url in stand_in.base_urls().items()}
    providers = {
        name: ProviderSettings(base_url=url, api_key="key" if name in KEYED else None)
        for name, url in urls.items()
    }
    return make(enable_news=True, providers=providers)


def spoil(stand_in: StandIn, provider: str, patch: object, row: int = 3, path: str = "") -> None:
    """Make one row of a provider's answers invalid."""
    stand_in.fault(provider, Fault("odd_row", body=patch, count=row, path=path))


def only(stand_in: StandIn, well: str) -> None:
    """Let every source of news fail, except one."""
    for name in {"cryptopanic", "newsapi", "rss"} - {well}:
        stand_in.fault(name, Fault("status", status=500))


@pytest.mark.parametrize("odd", NO_TEXT)
@pytest.mark.parametrize("field", ["title", "instruments", "original_url", "source", "published_at"])
def test_a_post_of_cryptopanic(client: FlaskClient, stand_in: StandIn, field: str, odd: object) -> None:
    """An invalid post of CryptoPanic is omitted, and fields that small plans lack may be missing."""
    only(stand_in, "cryptopanic")
    nested = {"instruments": [{"code": odd}], "source": {"title": odd, "domain": None}}
    spoil(stand_in, "cryptopanic", {field: nested.get(field, odd)})
    answer = news(client, "limit=100")

    may_be_missing = field in ("original_url", "source", "published_at") and odd != 5
    assert len(answer["data"]) == (20 if may_be_missing else 19)
    assert "cryptopanic" not in answer["meta"]["failed"]
    assert sentiment(client)["data"]["news"]["total"] == len(answer["data"])


@pytest.mark.parametrize("odd", NO_TEXT)
@pytest.mark.parametrize("field", ["title", "url", "publishedAt"])
def test_an_article_of_newsapi(client: FlaskClient, stand_in: StandIn, field: str, odd: object) -> None:
    """An invalid article is omitted, and NewsAPI is called once for all others."""
    only(stand_in, "newsapi")
    spoil(stand_in, "newsapi", {field: odd})

    for query in ("limit=100", "limit=99"):
        assert len(news(client, query)["data"]) == 99
    assert stand_in.calls.count("newsapi") == 1


@pytest.mark.parametrize("odd", NO_TEXT)
@pytest.mark.parametrize("field", ["name", "symbol"])
def test_a_listing(client: FlaskClient, stand_in: StandIn, field: str, odd: object) -> None:
    """An invalid coin of a list is omitted, and every interface has the others."""
    spoil(stand_in, "coinmarketcap", {field: odd}, path="listings")
    spoil(stand_in, "coingecko", {field: odd}, path="markets")
    spoil(stand_in, "coingecko", {"item": {field: odd}}, path="trending")
    answer = overview(client)

    assert answer["meta"]["failed"] == {}
    assert len(answer["data"]["trending"]) == 6
    assert answer["data"]["topGainers"]
    for path in ("/api/trending", "/api/crypto/market-overview", "/compat/coingecko/api/v3/global"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("odd", [*NO_TEXT, [None], ["https://img.example/1.png", 5]])
@pytest.mark.parametrize("field", ["id", "name", "top_3_coins"])
def test_a_category(client: FlaskClient, stand_in: StandIn, field: str, odd: object) -> None:
    """If the only category is invalid, its provider has failed."""
    spoil(stand_in, "coingecko", {field: odd}, path="categories")
    may_be_missing = field == "top_3_coins" and odd is None

    assert client.get("/api/categories").status_code == (200 if may_be_missing else 503)


def test_totals_of_zero(client: FlaskClient, stand_in: StandIn) -> None:
    """A total of 0 is unknown."""
    stand_in.fault("coingecko", Fault("empty", path="global"))
    for name in ("coinmarketcap", "coinpaprika", "coinlore"):
        stand_in.fault(name, Fault("status", status=500, path="global"))
    answer = overview(client)

    assert answer["meta"]["failed"]["coingecko"] == "Bad data"
    for name in ("totalMarketCap", "totalVolume24h", "activeCoins", "btcDominance"):
        assert answer["data"][name] is None


@pytest.mark.parametrize("word", ["<b>Greed</b>", "Panic", None, 7])
def test_the_class_of_the_index(client: FlaskClient, stand_in: StandIn, word: object) -> None:
    """The class of the index is one of five, and follows from the value if the provider sends another."""
    spoil(stand_in, "alternative_me", {"value": "61", "value_classification": word}, row=0)

    index = sentiment(client)["data"]["fearGreed"]
    assert (index["value"], index["classification"]) == (61, "Greed")


@pytest.mark.parametrize(
    "patch",
    [
        {"timestamp": HUGE},
        {"timestamp": "4102444800"},
        {"timestamp": "-1"},
        {"value": "101"},
        {"value": "50.5"},
        {"value": None},
    ],
)
def test_a_day_of_the_index(client: FlaskClient, stand_in: StandIn, patch: object) -> None:
    """If the index's newest day is invalid, the day before is served without a call to another provider."""
    spoil(stand_in, "alternative_me", patch, row=0)
    answer = sentiment(client, "days=3")

    assert answer["meta"]["sources"][0] == "alternative.me"
    assert len(answer["data"]["fearGreed"]["history"]) == 3
    assert answer["meta"]["failed"] == {}


ODD_QUOTES: dict[str, list[dict[str, object]]] = {
    "binance": [{"closeTime": HUGE}, {"lastPrice": "?"}, {"symbol": None}, {"closeTime": ""}],
    "kraken": [{"c": []}, {"c": ["1,234", "1"]}, {"c": "80000"}, {"c": [None]}],
    "bybit": [{"lastPrice": ""}, {"lastPrice": "NaN"}, {"symbol": 7}],
    "okx": [{"ts": HUGE}, {"ts": ""}, {"last": None}, {"last": "-1"}],
    "kucoin": [{"last": "Infinity"}, {"last": []}, {"symbol": {}}],
    "gate": [{"last": "0"}, {"last": True}],
    "coingecko": [{"last_updated": None}, {"current_price": "1,234"}, {"market_cap_rank": 0}],
    "coinmarketcap": [{"quote": None}, {"quote": [{"symbol": "USD"}]}, {"cmc_rank": "first"}],
    "coinpaprika": [{"last_updated": 5}, {"rank": None}, {"quotes": {"USD": {"volume_24h": -5}}}],
    "coinlore": [{"price_usd": ""}, {"rank": "?"}, {"market_cap_usd": "0"}],
    "coincap": [{"priceUsd": "?"}, {"rank": None}, {"volumeUsd24Hr": "-5"}],
    "cryptocompare": [{"USD": {"PRICE": None}}, {"USD": {"LASTUPDATE": HUGE}}, {"USD": {"FROMSYMBOL": "X"}}],
}


@pytest.mark.parametrize("provider", ODD_QUOTES)
def test_quotes(client: FlaskClient, stand_in: StandIn, provider: str) -> None:
    """Invalid fields of some coins affect no other coin, and no figure is derived from them."""
    for place, patch in enumerate(ODD_QUOTES[provider]):
        spoil(stand_in, provider, patch, row=3 + 2 * place)
    answer = prices(client)
    rows = [row for row in answer["data"] if provider in {it["provider"] for it in row["sources"]}]

    assert answer["meta"]["providers"] == {}
    assert len(answer["data"]) == 30
    assert 30 - len(ODD_QUOTES[provider]) <= len(rows) <= 30
    assert not any(source["outlier"] for row in answer["data"] for source in row["sources"])
    assert all(row["rank"] and row["volume24h"] > 0 and row["marketCap"] > 0 for row in answer["data"])


ODD_TIMES = {
    "binance": "closeTime",
    "okx": "ts",
    "coingecko": "last_updated",
    "coinpaprika": "last_updated",
}


@pytest.mark.parametrize("provider", ["binance", "okx", "coingecko", "coinpaprika", "coinmarketcap"])
def test_times_of_the_only_provider(make: Make, stand_in: StandIn, provider: str) -> None:
    """A coin with an impossible time is omitted, without an internal error."""
    odd: list[object] = [HUGE, "", None, "NaN", -1, 1.5, 10**18]
    for place, time in enumerate(odd):
        patch = {ODD_TIMES.get(provider, ""): time}
        if provider == "coinmarketcap":
            patch = {"quote": {"0": {"last_updated": time}}}
        spoil(stand_in, provider, patch, row=3 + 2 * place)
    convert = "USDT" if provider in ("binance", "okx") else "USD"
    answer = prices(make(providers_quotes=(provider,)), f"convert={convert}")

    # Some of the rows are of coins or markets that are not listed.
    assert 3 <= len(answer["meta"]["missing"]) <= len(odd)
    assert len(answer["data"]) == 30 - len(answer["meta"]["missing"])


def test_zeros_are_unknown(client: FlaskClient, stand_in: StandIn) -> None:
    """A capitalisation or volume of 0 is unknown, and null if all providers send 0."""
    zeros = {
        "coingecko": {"market_cap": 0, "total_volume": 0},
        "coinpaprika": {"quotes": {"USD": {"market_cap": 0, "volume_24h": 0}}},
        "coinlore": {"market_cap_usd": "0.00", "volume24": 0},
        "coincap": {"marketCapUsd": "0", "volumeUsd24Hr": "0.0"},
        "cryptocompare": {"USD": {"MKTCAP": 0}},
    }
    for name, patch in zeros.items():
        spoil(stand_in, name, patch, row=0)
    stand_in.fault("coinmarketcap", Fault("status", status=500))
    row, other = prices(client, "symbols=BTC,ETH")["data"]

    assert (row["marketCap"], row["volume24h"]) == (None, None)
    assert other["marketCap"] > 0
    query = "ids=bitcoin&vs_currencies=usd&include_market_cap=true&include_24hr_vol=true"
    figures = client.get(f"/compat/coingecko/api/v3/simple/price?{query}").get_json()["bitcoin"]
    assert (figures["usd_market_cap"], figures["usd_24h_vol"]) == (None, None)


def test_candles(client: FlaskClient, stand_in: StandIn) -> None:
    """An invalid newest candle fails over, and an older one is a gap that another provider fills."""
    spoil(stand_in, "binance", {"4": None}, row=20)
    assert ohlcv(client, "symbol=BTC&interval=1h&limit=60")["source"] == "kraken"

    end = stand_in.market.now_ms // HOUR * HOUR - 2000 * HOUR
    answer = ohlcv(client, f"symbol=BTC&interval=1h&limit=60&startTime={end - 59 * HOUR}&endTime={end}")
    assert (answer["source"], answer["count"]) == ("binance", 60)
    (filled,) = answer["meta"]["filled"]
    assert filled["timestamp"] == end - 39 * HOUR


@pytest.mark.parametrize("provider", ["kraken", "bybit"])
def test_candles_of_another_market(client: FlaskClient, stand_in: StandIn, provider: str) -> None:
    """An answer with another market's name is not served."""
    newest = stand_in.market.now_ms // HOUR * HOUR
    times = [newest - ago * HOUR for ago in range(99, -1, -1)]
    rows = [[time // 1000, "1", "1", "1", "1", "1", "1", 1] for time in times]
    answers: dict[str, object] = {
        "kraken": {"error": [], "result": {"ADAUSD": rows, "last": rows[-2][0]}},
        "bybit": {
            "retCode": 0,
            "result": {
                "symbol": "ADAUSDT",
                "category": "spot",
                "list": [[str(time), "1", "1", "1", "1", "1", "1"] for time in reversed(times)],
            },
            "time": stand_in.market.now_ms,
        },
    }
    for name in {"binance", "kraken", "bybit"} - {provider}:
        stand_in.fault(name, Fault("status", status=500))
    stand_in.fault(provider, Fault("status", status=200, body=answers[provider]))
    answer = ohlcv(client, "symbol=BTC&interval=1h&limit=60")

    assert answer["source"] not in ("binance", "kraken", "bybit")
    assert {"provider": provider, "outcome": "Bad data"}.items() <= next(
        attempt for attempt in answer["meta"]["attempts"] if attempt["provider"] == provider
    ).items()
