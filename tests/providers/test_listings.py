"""Lists of markets and coins: their cost, their requests, their length and their unusual rows."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson
import pytest
import responses

from providers import (
    BadData,
    CoinLister,
    Http,
    MarketLister,
    Provider,
    discover,
)
from providers._listed import MAX_LISTED
from providers.binance import Binance
from providers.coingecko import CoinGecko
from providers.coinlore import CoinLore
from providers.gate import Gate
from providers.kraken import Kraken
from tests.everybody import COINS, MARKETS
from tests.providers.payloads import NOW, payloads_of
from tests.providers.test_contract import ANYWHERE, sent

T = TypeVar("T")
WEIGHTS = {"binance": 20, "kraken": 2, "kucoin": 4, "coingecko": 5, "coinlore": 10}
"""What the calls for a list take of a rate limit, where it is more than 1."""


class Aside:
    """A runner that counts its calls."""

    def __init__(self) -> None:
        self.works = 0

    def __call__(self, work: Callable[[], T], /) -> T:
        """Run the work in this thread."""
        self.works += 1
        return work()


def listed(kind: type[Provider], body: object, **more: Any) -> Any:
    """Return the listing that a provider reads when every address answers with `body`."""
    one = kind(Http(), key="secret", clock=lambda: NOW, **more)
    with responses.RequestsMock() as wire:
        wire.get(ANYWHERE, body=sent(body))
        return one.listing() if isinstance(one, MarketLister) else one.coins()  # type: ignore[attr-defined]


def asked(kind: type[Provider], answers: Mapping[str, object]) -> list[str]:
    """Return the addresses that a provider requests for its listing, where each path has its own body."""

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, orjson.dumps(answers[request.path_url.partition("?")[0]])

    one = kind(Http(), clock=lambda: NOW)
    with responses.RequestsMock() as wire:
        wire.add_callback("GET", ANYWHERE, callback=answer)
        assert one.listing() if isinstance(one, MarketLister) else one.coins()  # type: ignore[attr-defined]
        return [str(call.request.path_url) for call in wire.calls]


def rows(count: int, **more: object) -> list[dict[str, object]]:
    """Return `count` coins that differ only in their ids."""
    return [{"id": f"coin-{n}", "symbol": "x", "name": "X", **more} for n in range(count)]


def test_what_lists_cost() -> None:
    """Each listing takes a known number of calls from a rate limit, and a test names every higher cost."""
    kinds = discover()
    weights = {kind.name: kind.listing_weight for kind in kinds if issubclass(kind, MarketLister)}
    weights |= {kind.name: kind.coins_weight for kind in kinds if issubclass(kind, CoinLister)}

    assert weights == dict.fromkeys((*MARKETS, *COINS), 1) | WEIGHTS


def test_kraken_is_asked_for_assets_and_pairs() -> None:
    """Kraken's listing needs the list of assets too, because a pair names its assets by their keys."""
    pair = {"altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT", "quote": "ZUSD"}

    assert asked(
        Kraken,
        {
            "/0/public/Assets": {"error": [], "result": {"XXBT": {"altname": "XBT"}}},
            "/0/public/AssetPairs": {"error": [], "result": {"XXBTZUSD": pair}},
        },
    ) == ["/0/public/Assets?assetVersion=1", "/0/public/AssetPairs?assetVersion=1"]


def test_coingecko_is_asked_for_ranks() -> None:
    """CoinGecko's ranks come from four pages of its list of markets."""
    found = asked(
        CoinGecko, {"/api/v3/coins/list": rows(5), "/api/v3/coins/markets": rows(3, market_cap_rank=1)}
    )

    page = "/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=250&page="
    assert found == [
        "/api/v3/coins/list?include_platform=true",
        *(f"{page}{number}" for number in range(1, 5)),
    ]


@pytest.mark.parametrize(("length", "pages"), [(99, 1), (100, 10)])
def test_coinlore_is_asked_page_by_page(length: int, pages: int) -> None:
    """CoinLore's pages are requested until one is not full, and at most ten times."""
    found = asked(CoinLore, {"/api/tickers/": {"data": rows(length)}})

    assert found == [f"/api/tickers/?start={100 * page}&limit=100" for page in range(pages)]


def test_a_coin_is_listed_once() -> None:
    """A coin that two pages contain is listed once, because ranks change between the requests."""
    assert len(listed(CoinLore, {"data": rows(100)})) == 100


@pytest.mark.parametrize(("count", "good"), [(18_000, True), (MAX_LISTED + 1, False)])
def test_long_lists(count: int, good: bool) -> None:
    """CoinGecko's list of coins is longer than any other list, and has a limit too."""
    short = [{"id": f"{n}", "symbol": "x", "name": "X", "market_cap_rank": None} for n in range(count)]
    ranks = {"/api/v3/coins/list": short, "/api/v3/coins/markets": short[:3]}
    if good:
        assert len(asked(CoinGecko, ranks)) == 5
    else:
        with pytest.raises(BadData):
            asked(CoinGecko, ranks)


def test_a_rank_that_is_none_costs_no_coin() -> None:
    """An invalid rank is unknown, and its coin stays in the list."""
    coins = listed(CoinGecko, [*rows(2, market_cap_rank=7), *rows(1, market_cap_rank="?"), None, 5])

    assert [(coin.id, coin.rank) for coin in coins] == [("coin-0", None), ("coin-1", 7)]


@pytest.mark.parametrize("kind", [kind for kind in discover() if kind.name in (*MARKETS, *COINS)])
def test_rows_are_read_aside(kind: type[Provider]) -> None:
    """The runner parses every listing, however short, because its rows take longer than a request may."""
    known, runner = payloads_of(kind), Aside()
    given = (*known.listing, *known.coins)[0]

    assert listed(kind, given.body, runner=runner) == given.gives
    assert runner.works == 1


@pytest.mark.parametrize("kind", [Binance, Gate, CoinGecko])
@pytest.mark.parametrize("odd", [[], None, [None], [{}, {}], {"symbols": []}, {"symbols": [{"symbol": 5}]}])
def test_nothing_that_can_be_read_is_bad_data(kind: type[Provider], odd: object) -> None:
    """A listing without one readable row is bad data."""
    with pytest.raises(BadData):
        listed(kind, odd)


@pytest.mark.parametrize(
    ("key", "named", "assets", "code"),
    [
        ("XXBT", "XBT/USD", {"XXBT": {"altname": "XBT"}}, "BTC"),
        ("BTC", "BTC/USD", {"BTC": {"altname": "BTC"}}, "BTC"),
        ("XXDG", "XDG/USD", {}, "DOGE"),
        ("XTZ", "XTZ/USD", {"XTZ": {"altname": "XTZ"}}, "XTZ"),
        ("XCN", "XCN/USD", {}, "XCN"),
        ("XREP", "REP/USD", {"XREP": {"altname": "REP"}}, "REP"),
        ("XETH", None, {"XETH": {"altname": "ETH"}}, "ETH"),
    ],
)
def test_assets_of_kraken(key: str, named: str | None, assets: object, code: str) -> None:
    """Kraken's key is looked up in its assets, and otherwise the market's own name gives the code."""
    pair = {"altname": "ABCUSD", "wsname": named, "base": key, "quote": "ZUSD"}
    result = {"ABCUSD": pair, "ZUSD": {"altname": "USD"}, **(assets if isinstance(assets, dict) else {})}

    [market] = listed(Kraken, {"error": [], "result": result})

    assert (market.base, market.quote, market.native) == (code, "USD", "ABCUSD")


def test_an_asset_without_a_name_is_left_out() -> None:
    """Kraken's assets without a name are omitted, because a key may be a spelling that only Kraken uses."""
    pair = {"altname": "XXBTZUSD", "base": "XXBT", "quote": "ZUSD"}
    with pytest.raises(BadData):
        listed(Kraken, {"error": [], "result": {"XXBTZUSD": pair}})


def test_every_list_has_a_bound_of_bytes() -> None:
    """Each provider's size limit is above its longest recorded list grown by half."""
    longest = {
        "binance": 1_860_000,
        "kraken": 1_600_000,
        "okx": 1_242_095,
        "gate": 1_088_500,
        "kucoin": 679_831,
        "coinbase": 347_163,
        "coingecko": 2_600_000,
    }
    bounds = {kind.name: kind.max_bytes for kind in discover()}

    assert all(bounds[name] > 1.5 * size for name, size in longest.items())
