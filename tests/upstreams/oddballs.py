"""Unusual rows of real listings: collisions, renames, and markets that are not for coins."""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Minted:
    """A coin beside the known ones, by its id at CoinGecko.

    `price` is in dollars and moves unless it is `steady`. If `like` is another coin's id or code, `price`
    is the ratio to that coin's price. `volume` is the total of all venues per day, in dollars.
    """

    id: str
    code: str
    name: str
    price: float
    volume: float = MILLION
    like: str = ""
    steady: bool = False
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A market as a venue lists it. `coin` is a known coin's code or another coin's id.

    `symbol` is the code in the native name if a rename left an old one there. `volume` is in dollars per day,
    0 without a trade. `kind` is "leveraged", "stock" or "perpetual" for markets that are not for coins.
    """

    coin: str
    base: str
    quote: str
    symbol: str = ""
    state: str = "trading"
    kind: str = ""
    volume: float = MILLION
    since: int = 1_600_000_000_000

    @property
    def code(self) -> str:
        """Return the code in the native name."""
        return self.symbol or self.base


ODD_COINS = (
    Minted("ai16z", "AI16Z", "ai16z", 0.002),
    Minted("monero", "XMR", "Monero", 170.0, 60 * MILLION),
    Minted("neiro-3", "NEIRO", "First Neiro on Ethereum", 0.00006, 9 * MILLION),
    Minted("neiro-on-eth", "NEIRO", "Neiro on ETH", 0.0297, 5 * MILLION),
    Minted("terra-luna-2", "LUNA", "Terra", 0.11, 7 * MILLION),
    Minted("terra-luna", "LUNC", "Terra Luna Classic", 0.000054, 8 * MILLION),
    Minted("terrausd", "USTC", "TerraClassicUSD", 0.013),
    Minted("gravity-by-galxe", "G", "Gravity", 0.0042, 6 * MILLION),
    Minted("project-galaxy", "GAL", "Galxe (old)", 60.0, 2 * MILLION, like="gravity-by-galxe"),
    Minted("openverse-network", "BTG", "Openverse Network", 0.8, 2 * MILLION),
    Minted("augur", "REP", "Augur", 0.69, MILLION),
    Minted("augur-v1", "REPV1", "Augur v1", 0.61, MILLION),
    Minted("binancelife", "币安人生", "BinanceLife", 0.12, 4 * MILLION),
    Minted("bitcoin-cash-sv", "BSV", "Bitcoin SV", 26.0, 5 * MILLION),
    Minted("wax", "WAXP", "WAX", 0.021, 2 * MILLION),
    Minted("endurance", "kACE", "Endurance", 0.6, MILLION),
    Minted("map-protocol", "MAPO", "MAP Protocol", 0.004, MILLION),
    Minted("zeda-games", "ZEDA", "Zeda Games", 1.9, 3 * MILLION),
    Minted("zeda-finance", "ZEDA", "Zeda Finance", 0.07, 3 * MILLION),
    Minted("tokamak-network", "TON", "Tokamak Network", 1.3, MILLION),
    Minted("ethena-usde", "USDe", "Ethena USDe", 0.9996, 30 * MILLION, steady=True),
    Minted("first-digital-usd", "FDUSD", "First Digital USD", 0.9981, 40 * MILLION, steady=True),
    Minted("staked-ether", "STETH", "Lido Staked Ether", 0.9993, MILLION, like="ETH"),
    Minted("coinbase-wrapped-staked-eth", "CBETH", "Coinbase Wrapped Staked ETH", 1.12, MILLION, like="ETH"),
    Minted("tesla-xstock", "TSLAX", "Tesla xStock", 251.0),
    Minted("tesla-ondo", "TSLAON", "Tesla Ondo Tokenized", 1.001, like="tesla-xstock"),
    Minted("btc3l", "BTC3L", "BTC3xLong", 2.4),
    Minted("eth3s", "ETH3S", "ETH3xShort", 0.013),
    Minted("btcup", "BTCUP", "BTCUP", 31.0),
    Minted("btcdown", "BTCDOWN", "BTCDOWN", 0.002),
)
"""Real names with invented prices, so that tables of facts apply to them."""


def _crosses(*names: str) -> tuple[Listed, ...]:
    """Return markets of known coins."""
    pairs = (name.split("/") for name in names)
    return tuple(Listed(base, base, quote, volume=9 * MILLION) for base, quote in pairs)


ODD_MARKETS: dict[str, tuple[Listed, ...]] = {
    "binance": (
        *_crosses("BTC/EUR", "ETH/BTC", "SOL/USDC", "EUR/USDT", "USDT/TRY"),
        Listed("neiro-3", "NEIRO", "USDT"),
        Listed("terra-luna-2", "LUNA", "USDT"),
        Listed("terra-luna", "LUNC", "USDT"),
        Listed("gravity-by-galxe", "G", "USDT"),
        Listed("binancelife", "币安人生", "USDT"),
        Listed("first-digital-usd", "FDUSD", "USDT"),
        Listed("zeda-games", "ZEDA", "USDT"),
        Listed("btcup", "BTCUP", "USDT", kind="leveraged", state="halted", volume=0.0),
        Listed("btcdown", "BTCDOWN", "USDT", kind="leveraged", state="halted", volume=0.0),
        Listed("monero", "XMR", "USDT", state="ended", volume=0.0),
    ),
    "kraken": (
        *_crosses("BTC/EUR", "ETH/BTC", "ETH/EUR", "DOGE/BTC"),
        Listed("ai16z", "AI16Z", "USD", volume=0.0),
        Listed("monero", "XMR", "USD"),
        Listed("neiro-3", "NEIRO", "USD"),
        Listed("terra-luna", "LUNA", "USD"),
        Listed("terra-luna-2", "LUNA2", "USD"),
        Listed("augur-v1", "REP", "USD"),
        Listed("augur", "REPV2", "USD"),
        Listed("project-galaxy", "GAL", "USD"),
        Listed("tesla-xstock", "TSLAx", "USD", kind="stock"),
    ),
    "bybit": (
        *_crosses("ETH/BTC", "SOL/USDC"),
        Listed("neiro-on-eth", "NEIRO", "USDT"),
        Listed("neiro-3", "NEIROCTO", "USDT"),
        Listed("terra-luna", "LUNC", "USDT"),
        Listed("gravity-by-galxe", "G", "USDT"),
        Listed("zeda-finance", "ZEDA", "USDT"),
        Listed("tesla-xstock", "TSLAX", "USDT", kind="stock"),
    ),
    "okx": (
        *_crosses("BTC/EUR", "ETH/BTC", "SOL/USDC", "BTC/USDC"),
        Listed("ai16z", "AI16Z", "USDT", volume=0.0),
        Listed("neiro-3", "NEIRO", "USDT"),
        Listed("terra-luna-2", "LUNA", "USDT"),
        Listed("gravity-by-galxe", "G", "USDT"),
        Listed("zeda-games", "ZEDA", "USDT"),
        Listed("staked-ether", "STETH", "ETH"),
        Listed("openverse-network", "OPV", "USDT", state="upcoming", volume=0.0),
        Listed("wax", "WAXP", "USDT", state="halted", volume=0.0),
    ),
    "coinbase": (
        *_crosses("BTC/EUR", "BTC/USDT", "ETH/BTC"),
        Listed("zeda-finance", "ZEDA", "USD"),
        Listed("coinbase-wrapped-staked-eth", "CBETH", "ETH"),
        Listed("project-galaxy", "GAL", "USDT", state="ended", volume=0.0),
        Listed("BTC", "BTC", "USDC", state="ended", volume=0.0),
    ),
    "kucoin": (
        *_crosses("ETH/BTC", "BTC/EUR"),
        Listed("ai16z", "AI16Z", "USDT", volume=0.0),
        Listed("monero", "XMR", "USDT"),
        Listed("neiro-3", "NEIROCTO", "USDT"),
        Listed("terra-luna-2", "LUNA", "USDT"),
        Listed("terra-luna", "LUNC", "USDT"),
        Listed("ethena-usde", "USDe", "USDT", symbol="USDE"),
        Listed("endurance", "kACE", "USDT", symbol="KACE"),
        Listed("binancelife", "币安人生", "USDT", symbol="BNRENSHENG"),
        Listed("bitcoin-cash-sv", "BSV", "USDT", symbol="BCHSV"),
        Listed("wax", "WAXP", "USDT", symbol="WAX"),
        Listed("zeda-finance", "ZEDA", "USDT"),
        Listed("btc3l", "BTC3L", "USDT", kind="leveraged"),
    ),
    "gate": (
        *_crosses("ETH/BTC", "BTC/USDC"),
        Listed("ai16z", "AI16Z", "USDT", volume=0.0),
        Listed("monero", "XMR", "USDT"),
        Listed("neiro-3", "NEIRO", "USDT"),
        Listed("openverse-network", "BTG", "USDT"),
        Listed("terra-luna-2", "LUNA", "USDT"),
        Listed("terra-luna", "LUNC", "USDT"),
        Listed("project-galaxy", "GAL", "USDT"),
        Listed("binancelife", "币安人生", "USDT"),
        Listed("zeda-games", "ZEDA", "USDT"),
        Listed("btc3l", "BTC3L", "USDT", kind="leveraged"),
        Listed("eth3s", "ETH3S", "USDT", kind="leveraged"),
        Listed("tesla-xstock", "TSLAX", "USDT", kind="stock"),
        Listed("tesla-ondo", "TSLAON", "USDT", kind="stock"),
        Listed("map-protocol", "MAPO", "USDT", state="ended", volume=0.0),
    ),
    "bitstamp": (
        *_crosses("BTC/EUR", "ETH/BTC", "EUR/USD"),
        Listed("project-galaxy", "GAL", "USD"),
        Listed("BTC", "BTC", "USD-PERP", kind="perpetual", volume=9 * MILLION),
        Listed("ETH", "ETH", "USD-PERP", kind="perpetual", volume=9 * MILLION),
        Listed("terrausd", "UST", "USD", state="halted", volume=0.0),
    ),
}
"""The same coin under different codes, and one code for different coins, as the venues had them in 2026."""
