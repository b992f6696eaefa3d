"""One source among several fails unexpectedly."""

import re
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient

from engine.upstream import Upstream
from engine.web.services import services_of
from providers import Provider
from tests.counted import number, read
from tests.engine.web.api.answers import Json, news, ohlcv, overview, prices, sentiment
from tests.engine.web.api.test_news import all_providers
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn

WORDS = "https://api.example.com/v1?api_key=SECRET"


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """Return a client with all features enabled."""
    return make(enable_news=True)


def upstreams(client: FlaskClient) -> dict[str, Upstream[Provider]]:
    """Return every provider by its name."""
    market = services_of(client.application).market
    return {upstream.name: upstream for upstream in market.upstreams}


def break_down(client: FlaskClient, name: str) -> None:
    """Let a provider raise an error that is no `ProviderError` for each reply."""

    def raises(headers: Mapping[str, str]) -> None:
        raise RuntimeError(WORDS)

    upstreams(client)[name].provider.observe = raises


def failed(answer: Json) -> Mapping[str, str]:
    """Return the failures as clients read them."""
    meta: Mapping[str, str] = answer["meta"].get("failed", answer["meta"].get("providers"))
    return meta


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("kraken", lambda client: prices(client, "symbols=BTC")),
        ("coinpaprika", overview),
        ("coinmarketcap", overview),
        ("alternative_me", sentiment),
        ("rss", sentiment),
    ],
    ids=["prices", "totals", "listings", "index", "stories"],
)
def test_the_others_serve(
    client: FlaskClient, name: str, ask: Callable[[FlaskClient], Json], caplog: pytest.LogCaptureFixture
) -> None:
    """An unforeseen error is its source's failure: counted, reported as bad data, and logged without URL."""
    break_down(client, name)
    answer = ask(client)

    reasons = {reason for source, reason in failed(answer).items() if source.startswith(_shown(name))}
    assert reasons == {"Bad data"}
    assert answer["data"]
    numbers = read(client.get("/metrics").text)
    assert (number(numbers, "engine_provider_calls_total", provider=name, outcome="Unforeseen") or 0) >= 1
    assert upstreams(client)[name].statistics.outcomes["Bad data"] >= 1
    traces = [record for record in caplog.records if record.exc_info]
    assert {record.getMessage().partition(" of ")[0] for record in traces} == {"unforeseen failure"}
    assert "Traceback" in caplog.text
    assert not re.search("SECRET|example.com", caplog.text)


def test_candles_come_from_the_next_one(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """After an unforeseen error candles come from the next provider, and the attempt is listed."""
    break_down(client, "binance")
    answer = ohlcv(client, "symbol=BTC")

    assert answer["source"] == "kraken"
    assert [each["outcome"] for each in answer["meta"]["attempts"]] == ["Bad data", "ok"]
    assert len([record for record in caplog.records if record.exc_info]) == 1


def test_five_in_a_row_open_its_circuit(client: FlaskClient) -> None:
    """Five unforeseen errors in a row open the circuit, as other failures do."""
    break_down(client, "binance")
    for coin in ("BTC", "ETH", "SOL", "XRP", "ADA"):
        assert ohlcv(client, f"symbol={coin}")["source"] == "kraken"

    assert upstreams(client)["binance"].state == "offline"
    assert upstreams(client)["binance"].circuit.open_state is not None


def test_news_come_from_the_others(make: Make, stand_in: StandIn) -> None:
    """Each source and each feed of news fails independently."""
    client = make(enable_news=True, providers=all_providers(stand_in))
    break_down(client, "newsapi")
    answer = news(client)

    assert answer["data"]
    assert answer["meta"]["failed"] == {"newsapi": "Bad data"}


def _shown(name: str) -> str:
    return {"alternative_me": "alternative.me"}.get(name, name)


@pytest.mark.parametrize(
    ("name", "body"),
    [("kraken", {"error": ["E" + "x" * 500_000]}), ("okx", {"code": "5" * 500_000, "data": []})],
)
def test_a_provider_that_says_much(
    make: Make, stand_in: StandIn, caplog: pytest.LogCaptureFixture, name: str, body: object
) -> None:
    """A failure is logged and kept in short form, however long the provider's error is."""
    client = make(providers_quotes=(name, "binance"))
    stand_in.fault(name, Fault("status", status=200, body=body))

    assert prices(client, "symbols=BTC")["meta"]["providers"] == {name: "Bad data"}
    market = services_of(client.application).market
    assert 0 < max(len(str(event)) for event in market.events(10)) < 500
    assert max(len(record.getMessage()) for record in caplog.records) < 500
