"""Lists of markets and coins that upstreams really sent, row by row, with what is tricky about each.

They are kept beside the checkout; where they are not, there is nothing to test here.
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
    """The body of a recorded answer."""
    return json.loads((LISTINGS / FOLDERS.get(name, name) / f"{file}.json").read_text())["body"]


def read(name: str, file: str | None = None, now: float = DECEMBER_2026) -> Any:
    """What a provider makes of a recorded list. Kraken's assets are three, as they were recorded."""
    one: Any = BY_NAME[name](Http(), clock=lambda: now)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        if name == "kraken":
            wire.get(re.compile(".*/Assets"), json=recorded(name, "assets_jkorf"))
        wire.get(re.compile(".*"), json=recorded(name, file or FILES[name]))
        return one.coins() if name.startswith("coin") and name != "coinbase" else one.listing()


def markets(name: str, now: float = DECEMBER_2026) -> dict[str, Market]:
    """The markets of a recorded list by their native names."""
    return {market.native: market for market in read(name, now=now)}


def coins(name: str) -> dict[str, Candidate]:
    """The coins of a recorded list by their ids."""
    return {coin.id: coin for coin in read(name)}


def sent(name: str) -> int:
    """How many rows a recorded list has."""
    body = recorded(name, FILES[name])
    if isinstance(body, list):
        return len(body)
    rows = body.get("symbols", body.get("data", body.get("result")))
    return len(rows.get("list", rows) if isinstance(rows, dict) else rows)


@pytest.mark.parametrize("name", FILES)
def test_no_row_is_lost(name: str) -> None:
    """Every recorded row is read, but for Kraken's dark pool."""
    assert len(read(name)) == sent(name) - (name == "kraken")


@pytest.mark.parametrize(
    "name", [name for name in FILES if not name.startswith("coin") or name == "coinbase"]
)
def test_every_row_makes_sense(name: str) -> None:
    """Its native name has both codes where it was never renamed, and its steps are known."""
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
    """What no longer trades stays in the old list, and leveraged tokens are not for the spot."""
    found = markets("binance")

    assert found["BTCUSDT"] == Market("binance", "BTC", "USDT", "BTCUSDT", tick=0.01, step=1e-06)
    assert {name for name, market in found.items() if market.state != "trading"} == {
        *("BCCBTC", "BCHABCUSDT", "LENDUSDT", "ERDUSDT", "USDSUSDT"),
        *("BTCUPUSDT", "BTCDOWNUSDT"),
    }
    assert (found["USDTTRY"].base, found["USDTTRY"].quote) == ("USDT", "TRY")


def test_kraken() -> None:
    """Keys are looked up, and the codes are those that others use: BTC, DOGE, and REP beside REPV2."""
    found = markets("kraken")

    assert found["XBTUSD"] == Market("kraken", "BTC", "USD", "XBTUSD", tick=0.1, step=1e-08)
    assert (found["XDGXBT"].base, found["XDGXBT"].quote) == ("DOGE", "BTC")
    assert (found["ETHXBT"].base, found["XLMUSD"].base, found["DOTETH"].quote) == ("ETH", "XLM", "ETH")
    assert (found["EURUSD"].base, found["GBPUSD"].base) == ("EUR", "GBP")
    assert {market.base for market in found.values() if "REP" in market.base} == {"REP", "REPV2"}
    assert "XBTUSD.d" not in found


def test_bybit() -> None:
    """The example of its documentation; an answer of its first version is bad data."""
    assert read("bybit") == [Market("bybit", "BTC", "USDT", "BTCUSDT", tick=0.1, step=1e-06)]
    with pytest.raises(BadData):
        read("bybit", "instruments_spot_jkorf")


def test_okx() -> None:
    """One market has not opened; the time of its listing is known."""
    found = markets("okx")

    assert found["BTC-USD"] == Market("okx", "BTC", "USD", "BTC-USD", "trading", 1733454000000, 0.1, 1e-08)
    assert [name for name, market in found.items() if market.state != "trading"] == ["USDG-SGD"]
    assert found["USDG-SGD"].state == "upcoming"


def test_coinbase() -> None:
    """Delisted products never go, and a market of a stablecoin is one like any other."""
    found = markets("coinbase")

    ended = {"BTC-USDC", "DAI-USD", "WLUNA-USD", "GAL-USDT", "MTL-USD"}
    assert {name for name, market in found.items() if market.state == "ended"} == ended
    assert all(market.state == "trading" for name, market in found.items() if name not in ended)
    assert found["TON-USD"].base == "TON"


def test_kucoin() -> None:
    """The symbol is what it was before a rename, and codes are spelt as KuCoin spells them."""
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
    """Names tell coins apart that share a code, and the end of a market is known before it comes."""
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
    """The description names the coin, and a disabled market is not for trading."""
    found = markets("bitstamp")

    assert found["btceur"] == Market(
        "bitstamp", "BTC", "EUR", "btceur", "trading", None, 0.01, 1e-08, "Bitcoin"
    )
    assert [name for name, market in found.items() if market.state != "trading"] == ["eth2eth"]


def test_coingecko() -> None:
    """Two coins have one code, and an id may keep the name of another coin."""
    found = coins("coingecko")

    assert {coin.id for coin in found.values() if coin.code == "TON"} == {
        "the-open-network",
        "tokamak-network",
    }
    assert {coin.id for coin in found.values() if coin.code == "FRAX"} == {"frax", "frax-share"}
    assert (found["starknet"].code, found["strike"].code, found["stepn"].code) == ("STRK", "STRIKE", "GMT")
    assert all(coin.rank is None for coin in found.values())


def test_coinpaprika() -> None:
    """Ids end with names that cannot be guessed."""
    found = coins("coinpaprika")

    assert found["btc-bitcoin"] == Candidate("coinpaprika", "btc-bitcoin", "BTC", "Bitcoin", 1)
    assert found["wsteth-wrapped-liquid-staked-ether-20"].name == "Wrapped Liquid Staked Ether 2.0"
