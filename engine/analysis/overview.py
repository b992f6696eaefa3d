"""Combine the market overviews of several providers. Pure functions."""

import math
import re
from collections.abc import Iterable, Sequence
from statistics import median_low

import msgspec

from engine.analysis.consensus import middle
from providers import Listing, Overview

LARGEST = 250
LEAST_VOLUME = 1_000_000.0
"""US dollars in 24 hours; with a smaller volume a change has no meaning."""
ROWS = 10
FARTHEST = 3.0
"""If two providers' capitalisations of one coin differ by this factor, one of them is wrong."""
PEGGED_CODES = frozenset(
    """
    USDT USDC DAI USDS USDE FDUSD PYUSD TUSD USDD FRAX USDP GUSD LUSD BUSD USD1 USDG RLUSD USD0 USDF USDY
    BUIDL
    SUSDE SUSDS CRVUSD GHO DOLA MIM EURC EURS EURT EURI EURCV XSGD IDRT BIDR A7A5 USTB USYC SYRUPUSDC USDTB
    WBTC WETH WBNB WSOL WAVAX WMATIC WTRX STETH WSTETH RETH CBETH WBETH WEETH EZETH RSETH METH SFRXETH OSETH
    CBBTC BTCB TBTC LBTC SOLVBTC CLBTC FBTC RENBTC HBTC JITOSOL MSOL BNSOL JUPSOL STSOL KHYPE SAVAX STTON
    BGBTC
    """.split()
)
PEGGED_NAME = re.compile(
    r"\b(wrapped|staked|restaked|bridged|pegged|stablecoin|liquid staking|binance-peg)\b", re.I
)
DOLLAR_CODE = re.compile(r"USD|EUR[A-Z]?$")


class Totals(msgspec.Struct, frozen=True):
    """Figures of the whole market, each with the providers that gave it."""

    market_cap: float | None
    volume_24h: float | None
    btc_dominance: float | None
    eth_dominance: float | None
    coins: int | None
    market_cap_change_24h: float | None
    markets: int | None


def totals(said: Sequence[Overview]) -> Totals:
    """Return the medians of the overviews; a figure of one provider alone is used as it is."""
    return Totals(
        market_cap=_median(one.market_cap for one in said),
        volume_24h=_median(one.volume_24h for one in said),
        btc_dominance=_median(one.btc_dominance for one in said),
        eth_dominance=_median(one.eth_dominance for one in said),
        coins=_count(one.coins for one in said),
        market_cap_change_24h=_median((one.market_cap_change_24h for one in said), signed=True),
        markets=_count(one.markets for one in said),
    )


def believable(coins: Sequence[Listing], others: Sequence[Listing], market: Totals) -> list[Listing]:
    """Return the coins with a plausible capitalisation.

    No coin but Bitcoin is larger than all coins but Bitcoin, or than Bitcoin if that total is unknown. If
    another provider lists the coin, both capitalisations must be similar.
    """
    bitcoin = max((coin.market_cap or 0.0 for coin in coins if coin.code == "BTC"), default=0.0)
    most = math.inf
    if market.market_cap is not None and market.btc_dominance is not None:
        most = market.market_cap * (1 - market.btc_dominance / 100)
    elif bitcoin:
        most = bitcoin
    elsewhere = {(coin.code, coin.name.casefold()): coin.market_cap for coin in others}
    return [
        coin
        for coin in coins
        if _sound(coin)
        and (_is_bitcoin(coin) or (coin.market_cap or 0.0) <= most)
        and _agrees(coin.market_cap, elsewhere.get((coin.code, coin.name.casefold())))
    ]


def movers(coins: Iterable[Listing], *, up: bool) -> list[Listing]:
    """Return the ten largest gains (or losses) among the largest coins, without pegged ones."""
    largest = sorted(coins, key=lambda coin: -(coin.market_cap or 0.0))[:LARGEST]
    sign = 1 if up else -1
    moved = [
        (coin.change_24h * sign, coin)
        for coin in largest
        if coin.change_24h is not None and coin.change_24h * sign > 0
        if (coin.volume_24h or 0.0) >= LEAST_VOLUME and coin.price and not pegged(coin)
    ]
    return [coin for _, coin in sorted(moved, key=lambda pair: (-pair[0], pair[1].code))[:ROWS]]


def pegged(coin: Listing) -> bool:
    """Return whether the coin follows a currency or another coin, by its code, name and price."""
    near_a_dollar = coin.price is not None and 0.9 < coin.price < 1.3
    return (
        coin.code in PEGGED_CODES
        or PEGGED_NAME.search(coin.name) is not None
        or (near_a_dollar and DOLLAR_CODE.search(coin.code) is not None)
    )


def _median(figures: Iterable[float | None], *, signed: bool = False) -> float | None:
    known = [it for it in figures if it is not None and math.isfinite(it) and (signed or it > 0)]
    return middle(known) if known else None


def _count(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None and figure > 0]
    return median_low(known) if known else None


def _sound(coin: Listing) -> bool:
    """Return whether its figures are possible: none is negative, and the change is above -100 per cent."""
    sums = (coin.price, coin.volume_24h, coin.market_cap)
    return (
        bool(coin.code and coin.name)
        and all(figure is None or (math.isfinite(figure) and figure >= 0) for figure in sums)
        and (coin.change_24h is None or (math.isfinite(coin.change_24h) and coin.change_24h >= -100))
    )


def _is_bitcoin(coin: Listing) -> bool:
    return coin.code == "BTC" and coin.name.casefold() == "bitcoin"


def _agrees(cap: float | None, other: float | None) -> bool:
    return not cap or not other or max(cap, other) <= FARTHEST * min(cap, other)
