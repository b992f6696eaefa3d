"""`GET /api/ohlcv` for any market, over venues that know what each code means."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from engine.catalogue.pacing import never
from engine.catalogue.rows import TradedMarket
from engine.catalogue.state import State
from engine.web.services import services_of
from schemas import OhlcvAnswer
from tests.engine.web.api.answers import Json, failure, held
from tests.engine.web.api.test_traded_prices import World

CLOSE = 0.04
"""How far a venue's candle may be from the price of its coin."""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """Return an engine after a day of observed prices."""
    world = World()
    yield world
    world.stand_in.stop()


@pytest.fixture(autouse=True)
def _anew(made: World) -> None:
    """Use an engine of its own for each test: quotas are switched off by the engine that was made last."""
    made.client = made.new_client()


def candles(made: World, symbol: str, more: str = "") -> Json:
    """Return the answer for the newest hours of a pair."""
    response = made.client.get("/api/ohlcv", query_string=f"symbol={symbol}&limit=50{more}")
    assert response.status_code == 200, response.text
    return held(OhlcvAnswer, response.json)


def worth(made: World, answer: Json) -> float:
    """Return the last close of an answer in dollars."""
    quote = answer["meta"]["quote"]
    rate = 1.0 if quote in ("USD", "USDT") else made.dollars(quote)
    return float(answer["data"][-1]["close"]) * rate


def listed(made: World) -> list[TradedMarket]:
    """Return the markets that trade of coins that an aggregator has, at exchanges with candles."""
    catalogue = services_of(made.client.application).catalogue.catalogue
    truths = {coin.id for coin in made.stand_in.world.coins}
    return [it for it in catalogue.markets if it.trading and it.base.coingecko in truths]


def test_no_coin_gets_the_candles_of_another(made: World) -> None:
    """Every proved coin has candles at its own price, whatever its code means elsewhere."""
    plain = ("usd", "usdt")
    coins = {it.base.id: it.base for it in listed(made) if it.served and it.quote.id in plain}

    assert len(coins) > 30
    for coin in coins.values():
        answer = candles(made, f"@{coin.id}")
        assert worth(made, answer) == pytest.approx(made.dollars(coin.coingecko), rel=CLOSE), coin


def test_every_market_is_asked_under_its_own_name(made: World) -> None:
    """A name with its exchange has the candles of this market, in the quote of the market."""
    markets = [it for it in listed(made) if it.served][:: len(listed(made)) // 20]

    for it in markets:
        answer = candles(made, f"@{it.base.id}/{it.quote.code}:{it.venue}")
        assert (answer["source"], answer["meta"]["quote"]) == (it.venue, it.quote.code), it
        assert worth(made, answer) == pytest.approx(made.dollars(it.base.coingecko), rel=CLOSE), it


@pytest.mark.parametrize(
    ("symbol", "quote", "dollars"),
    [
        ("ETH/BTC", "BTC", "ETH"),
        ("btc-eur", "EUR", "BTC"),
        ("SOLUSDC", "USDC", "SOL"),
        ("DOGE/BTC", "BTC", "DOGE"),
    ],
)
def test_known_coins_in_other_quotes(made: World, symbol: str, quote: str, dollars: str) -> None:
    """The candles are in the quote that was asked for, and the answer writes it with a slash."""
    answer = candles(made, symbol)

    assert answer["symbol"] == f"{dollars}/{quote}"
    assert answer["meta"]["quote"] == quote
    assert worth(made, answer) == pytest.approx(made.dollars(dollars), rel=CLOSE)


def test_a_code_of_several_coins_says_which_one_is_served(made: World) -> None:
    """The coin that was proved first keeps the code. The others are served by their exchange or their id."""
    first = candles(made, "ZEDA")
    other = candles(made, "ZEDA:bybit")
    resolved = first["meta"]["resolved"]["ZEDA"]

    assert resolved["name"] == "Zeda Games"
    assert worth(made, first) == pytest.approx(made.dollars("zeda-games"), rel=CLOSE)
    assert worth(made, other) == pytest.approx(made.dollars("zeda-finance"), rel=CLOSE)
    assert "resolved" not in other["meta"]
    assert candles(made, f"@{resolved['id']}")["data"] == first["data"]


def test_a_coin_that_was_exchanged_is_served_as_it_was(made: World) -> None:
    """One GAL became sixty G: the old name has candles before that day, and where the old market stayed."""
    error = failure(made.client, "/api/ohlcv?symbol=GAL", 400)
    early = candles(made, "GAL", "&endTime=2024-07-01")
    kept, new = candles(made, "GAL/USD:kraken"), candles(made, "G")

    assert error["code"] == "RENAMED_SYMBOL"
    assert error["details"]["GAL"] == {"now": "G", "ratio": 60, "since": "2024-07-19"}
    assert early["meta"]["renamed"] == kept["meta"]["renamed"] == {"GAL": error["details"]["GAL"]}
    assert worth(made, kept) == pytest.approx(60 * worth(made, new), rel=CLOSE)


@pytest.mark.parametrize(
    ("symbol", "coin"),
    [("LUNA/USD:kraken", "terra-luna"), ("ZEDA:bybit", "zeda-finance"), ("LUNC", "terra-luna")],
)
def test_every_page_is_of_the_same_coin(made: World, symbol: str, coin: str) -> None:
    """A code with its exchange leads to pages of the coin that it means there."""
    start = int(made.refreshed.now) - 10 * 86_400
    first = candles(made, symbol, f"&startTime={start}")
    second = made.client.get(first["meta"]["next"])

    assert second.status_code == 200, second.text
    answer = held(OhlcvAnswer, second.json)
    assert answer["source"] == first["source"]
    dollars = made.stand_in.world.dollars(coin, answer["data"][-1]["timestamp"] + 3_600_000)
    assert answer["data"][-1]["close"] == pytest.approx(dollars, rel=CLOSE)


def test_a_coin_has_no_candles_from_before_it_took_its_code(made: World) -> None:
    """A coin has no candles from before it took its code: LUNA until 28 May 2022 is another coin."""
    answer = candles(made, "LUNA", "&interval=1d&endTime=2022-07-01")
    earlier = made.client.get(answer["meta"]["next"]).get_json()

    assert answer["count"] == 35
    assert answer["data"][0]["timestamp"] == 1_653_696_000_000
    assert (earlier["count"], "next" in earlier["meta"]) == (0, False)
    assert candles(made, "LUNA/USDT:binance", "&endTime=2022-05-01")["count"] == 0


def test_a_pair_that_no_exchange_lists_is_invalid(made: World) -> None:
    """A pair that no exchange lists is an invalid symbol, and the details have other pairs of its coin."""
    error = failure(made.client, "/api/ohlcv?symbol=DOGE/TRY", 400)

    assert error["code"] == "INVALID_SYMBOL"
    assert "DOGE/USDT" in error["details"]["DOGE/TRY"]["didYouMean"]


def test_the_price_of_any_coin_at_a_past_minute(made: World) -> None:
    """A coin that is proved has the closes of the venues that trade it, and a venue can be named."""
    time = int(made.refreshed.now) - 7200
    response = made.client.get(f"/api/prices/at?symbols=ZEDA,ZEDA:bybit,BTC&time={time}")
    first, other, bitcoin = response.get_json()["data"]

    assert first["price"] == pytest.approx(made.dollars("zeda-games"), rel=CLOSE)
    assert other["price"] == pytest.approx(made.dollars("zeda-finance"), rel=CLOSE)
    assert [source["provider"] for source in other["sources"]] == ["bybit"]
    assert len(bitcoin["sources"]) >= 3


def test_jobs_and_files_of_any_market(made: World, tmp_path: Path) -> None:
    """A job fills a coin's series that is not pinned, after a restart once its market is known again."""
    (tmp_path / "keys").write_text(f"mine:free:{sha256(b'mine').hexdigest()}\n")
    settings = {
        "history_enabled": True,
        "data_dir": f"{tmp_path}",
        "api_keys_file": f"{tmp_path / 'keys'}",
    }
    client, key = made.new_client(**settings), {"X-API-Key": "mine"}
    end = int(made.refreshed.now) - 86_400
    part = {"interval": "1h", "startTime": end - 5 * 86_400, "endTime": end}
    refused, other, accepted = (
        client.post("/api/history/jobs", json={"symbol": symbol, **part}, headers=key).get_json()
        for symbol in ("BTC:kraken", "ZEDA/JPY", "ZEDA")
    )
    services = services_of(client.application)
    known = services.catalogue.state
    services.catalogue.replace(State(), never)  # as after a start
    services.backfilling.look()
    before = services.backfilling.tick()
    services.catalogue.replace(known, never)
    services.backfilling.look()
    services.backfilling.tick()
    job = client.get(f"/api/history/jobs/{accepted['id']}", headers=key).get_json()
    file = client.get("/api/export?symbol=ZEDA&interval=1h")
    listed = client.get("/api/history", headers=key).get_json()["data"]
    services.archive.stop()

    assert (refused["error"]["code"], other["error"]["code"]) == ("INVALID_PARAMETER", "INVALID_SYMBOL")
    assert (before, job["state"], job["candles"]) == (0, "done", 120)
    assert file.data.count(b"\r\n") == 121
    assert [row["symbol"] for row in listed] == ["ZEDA/USDT"]
