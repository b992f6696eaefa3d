"""Coins by their codes, as requests name them."""

from engine.errors import InvalidRequest
from engine.market.prices.lists import CoinPrice
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, present
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services
from schemas import RequestedPair

Priced = dict[str, dict[str, CoinPrice]]
"""Prices by coin and currency; only those that are known."""


def coins_of(codes: list[str], name: str) -> list[RequestedPair]:
    """Return the coins of codes. Raises `InvalidRequest` for the first that means none."""
    services = current_services()
    found = []
    for code in codes:
        pair = requested_pair(code, services.catalogue, services.market.now())
        if isinstance(pair, WrongName):
            wrong = [f"{code}: {pair.message}"]
            raise InvalidRequest("The request is not valid", {name: wrong}, code=pair.code)
        found.append(pair)
    return found


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
