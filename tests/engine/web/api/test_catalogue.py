"""`GET /api/symbols` and `/api/markets` list every known coin and market in pages, without guesses."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.catalogue.identity import Candidate
from engine.catalogue.listings import Listing, Market
from engine.catalogue.looks import look, volumes
from engine.web.services import services_of
from providers import ASSETS, Ticker
from schemas import ListedCoinsAnswer, MarketsAnswer
from tests.clock import Clock
from tests.engine.web.api.answers import held
from tests.engine.web.catalogued import give_catalogue
from tests.engine.web.conftest import Make

INVENTED = tuple(f"NEW{number}" for number in range(60))


@pytest.fixture
def client(make: Make, clock: Clock) -> FlaskClient:
    """Return a client of an engine that has requested two venues three times."""
    client = make()
    current = services_of(client.application).catalogue
    state = current.state.with_candidates(
        "coingecko", tuple(Candidate("coingecko", it.lower(), it, f"{it} Chain", 900) for it in INVENTED)
    )
    venues = {venue: listing(venue, clock()) for venue in ("gate", "kraken")}
    for one in venues.values():
        state = state.with_listing(one, current.facts)
    state, _ = state.bound(current.facts, clock(), lambda: None)
    for number in range(3):
        tickers = {venue: list(map(ticker, one.markets)) for venue, one in venues.items()}
        seen = look(clock() + 30 * number, venues, tickers)
        state, _ = state.observed(seen, volumes(venues, tickers), lambda: None)
    current.replace(state, lambda: None)
    return client


def listing(venue: str, time: float) -> Listing:
    """Return the pinned coins and sixty others against USDT, bitcoin in euros, and USDT in dollars."""
    codes = (*(asset.code for asset in ASSETS), *INVENTED)
    markets = [
        Market(venue, it, "USDT", f"{it}_USDT", tick=0.01, name=f"{it} Chain" if it in INVENTED else None)
        for it in codes
    ]
    others = [Market(venue, "USDT", "USD", "USDT_USD"), Market(venue, "BTC", "EUR", "BTC_EUR", since=10**12)]
    return Listing.of(venue, time, [*markets, *others, Market(venue, "EUR", "USD", "EUR_USD")])


def ticker(market: Market) -> Ticker:
    """Return a ticker with a different price for each coin."""
    fixed = {"USDT": 1.0, "EUR": 1.14}
    price = fixed.get(market.base, 10.0 + 7.3 * len(market.base) * (sum(map(ord, market.base)) % 97))
    return Ticker(market.native, price / (1.14 if market.quote == "EUR" else 1.0), 500_000.0)


def symbols(client: FlaskClient, query: str) -> dict[str, Any]:
    """Return the coins of the catalogue."""
    answer: dict[str, Any] = held(ListedCoinsAnswer, client.get(f"/api/symbols?{query}").get_json())
    return answer


def markets(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """Return the markets of the catalogue."""
    answer: dict[str, Any] = held(MarketsAnswer, client.get(f"/api/markets?{query}").get_json())
    return answer


def test_without_parameters_the_short_list_stays(client: FlaskClient) -> None:
    """Without parameters, `/api/symbols` is the short list of the pinned coins."""
    assert set(client.get("/api/symbols").get_json()["data"]) == {"coins", "intervals", "limits"}


def test_a_pinned_coin_has_the_rank_of_the_catalogue_before_any_price(
    client: FlaskClient, clock: Clock
) -> None:
    """The short list and the rows of the whole catalogue say the same."""
    current = services_of(client.application).catalogue
    state = current.state.with_candidates(
        "coingecko", (Candidate("coingecko", "ethereum", "ETH", "Ethereum", 2),)
    )
    state, _ = state.bound(current.facts, clock(), lambda: None)
    current.replace(state, lambda: None)
    short = {row["symbol"]: row["rank"] for row in client.get("/api/symbols").get_json()["data"]["coins"]}
    (row, *_) = symbols(client, "q=ethereum")["data"]

    assert (row["symbol"], row["rank"], short["ETH"], short["BTC"]) == ("ETH", 2, 2, None)


def test_a_part_of_a_name_finds_a_coin(client: FlaskClient) -> None:
    """A search lists exact codes first, finds former names, and each row has its state."""
    assert symbols(client, "q=btc")["data"][0]["id"] == "btc"
    assert symbols(client, "q=gram")["data"][0]["id"] == "ton"
    (row,) = symbols(client, "q=new7 chain")["data"]

    assert (row["symbol"], row["state"], row["venues"], row["rank"]) == ("NEW7", "proved", 2, 900)


def test_pages_have_all_coins_once(client: FlaskClient) -> None:
    """A cursor is the last row, so that pages contain every coin once."""
    page, found = symbols(client, "limit=40"), []
    while True:
        found += [row["id"] for row in page["data"]]
        if page["meta"]["next"] is None:
            break
        page = symbols(client, f"limit=40&cursor={page['meta']['next']}")

    assert len(found) == len(set(found)) >= len(ASSETS) + len(INVENTED)


def test_markets_have_the_names_of_their_venues(client: FlaskClient) -> None:
    """Markets are sorted by base, quote and venue, and have the venue's names and steps."""
    (row,) = markets(client, "base=bitcoin&quote=EUR&venue=kraken")["data"]

    assert row == {
        "symbol": "BTC/EUR",
        "base": "BTC",
        "quote": "EUR",
        "venue": "kraken",
        "native": "BTC_EUR",
        "since": "2001-09-09T01:46:40Z",
        "tickSize": None,
        "stepSize": None,
        "volume24hUsd": pytest.approx(570_000.0),
        "state": "pinned",
    }
    assert {it["venue"] for it in markets(client, "base=NEW3")["data"]} == {"gate", "kraken"}


def test_every_market_is_found_by_its_base(client: FlaskClient) -> None:
    """A code that means several coins, or none yet, finds the markets of all that are called by it."""
    give_catalogue(client)
    rows = markets(client, "limit=500")["data"]

    for base in ("NEIRO", "FOO", "BTC3L", "LUNA", "tslax"):
        found = markets(client, f"base={base}&limit=500")["data"]
        assert found == [it for it in rows if it["base"] == base.upper()], base
        assert found, base


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/symbols?kind=fruit", "kind"),
        ("/api/symbols?limit=501", "limit"),
        ("/api/markets?venue=nowhere", "venue"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, path: str, name: str) -> None:
    """An invalid parameter is named in the common format."""
    response = client.get(path)

    assert response.status_code == 400
    assert list(response.get_json()["error"]["details"]) == [name]


@pytest.mark.parametrize("path", ["/api/symbols?cursor=nonsense", "/api/markets?cursor=%00"])
def test_a_cursor_of_no_page_is_not_found(client: FlaskClient, path: str) -> None:
    """An unknown cursor is 404, unlike other invalid parameters: no schema can say which ones there are."""
    assert client.get(path).status_code == 404


def test_an_unknown_coin_has_no_market(client: FlaskClient) -> None:
    """A filter with an unknown coin gives an empty list."""
    assert markets(client, "base=NOTHING")["data"] == []


def test_health_tells_the_size(client: FlaskClient) -> None:
    """Health has the size of the catalogue and the age of its oldest listing."""
    size = client.get("/api/health").get_json()["catalogue"]

    assert size["markets"] == 2 * (len(ASSETS) + len(INVENTED) + 3)
    assert size["refused"] == {}


def test_the_index_lists_every_path(client: FlaskClient) -> None:
    """The index lists every path and links the documentation."""
    index = client.get("/api").get_json()

    assert {"/api/ohlcv", "/api/markets"} <= set(index["data"])
    assert client.get(index["documentation"]).status_code == 200
