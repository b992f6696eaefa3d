"""`GET /api/symbols` and `GET /api/providers`."""

from flask.testing import FlaskClient

from providers import ASSETS, INTERVALS, discover
from schemas import ProviderRow, SymbolsAnswer
from tests.engine.web.api.answers import Json, held, ohlcv, prices
from tests.engine.web.conftest import Make
from tests.everybody import INDICES, NEWS, TOTALS
from tests.upstreams import Fault, StandIn


def providers(client: FlaskClient) -> dict[str, Json]:
    """Return every row of `/api/providers` by name."""
    rows = held(ProviderRow, client.get("/api/providers").json, many=True)
    return {row["name"]: row for row in rows}


def test_symbols_and_intervals_are_listed(client: FlaskClient, stand_in: StandIn) -> None:
    """`/api/symbols` has every coin with its names, the intervals and limits, without a provider."""
    data = held(SymbolsAnswer, client.get("/api/symbols").json)["data"]
    coins = {coin["symbol"]: coin for coin in data["coins"]}

    assert len(coins) == len(ASSETS) >= 30
    assert coins["BTC"]["aliases"] == ["XBT"]
    assert coins["MATIC"]["aliases"] == ["POL"]
    assert coins["TON"]["aliases"] == ["GRAM"]
    assert coins["ETH"] == {"symbol": "ETH", "name": "Ethereum", "rank": None, "aliases": []}
    assert data["intervals"] == list(INTERVALS)
    assert data["limits"] == {"minimum": 50, "maximum": 1000, "default": 100}
    assert stand_in.calls.count() == 0


def test_ranks_are_those_of_a_provider(client: FlaskClient) -> None:
    """Ranks come from a provider and are unknown before its first answer."""
    prices(client, "symbols=BTC")

    coins = client.get("/api/symbols").get_json()["data"]["coins"]
    assert [coin["rank"] for coin in coins[:2]] == [1, None]


def test_providers_are_a_bare_array(client: FlaskClient) -> None:
    """`/api/providers` is a bare array in the providers' order, with their abilities and limits."""
    rows = providers(client)

    assert list(rows) == [kind.name for kind in discover()]
    assert rows["binance"] == {
        "name": "binance",
        "enabled": True,
        "priority": 1,
        "status": "degraded",
        "state": "unknown",
        "capabilities": ["candles", "quotes", "markets"],
        "latencyMs": None,
        "lastFailure": None,
        "rate_limit": {"requests": 6000, "period": 60},
    }


def test_a_provider_without_its_key_is_disabled(make: Make) -> None:
    """A provider without its key, or one that is not selected for anything, is disabled."""
    rows = providers(make(providers_candles=("binance",), providers_quotes=("binance",)))

    used = {name for name, row in rows.items() if row["status"] != "disabled"}
    elsewhere = {*INDICES, *NEWS, *TOTALS}

    assert used == {"binance"} | elsewhere
    assert rows["coincap"]["enabled"] is rows["cryptopanic"]["enabled"] is rows["kraken"]["enabled"] is False


def test_a_provider_of_news_only_is_disabled_without_news(make: Make) -> None:
    """Without news, providers of news or the index only are disabled, and those of the overview are not."""
    rows = providers(make(enable_sentiment=False))

    assert rows["rss"]["status"] == rows["alternative_me"]["status"] == "disabled"
    assert rows["coinpaprika"]["status"] != "disabled"
    assert providers(make(enable_sentiment=False, enable_news=True))["rss"]["status"] != "disabled"
    assert rows["coingecko"]["capabilities"][2:] == [
        *("overview", "listings", "trending", "categories", "coins"),
    ]


def test_a_provider_s_last_failure_is_served(client: FlaskClient, stand_in: StandIn) -> None:
    """A provider's last failure is served with its reason and time."""
    stand_in.fault("binance", Fault("status", status=451))
    stand_in.fault("kraken", Fault("html"))
    ohlcv(client, "symbol=BTC")
    rows = providers(client)

    assert (rows["binance"]["status"], rows["binance"]["state"]) == ("down", "blocked")
    assert rows["binance"]["lastFailure"] == {"time": "2026-11-22T16:40:30Z", "reason": "Region blocked"}
    assert (rows["kraken"]["status"], rows["kraken"]["state"]) == ("down", "offline")
    assert rows["kraken"]["lastFailure"]["reason"] == "Bad data"
    assert (rows["bybit"]["status"], rows["bybit"]["state"]) == ("healthy", "online")
    assert rows["bybit"]["latencyMs"] is not None
