"""The coins that are always served, with their ids at the aggregators.

A code is ambiguous (25 coins use PEPE), so each coin's ids are listed here.
CoinGecko's ids are from its /coins/list, CoinMarketCap's and CoinCap's from public market maps.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec


class VenueCode(msgspec.Struct, frozen=True):
    """The code that an exchange uses for a coin since a time (Unix milliseconds), if it differs."""

    venue: str
    code: str
    since: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A coin. Exchanges trade it under `code`, except for those in `venue_codes`.

    `former` is an earlier code and `successor` a later one, for the same units. Clients use all of them.
    `known_as` are full names that aggregators use besides `name`. `id` separates coins with the same code;
    by default it is the code in lower case.
    """

    code: str
    name: str
    coingecko: str
    coincap: str
    coinmarketcap: int
    former: str | None = None
    successor: str | None = None
    spellings: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    venue_codes: tuple[VenueCode, ...] = ()
    id: str = ""

    def __post_init__(self) -> None:
        """Give a coin without an id that of its code."""
        if not self.id:
            object.__setattr__(self, "id", self.code.lower())

    @property
    def symbol(self) -> str:
        """Return the code under which the coin is listed: the former one where clients still use that."""
        return self.former or self.code

    @property
    def aliases(self) -> list[str]:
        """Return every other name of this coin."""
        successor = () if self.successor is None else (self.successor,)
        return [name for name in (self.code, *successor, *self.spellings) if name != self.symbol]

    def code_at(self, venue: str, time: int) -> str:
        """Return the code that `venue` uses at `time` (Unix milliseconds)."""
        since = [it for it in self.venue_codes if it.venue == venue and it.since <= time]
        return max(since, key=lambda it: it.since).code if since else self.code

    def renamed_at(self, venue: str) -> tuple[int, ...]:
        """Return the times (Unix milliseconds) since which `venue` has used each of its own codes."""
        return tuple(it.since for it in self.venue_codes if it.venue == venue)


MATIC_ENDED = 1_725_937_200_000
"""2024-09-10 03:00 UTC. Binance traded POL as MATIC until then, and earlier candles kept that name."""
KUCOIN_CLOSED_TON = 1_781_438_400_000
"""2026-06-14 12:00 UTC, from KuCoin's announcement."""
TON_ENDED = 1_782_788_400_000
"""2026-06-30 03:00 UTC, the end of Binance TR's last TON market. Others changed in the same weeks; Kraken,
Coinbase and Bitstamp still use TON."""

TETHER = Asset("USDT", "Tether", "tether", "tether", 825)
USDC = Asset("USDC", "USDC", "usd-coin", "usd-coin", 3408)
"""Not listed: they are requested along with the coins, to get the price of USDT in US dollars."""
EURO = Asset("EUR", "Euro", "", "", 0)
"""A currency: an exchange with EUR/USD and USDT/EUR markets gives one more price of USDT in US dollars."""

ASSETS = (
    Asset("BTC", "Bitcoin", "bitcoin", "bitcoin", 1, spellings=("XBT",)),
    Asset("ETH", "Ethereum", "ethereum", "ethereum", 1027),
    Asset("SOL", "Solana", "solana", "solana", 5426),
    Asset("XRP", "XRP", "ripple", "xrp", 52),
    Asset("BNB", "BNB", "binancecoin", "binance-coin", 1839),
    Asset("ADA", "Cardano", "cardano", "cardano", 2010),
    Asset("DOT", "Polkadot", "polkadot", "polkadot", 6636),
    Asset("LINK", "Chainlink", "chainlink", "chainlink", 1975),
    Asset("LTC", "Litecoin", "litecoin", "litecoin", 2),
    Asset("BCH", "Bitcoin Cash", "bitcoin-cash", "bitcoin-cash", 1831, spellings=("BCC", "BCHABC")),
    Asset(
        "POL",
        "POL (ex-MATIC)",
        "polygon-ecosystem-token",
        "polygon",
        28321,
        former="MATIC",
        known_as=("Polygon", "POL"),
        venue_codes=(VenueCode("binance", "MATIC", 0), VenueCode("binance", "POL", MATIC_ENDED)),
    ),
    Asset("AVAX", "Avalanche", "avalanche-2", "avalanche", 5805),
    Asset("XLM", "Stellar", "stellar", "stellar", 512),
    Asset("TRX", "TRON", "tron", "tron", 1958),
    Asset("DOGE", "Dogecoin", "dogecoin", "dogecoin", 74, spellings=("XDG",)),
    Asset("SHIB", "Shiba Inu", "shiba-inu", "shiba-inu", 5994),
    Asset("UNI", "Uniswap", "uniswap", "uniswap", 7083),
    Asset("ATOM", "Cosmos Hub", "cosmos", "cosmos", 3794),
    Asset("ETC", "Ethereum Classic", "ethereum-classic", "ethereum-classic", 1321),
    Asset("FIL", "Filecoin", "filecoin", "filecoin", 2280),
    Asset("APT", "Aptos", "aptos", "aptos", 21794),
    Asset("ARB", "Arbitrum", "arbitrum", "arbitrum", 11841),
    Asset("OP", "Optimism", "optimism", "optimism", 11840),
    Asset("NEAR", "NEAR Protocol", "near", "near-protocol", 6535),
    Asset("ICP", "Internet Computer", "internet-computer", "internet-computer", 8916),
    Asset(
        "TON",
        "Toncoin",
        "the-open-network",
        "toncoin",
        11419,
        successor="GRAM",
        known_as=("Gram", "The Open Network"),
        venue_codes=(
            VenueCode("kucoin", "GRAM", KUCOIN_CLOSED_TON),
            *(VenueCode(venue, "GRAM", TON_ENDED) for venue in ("binance", "bybit", "okx", "gate")),
        ),
    ),
    Asset("SUI", "Sui", "sui", "sui", 20947),
    Asset("PEPE", "Pepe", "pepe", "pepe", 24478),
    Asset("HBAR", "Hedera", "hedera-hashgraph", "hedera-hashgraph", 4642),
    Asset("AAVE", "Aave", "aave", "aave", 7278),
)


def _by_name(assets: Iterable[Asset]) -> dict[str, Asset]:
    return {name: asset for asset in assets for name in (asset.symbol, *asset.aliases)}


ASSET_BY_NAME = _by_name(ASSETS)
"""Every name that a client may use for a listed coin."""
ASSET_BY_ID = {asset.id: asset for asset in ASSETS}
TRADED_EVERYWHERE = (ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"])
"""A provider that sends no quote of these has failed."""
RATE_ASSETS = (TETHER, USDC, *TRADED_EVERYWHERE)
"""Requested along with any coins, to get the price of USDT in US dollars."""
