"""Coins by their codes, as requests name them."""

from engine.catalogue.folding import fold
from engine.errors import InvalidRequest
from engine.market.prices.lists import CoinPrice
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, present
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services
from schemas import RequestedPair, shorten

Priced = dict[str, dict[str, CoinPrice]]
"""Prices by coin and currency; only those that are known."""


def coin_of(code: str, name: str, currency: str = "USD", time: float | None = None) -> RequestedPair:
    """Return the coin of a code against `currency`, for data of a time (Unix seconds), by default of now.

    A code alone is meant, never a pair: TUSD is a coin, and BTCUSDT is none. `name` is the parameter.
    Raises `InvalidRequest`.
    """
    services = current_services()
    now = services.market.now()
    other = "USDT" if fold(code) == currency else currency
    pair = requested_pair(f"{code}/{other}", services.catalogue, now if time is None else min(time, now))
    if isinstance(pair, WrongName):
        wrong = [f"{shorten(code)}: {_reason(pair)}"]
        raise InvalidRequest("The request is not valid", {name: wrong}, code=pair.code)
    return pair


def _reason(wrong: WrongName) -> str:
    """Return what is wrong with a code. Where it means several coins, name their ids, not their pairs."""
    if wrong.code != "AMBIGUOUS_SYMBOL" or not isinstance(wrong.details, list):
        return "unknown coin" if wrong.code == "INVALID_SYMBOL" else wrong.message
    return f"ambiguous; write {' or '.join('@' + one['id'] for one in wrong.details)}"


def coins_of(codes: list[str], name: str) -> list[RequestedPair]:
    """Return the coins of codes. Raises `InvalidRequest` for the first that means none."""
    return [coin_of(code, name) for code in codes]


def priced(codes: list[str], currencies: list[str], name: str) -> tuple[Priced, list[Origin]]:
    """Return the prices of coins in currencies, and where they are from. Raises an `ApiError` without any."""
    coins = coins_of(codes, name)
    rows: Priced = {code: {} for code in codes}
    origins: list[Origin] = []
    failures: dict[str, str] = {}
    for currency in currencies:
        found = _use_cases.prices(coins, currency)
        origins.append(Origin.of(found))
        failures |= dict(found.failures)
        by_name = {coin.symbol: coin for coin in found.coins if coin.price is not None}
        for code, coin in zip(codes, coins, strict=True):
            if coin.name in by_name:
                rows[code][currency] = by_name[coin.name]
    known = {code: prices for code, prices in rows.items() if prices}
    present(known or None, f"{', '.join(codes)} in {', '.join(currencies)}", failures)
    return known, origins
