"""`GET /api/prices` for a coin that providers lack, which is no failure."""

import pytest
from flask.testing import FlaskClient

from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.web.api.answers import failure, prices
from tests.engine.web.conftest import Make
from tests.everybody import QUOTES
from tests.upstreams import Fault, StandIn

LACKS = Fault("empty", coins=("SHIB", "PEPE"))
BROKEN = Fault("status", status=500)


@pytest.mark.parametrize("name", QUOTES)
@pytest.mark.parametrize("symbols", [["SHIB"], ["SHIB", "PEPE"]], ids=",".join)
def test_the_only_provider_lacks_the_coins(
    make: Make, stand_in: StandIn, name: str, symbols: list[str]
) -> None:
    """If the only provider lacks the coins, they are missing with status 200, and it stays healthy."""
    client = make(providers_quotes=(name,))
    stand_in.fault(name, LACKS)
    for _ in range(7):
        answer = prices(client, f"symbols={','.join(symbols)}")
        assert (answer["data"], answer["meta"]["missing"]) == ([], symbols)
        assert answer["meta"]["providers"] == {}

    market = services_of(client.application).market
    assert next(up for up in market.upstreams if up.name == name).circuit.open_state is None
    assert market.events(10) == []
    assert prices(client, "symbols=BTC")["data"][0]["symbol"] == "BTC"


@pytest.mark.parametrize("currency", ["USD", "USDT"])
def test_no_provider_has_the_coin(client: FlaskClient, stand_in: StandIn, currency: str) -> None:
    """A coin that no provider has is missing, and is served once it is listed again."""
    for name in QUOTES:
        stand_in.fault(name, LACKS)
    answer = prices(client, f"symbols=SHIB,BTC&convert={currency}")
    assert [row["symbol"] for row in answer["data"]] == ["BTC"]
    assert (answer["meta"]["missing"], answer["meta"]["providers"]) == (["SHIB"], {})
    assert prices(client, f"symbols=PEPE&convert={currency}")["meta"]["missing"] == ["PEPE"]


def test_the_coin_is_requested_again(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """A missing coin is requested again after the lifetime of prices, and not before."""
    client = make(providers_quotes=("binance",))
    stand_in.fault("binance", LACKS)
    prices(client, "symbols=SHIB")
    stand_in.heal()
    clock.advance(29)
    assert prices(client, "symbols=SHIB")["meta"]["missing"] == ["SHIB"]
    clock.advance(31)

    assert prices(client, "symbols=SHIB")["data"][0]["symbol"] == "SHIB"


def test_some_providers_lack_it_and_others_fail(make: Make, stand_in: StandIn) -> None:
    """A coin that some providers lack while others fail is missing, and the failed ones are listed."""
    client = make(providers_quotes=("binance", "kraken", "okx"))
    stand_in.fault("binance", LACKS)
    for name in ("kraken", "okx"):
        stand_in.fault(name, BROKEN)
    answer = prices(client, "symbols=SHIB")

    assert answer["meta"]["missing"] == ["SHIB"]
    assert answer["meta"]["providers"] == {"kraken": "HTTP 500", "okx": "HTTP 500"}


@pytest.mark.parametrize("name", ["binance", "gate", "coingecko"])
def test_a_stale_price_is_served_if_its_provider_fails(
    make: Make, stand_in: StandIn, clock: Clock, name: str
) -> None:
    """A stale price is served if its provider fails and the other one never had the coin."""
    client = make(providers_quotes=(name, "okx"))
    stand_in.fault(name, LACKS)
    before = prices(client, "symbols=SHIB")
    stand_in.fault("okx", BROKEN)
    clock.advance(100)
    after = prices(client, "symbols=SHIB")

    assert after["data"] == before["data"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 100)


@pytest.mark.parametrize(
    "patch",
    [{"lastPrice": "?"}, {"lastPrice": "0.00000000"}, {"closeTime": 1_500_000_000_000}, {"closeTime": None}],
    ids=["odd", "zero", "halted", "timeless"],
)
def test_a_lacking_coin_alone_is_no_failure(
    make: Make, stand_in: StandIn, clock: Clock, patch: dict[str, object]
) -> None:
    """A single lacking coin is missing, and repeated requests leave the venue's state unchanged."""
    client = make(providers_quotes=("binance",))
    stand_in.fault("binance", Fault("odd_row", body=patch, count=0))
    for _ in range(7):
        answer = prices(client, "symbols=SHIB")
        assert (answer["meta"]["missing"], answer["meta"]["providers"]) == (["SHIB"], {})
        clock.advance(100)
    stand_in.heal()

    assert prices(client, "symbols=BTC")["data"][0]["symbol"] == "BTC"


def test_a_coin_that_is_no_longer_listed_is_missing(make: Make, stand_in: StandIn, clock: Clock) -> None:
    """A coin that is no longer listed is missing: no provider failed, so its old price is not served."""
    client = make(providers_quotes=("binance", "okx"))
    assert prices(client, "symbols=SHIB")["data"]
    for name in ("binance", "okx"):
        stand_in.fault(name, LACKS)
    clock.advance(100)

    assert prices(client, "symbols=SHIB")["meta"]["missing"] == ["SHIB"]


@pytest.mark.parametrize("fault", [BROKEN, Fault("html"), Fault("reset")], ids=lambda fault: fault.kind)
def test_all_providers_failing_is_a_failure(make: Make, stand_in: StandIn, fault: Fault) -> None:
    """If all providers fail, the status is 503 with the reasons."""
    client = make(providers_quotes=("binance", "kraken"))
    for name in ("binance", "kraken"):
        stand_in.fault(name, fault)

    assert set(failure(client, "/api/prices?symbols=SHIB", 503)["details"]) == {"binance", "kraken"}


@pytest.mark.parametrize("name", QUOTES)
def test_an_answer_without_bitcoin_is_a_failure(make: Make, stand_in: StandIn, name: str) -> None:
    """An answer without bitcoin is a failure, because every provider has it."""
    client = make(providers_quotes=(name,))
    stand_in.fault(name, Fault("empty"))

    assert failure(client, "/api/prices?symbols=BTC", 503)["details"] == {name: "Bad data"}


def test_an_unknown_name_at_binance_affects_no_other_coin(make: Make, stand_in: StandIn) -> None:
    """Binance's error -1121 for one unknown coin leads to one request for all coins."""
    client = make(providers_quotes=("binance",))
    refuses = Fault("status", status=400, body={"code": -1121, "msg": "Invalid symbol."}, times=1)
    stand_in.fault("binance", LACKS)
    stand_in.fault("binance", refuses)
    assert prices(client, "symbols=SHIB")["meta"]["missing"] == ["SHIB"]
    stand_in.heal()
    stand_in.fault("binance", LACKS)
    stand_in.fault("binance", refuses)
    answer = prices(client, "symbols=PEPE,ETH")

    assert [row["symbol"] for row in answer["data"]] == ["ETH"]
    assert answer["meta"]["missing"] == ["PEPE"]


class TestDialects:
    """Tests of the compatible interfaces."""

    @pytest.fixture
    def client(self, make: Make, stand_in: StandIn) -> FlaskClient:
        """Return a client of an engine whose providers lack SHIB and PEPE."""
        for name in QUOTES:
            stand_in.fault(name, LACKS)
        return make()

    def test_binance(self, client: FlaskClient) -> None:
        """Binance's interface returns an error for a single coin without a price, and otherwise names it."""
        base = "/compat/binance/api/v3/ticker/price"
        alone = client.get(f"{base}?symbol=SHIBUSDT")
        assert alone.status_code == 503
        assert "SHIBUSDT" in alone.get_json()["msg"]
        several = client.get(f'{base}?symbols=["SHIBUSDT","BTCUSDT"]')
        assert [row["symbol"] for row in several.get_json()] == ["BTCUSDT"]
        assert several.headers["X-Data-Missing"] == "SHIBUSDT"

    def test_coingecko(self, client: FlaskClient) -> None:
        """CoinGecko's interface returns its error for a coin without a price, and null beside others."""
        base = "/compat/coingecko/api/v3"
        alone = client.get(f"{base}/simple/price?ids=shiba-inu&vs_currencies=usd")
        assert (alone.status_code, alone.get_json()["status"]["error_code"]) == (503, 503)
        several = client.get(f"{base}/simple/price?ids=shiba-inu,bitcoin&vs_currencies=usd").get_json()
        assert several["bitcoin"]["usd"] > 0
        assert several["shiba-inu"] == {"usd": None}
        markets = client.get(f"{base}/coins/markets?ids=shiba-inu&vs_currency=usd")
        assert (markets.status_code, len(markets.get_json()) <= 1) == (200, True)

    def test_udf(self, client: FlaskClient) -> None:
        """UDF resolves a pair without a price."""
        answer = client.get("/udf/symbols?symbol=SHIBUSDT")
        assert answer.status_code == 200
        assert answer.get_json()["name"] == "SHIBUSDT"
