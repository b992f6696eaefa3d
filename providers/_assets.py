"""The coins that are served, and what each is called at the aggregators.

A code alone does not name a coin (25 coins are called PEPE), so ids are written down here.
CoinGecko's are from its /coins/list, CoinMarketCap's and CoinCap's from public market maps.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VenueCode:
    """What a venue calls a coin since a time (Unix milliseconds), where that is not its code."""

    venue: str
    code: str
    since: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A coin. `code` is what exchanges trade it under, unless `venue_codes` say otherwise.

    `former` is the name it had before, `successor` the one that it was given since, one unit for one. Clients
    use both. `known_as` are full names that aggregators give it, besides its own.
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

    @property
    def symbol(self) -> str:
        """The name it is listed under: the former one where clients still ask for that."""
        return self.former or self.code

    @property
    def aliases(self) -> list[str]:
        """Every other name that means this coin."""
        successor = () if self.successor is None else (self.successor,)
        return [name for name in (self.code, *successor, *self.spellings) if name != self.symbol]

    def code_at(self, venue: str, time: int) -> str:
        """Return what `venue` calls it at `time` (Unix milliseconds)."""
        since = [it for it in self.venue_codes if it.venue == venue and it.since <= time]
        return max(since, key=lambda it: it.since).code if since else self.code


MATIC_ENDED = 1_725_937_200_000
"""2024-09-10 03:00 UTC: until then Binance traded POL as MATIC, and its history stayed under that name."""
KUCOIN_CLOSED_TON = 1_781_438_400_000
"""2026-06-14 12:00 UTC, by its announcement."""
TON_ENDED = 1_782_788_400_000
"""2026-06-30 03:00 UTC: Binance TR's last TON market. The others changed in the same weeks; Kraken, Coinbase
and Bitstamp have not."""

TETHER = Asset("USDT", "Tether", "tether", "tether", 825)
USDC = Asset("USDC", "USDC", "usd-coin", "usd-coin", 3408)
"""Not listed: they are asked along with the coins, to know what a USDT is worth in US dollars."""
EURO = Asset("EUR", "Euro", "", "", 0)
"""No coin: a venue that has dollars and tether in euros tells the same once more."""

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
TRADED_EVERYWHERE = (ASSET_BY_NAME["BTC"], ASSET_BY_NAME["ETH"])
"""Who sends no quote of these has sent nothing at all."""
RATE_ASSETS = (TETHER, USDC, *TRADED_EVERYWHERE)
"""What is asked along with any coins, to know what a USDT is worth in US dollars."""
