"""Recorded listings of markets and coins, row by row, with each venue's peculiarities.

The recordings are outside of the checkout. Without them, these tests are skipped.
"""

import json
import re
from typing import Any

import pytest
import responses

from providers import BadData, Candidate, Http, Market, discover
from tests.recorded import LISTINGS

if not LISTINGS.is_dir():
    pytest.skip("no recordings beside the checkout", allow_module_level=True)

BY_NAME = {provider.name: provider for provider in discover()}
FOLDERS = {"coinbase": "coinbase_exchange"}
JUNE_2026 = 1_781_000_000.0
DECEMBER_2026 = 1_796_000_000.0
FILES = {
    "binance": "exchangeInfo_2020-11",
    "kraken": "assetpairs_tricky_2021-04",
    "bybit": "instruments_spot_docs_2026-07",
    "okx": "instruments_SPOT_2026-06",
    "coinbase": "products_2026-06",
    "kucoin": "symbols_2026-06",
    "gate": "currency_pairs_2026-06",
    "bitstamp": "trading_pairs_info_gct",
    "coingecko": "coins_list_tricky_2025-08",
    "coinpaprika": "coins_list_quoted_2025",
}


def recorded(name: str, file: str) -> Any:
    """Return the body of a recorded response."""
    return json.loads((LISTINGS / FOLDERS.get(name, name) / f"{file}.json").read_text())["body"]


def read(name: str, file: str | None = None, now: float = DECEMBER_2026) -> Any:
    """Return the listing that a provider reads from a recorded response. Kraken's has only three assets."""
    one: Any = BY_NAME[name](Http(), clock=lambda: now)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        if name == "kraken":
            wire.get(re.compile(".*/Assets"), json=recorded(name, "assets_jkorf"))
        wire.get(re.compile(".*"), json=recorded(name, file or FILES[name]))
        return one.coins() if name.startswith("coin") and name != "coinbase" else one.listing()


def markets(name: str, now: float = DECEMBER_2026) -> dict[str, Market]:
    """Return the markets of a recorded listing by their native names."""
    return {market.native: market for market in read(name, now=now)}


def coins(name: str) -> dict[str, Candidate]:
    """Return the coins of a recorded listing by their ids."""
    return {coin.id: coin for coin in read(name)}


def sent(name: str) -> int:
    """Return the number of rows in a recorded listing."""
    body = recorded(name, FILES[name])
    if isinstance(body, list):
        return len(body)
    rows = body.get("symbols", body.get("data", body.get("result")))
    return len(rows.get("list", rows) if isinstance(rows, dict) else rows)


@pytest.mark.parametrize("name", FILES)
def test_no_row_is_lost(name: str) -> None:
    """Every recorded row is read, except Kraken's dark pool."""
    assert len(read(name)) == sent(name) - (name == "kraken")


@pytest.mark.parametrize(
    "name", [name for name in FILES if not name.startswith("coin") or name == "coinbase"]
)
def test_every_row_makes_sense(name: str) -> None:
    """A native name contains both codes unless the coin was renamed, and every market has its steps."""
    for market in read(name):
        assert market.venue == name
        assert (market.tick or 0) > 0
        assert (market.step or 0) > 0
        assert market.since is None or 1_300_000_000_000 < market.since < 1_900_000_000_000
        folded = re.sub(r"[-_/]", "", market.native).upper()
        if name == "kraken":
            folded = folded.replace("XBT", "BTC").replace("XDG", "DOGE")
        renamed = name == "kucoin" and market.base in ("BSV", "WAXP", "GALA", "币安人生")
        assert renamed or folded == (market.base + market.quote).upper()


def test_binance() -> None:
    """Binance keeps markets that no longer trade in its list, and leveraged tokens are not spot markets."""
    found = markets("binance")

    assert found["BTCUSDT"] == Market("binance", "BTC", "USDT", "BTCUSDT", tick=0.01, step=1e-06)
    assert {name for name, market in found.items() if market.state != "trading"} == {
        *("BCCBTC", "BCHABCUSDT", "LENDUSDT", "ERDUSDT", "USDSUSDT"),
        *("BTCUPUSDT", "BTCDOWNUSDT"),
    }
    assert (found["USDTTRY"].base, found["USDTTRY"].quote) == ("USDT", "TRY")


def test_kraken() -> None:
    """Kraken's keys become the common codes: XBT is BTC, XDG is DOGE, and REP and REPV2 differ."""
    found = markets("kraken")

    assert found["XBTUSD"] == Market("kraken", "BTC", "USD", "XBTUSD", tick=0.1, step=1e-08)
    assert (found["XDGXBT"].base, found["XDGXBT"].quote) == ("DOGE", "BTC")
    assert (found["ETHXBT"].base, found["XLMUSD"].base, found["DOTETH"].quote) == ("ETH", "XLM", "ETH")
    assert (found["EURUSD"].base, found["GBPUSD"].base) == ("EUR", "GBP")
    assert {market.base for market in found.values() if "REP" in market.base} == {"REP", "REPV2"}
    assert "XBTUSD.d" not in found


def test_bybit() -> None:
    """Bybit's documented example is read, and a response of its first API version is bad data."""
    assert read("bybit") == [Market("bybit", "BTC", "USDT", "BTCUSDT", tick=0.1, step=1e-06)]
    with pytest.raises(BadData):
        read("bybit", "instruments_spot_jkorf")


def test_okx() -> None:
    """OKX lists markets before they open, and gives the time of each listing."""
    found = markets("okx")

    assert found["BTC-USD"] == Market("okx", "BTC", "USD", "BTC-USD", "trading", 1733454000000, 0.1, 1e-08)
    assert [name for name, market in found.items() if market.state != "trading"] == ["USDG-SGD"]
    assert found["USDG-SGD"].state == "upcoming"


def test_coinbase() -> None:
    """Coinbase keeps delisted products in its list, and markets of stablecoins are ordinary markets."""
    found = markets("coinbase")

    ended = {"BTC-USDC", "DAI-USD", "WLUNA-USD", "GAL-USDT", "MTL-USD"}
    assert {name for name, market in found.items() if market.state == "ended"} == ended
    assert all(market.state == "trading" for name, market in found.items() if name not in ended)
    assert found["TON-USD"].base == "TON"


def test_kucoin() -> None:
    """KuCoin's symbols keep the codes from before a rename, and codes keep KuCoin's capitals."""
    found = markets("kucoin")

    assert {name: market.base for name, market in found.items() if name.split("-")[0] != market.base} == {
        "BCHSV-USDT": "BSV",
        "WAX-USDT": "WAXP",
        "GALAX-USDT": "GALA",
        "BNRENSHENG-USDT": "币安人生",
        "WAXL-USDT": "wAXL",
        "KACE-USDT": "kACE",
        "KALT-USDT": "kALT",
        "USDE-USDT": "USDe",
    }
    assert found["LUNA-USDT"].since == 1653735600000
    assert all(market.state == "trading" for market in found.values())


def test_gate() -> None:
    """Gate's names distinguish coins that share a code, and it announces when a market ends."""
    before, after = markets("gate", JUNE_2026), markets("gate")
    idle = {"XAR_USDT", "USDT_USD", "TIMECHRONO_USDT"}

    assert (before["MAPO_USDT"].state, after["MAPO_USDT"].state) == ("trading", "ended")
    assert {name for name, market in after.items() if market.state == "halted"} == idle
    assert {code: after[f"{code}_USDT"].name for code in ("BTG", "ELON", "BIFI", "NEIRO", "LUNA")} == {
        "BTG": "Openverse Network",
        "ELON": "Echelon",
        "BIFI": "BitcoinFile",
        "NEIRO": "First Neiro on Ethereum",
        "LUNA": "Terra",
    }
    assert after["TSLAX_USDT"].name == "Tesla xStock"
    assert after["币安人生3S_USDT"].base == "币安人生3S"


def test_bitstamp() -> None:
    """Bitstamp's description names the coin, and a disabled market does not trade."""
    found = markets("bitstamp")

    assert found["btceur"] == Market(
        "bitstamp", "BTC", "EUR", "btceur", "trading", None, 0.01, 1e-08, "Bitcoin"
    )
    assert [name for name, market in found.items() if market.state != "trading"] == ["eth2eth"]


def test_coingecko() -> None:
    """CoinGecko lists several coins under one code, and an id may contain another coin's name."""
    found = coins("coingecko")

    assert {coin.id for coin in found.values() if coin.code == "TON"} == {
        "the-open-network",
        "tokamak-network",
    }
    assert {coin.id for coin in found.values() if coin.code == "FRAX"} == {"frax", "frax-share"}
    assert (found["starknet"].code, found["strike"].code, found["stepn"].code) == ("STRK", "STRIKE", "GMT")
    assert all(coin.rank is None for coin in found.values())


def test_coinpaprika() -> None:
    """CoinPaprika's ids end with names that the code alone does not give."""
    found = coins("coinpaprika")

    assert found["btc-bitcoin"] == Candidate("coinpaprika", "btc-bitcoin", "BTC", "Bitcoin", 1)
    assert found["wsteth-wrapped-liquid-staked-ether-20"].name == "Wrapped Liquid Staked Ether 2.0"
