"""CoinGecko's released Python client against the real server, with another base URL only."""

from itertools import pairwise

import pytest
from pycoingecko import CoinGeckoAPI

from providers import ASSETS
from tests.running import Engine

DAY = 86_400_000


@pytest.fixture
def gecko(engine: Engine) -> CoinGeckoAPI:
    """Return the client, with the one line that a user changes."""
    gecko = CoinGeckoAPI()
    gecko.api_base_url = f"{engine.url}/compat/coingecko/api/v3/"
    return gecko


def test_prices(gecko: CoinGeckoAPI) -> None:
    """The client gets prices with lists and flags as it sends them."""
    price = gecko.get_price(
        ids=["bitcoin", "ethereum"],
        vs_currencies=["usd", "xdr"],
        include_market_cap=True,
        include_24hr_vol=True,
        include_24hr_change=True,
        include_last_updated_at=True,
        precision=2,
    )

    assert list(price) == ["bitcoin", "ethereum"]
    assert set(price["bitcoin"]) == {
        "usd",
        "usd_market_cap",
        "usd_24h_vol",
        "usd_24h_change",
        "last_updated_at",
    }
    assert price["bitcoin"]["usd"] > price["ethereum"]["usd"] > 0


def test_markets(gecko: CoinGeckoAPI) -> None:
    """The client reads each page of markets."""
    first = gecko.get_coins_markets("usd", per_page=20, page=1, price_change_percentage="1h,7d")
    second = gecko.get_coins_markets("usd", per_page=20, page=2, sparkline=False)

    assert len({row["id"] for row in first + second}) == len(ASSETS)
    assert first[0]["id"] == "bitcoin"
    assert isinstance(first[0]["price_change_percentage_7d_in_currency"], float)


@pytest.mark.parametrize(("days", "size"), [(1, DAY // 48), (7, DAY // 6), (90, 4 * DAY), ("max", 4 * DAY)])
def test_candles(gecko: CoinGeckoAPI, days: int | str, size: int) -> None:
    """Candles have CoinGecko's intervals."""
    rows = gecko.get_coin_ohlc_by_id("bitcoin", "usd", days)

    assert {later[0] - sooner[0] for sooner, later in pairwise(rows)} == {size}
    assert all(low <= min(start, end) <= max(start, end) <= high for _, start, high, low, end in rows)


def test_other_calls(gecko: CoinGeckoAPI) -> None:
    """The client's other served calls work."""
    assert gecko.ping() == {"gecko_says": "(V3) To the Moon!"}
    assert {coin["id"] for coin in gecko.get_coins_list()} >= {"bitcoin", "polygon-ecosystem-token"}
    assert {"usd", "usdt", "eur"} <= set(gecko.get_supported_vs_currencies())
    assert gecko.get_global()["total_market_cap"]["usd"] > 1e12


def test_charts_and_coins(gecko: CoinGeckoAPI) -> None:
    """The client reads charts, a coin, its history, and the search."""
    chart = gecko.get_coin_market_chart_by_id("bitcoin", "usd", 1)
    now = chart["prices"][-1][0] // 1000

    assert len(chart["prices"]) >= 288
    assert gecko.get_coin_market_chart_range_by_id("bitcoin", "usd", now - 7200, now)["prices"]
    assert gecko.get_coin_by_id("bitcoin")["market_data"]["current_price"]["usd"] > 0
    assert gecko.get_coin_history_by_id("bitcoin", "30-12-2024")["market_data"]["current_price"]["usd"] > 0
    assert gecko.search("bitcoin")["coins"][0]["id"] == "bitcoin"
    assert gecko.get_search_trending()["coins"]


def test_errors(gecko: CoinGeckoAPI) -> None:
    """The client reads the bodies of errors."""
    with pytest.raises(ValueError, match="coin not found"):
        gecko.get_coin_ohlc_by_id("no-such-coin", "usd", 7)
    with pytest.raises(ValueError, match="invalid vs_currency"):
        gecko.get_coins_markets("xdr")
