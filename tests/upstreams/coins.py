"""The coins of the invented market and their basic data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor, log10

USD_PER_USDT = 1.0003
"""What every dollar market multiplies by; a constant, so that dollar candles agree exactly too."""


@dataclass(frozen=True)
class Coin:
    """A coin. `base` is the price that its walk stays around, in USDT (for USDT itself in dollars)."""

    code: str
    name: str
    base: float
    supply: float
    max_supply: float | None = None
    wildness: float = 1.0

    @cached_property
    def decimals(self) -> int:
        """Return the decimals of a price: about seven significant digits, at most ten, as some exchanges."""
        return min(10, 6 - floor(log10(self.base)))

    @cached_property
    def volume_decimals(self) -> int:
        """Return the decimals of a volume, more for more expensive coins."""
        return max(0, min(8, floor(log10(self.base)) + 2))


_ALL = (
    Coin("BTC", "Bitcoin", 65_000.0, 19.97e6, 21e6),
    Coin("ETH", "Ethereum", 3_000.0, 120.7e6),
    Coin("USDT", "Tether", USD_PER_USDT, 184e9, wildness=3e-5),
    Coin("USDC", "USDC", 0.9998, 62e9, wildness=3e-5),
    Coin("XRP", "XRP", 2.1, 60.1e9, 100e9),
    Coin("BNB", "BNB", 620.0, 138e6, 200e6),
    Coin("SOL", "Solana", 150.0, 550e6),
    Coin("DOGE", "Dogecoin", 0.18, 151e9),
    Coin("TRX", "TRON", 0.27, 94.7e9),
    Coin("ADA", "Cardano", 0.62, 36.5e9, 45e9),
    Coin("LINK", "Chainlink", 15.0, 697e6, 1e9),
    Coin("BCH", "Bitcoin Cash", 480.0, 19.9e6, 21e6),
    Coin("XLM", "Stellar", 0.26, 32e9, 50.0e9),
    Coin("SUI", "Sui", 2.6, 3.7e9, 10e9),
    Coin("HBAR", "Hedera", 0.17, 42.5e9, 50e9),
    Coin("AVAX", "Avalanche", 22.0, 427e6, 715e6),
    Coin("LTC", "Litecoin", 95.0, 76.5e6, 84e6),
    Coin("TON", "Toncoin", 2.4, 2.5e9),
    Coin("SHIB", "Shiba Inu", 0.00002, 589e12),
    Coin("DOT", "Polkadot", 4.2, 1.6e9),
    Coin("UNI", "Uniswap", 7.0, 630e6),
    Coin("AAVE", "Aave", 210.0, 15.2e6, 16e6),
    Coin("PEPE", "Pepe", 0.00001, 420.69e12, 420.69e12),
    Coin("NEAR", "NEAR Protocol", 2.3, 1.28e9),
    Coin("ETC", "Ethereum Classic", 18.0, 154e6, 210e6),
    Coin("ICP", "Internet Computer", 4.8, 545e6),
    Coin("APT", "Aptos", 4.5, 740e6),
    Coin("ATOM", "Cosmos Hub", 4.1, 479e6),
    Coin("POL", "POL (ex-MATIC)", 0.22, 10.5e9),
    Coin("ARB", "Arbitrum", 0.36, 5.6e9, 10e9),
    Coin("FIL", "Filecoin", 2.2, 705e6, 1.96e9),
    Coin("OP", "Optimism", 0.68, 1.9e9, 4.29e9),
)

COINS = {coin.code: coin for coin in _ALL}
PRICED = {**COINS, "EUR": Coin("EUR", "Euro", 1.14, 16e9, wildness=3e-5)}
"""All that the walk has prices of: the euro is traded like a coin at some venues, and is none."""
TRADED = tuple(code for code in COINS if code != "USDT")
"""The coins that have a market against USDT."""
NEW_NAMES = {"TON": "GRAM"}
"""What most exchanges call a coin since June 2026; Kraken, Coinbase and the aggregators keep its old code."""


def new_name(code: str) -> str:
    """Return the code at an exchange that has adopted the new names."""
    return NEW_NAMES.get(code, code)
