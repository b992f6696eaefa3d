"""Coins by their codes, as requests name them."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from flask import Response

from engine.catalogue.folding import fold
from engine.errors import InvalidRequest
from engine.market.prices import CURRENCIES
from engine.market.prices.lists import CoinPrice
from engine.web.compat import _use_cases
from engine.web.compat._translation import Origin, present, respond
from engine.web.names import WrongName, requested_pair
from engine.web.services import current_services
from schemas import RequestedPair, shorten


class Priced(msgspec.Struct, frozen=True):
    """The known prices by coin and currency, where they are from, and what is `missing`."""

    rows: Mapping[str, Mapping[str, CoinPrice]]
    origins: Sequence[Origin]
    missing: Sequence[str]

    def respond(self, body: object, *more: Origin) -> Response:
        """Return a body with these prices and of `more`."""
        response = respond(body, *self.origins, *more)
        if self.missing:
            response.headers["X-Data-Missing"] = ", ".join(map(shorten, self.missing))
        return response


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


def currencies_of(codes: list[str], served: Iterable[str] = CURRENCIES) -> list[str]:
    """Return the codes that are `served`. Raises `InvalidRequest` where none is."""
    if known := [code for code in codes if code in served]:
        return known
    wrong = [f"{shorten(codes[0])}: not one of {', '.join(served)}"]
    raise InvalidRequest("The request is not valid", {"tsyms": wrong})


def priced(codes: list[str], tsyms: list[str], name: str) -> Priced:
    """Return the prices of coins in currencies; those that are unknown are left out, as by CryptoCompare.

    `name` is the parameter of `codes`. Raises an `ApiError` where nothing is left.
    """
    currencies, coins = currencies_of(tsyms), _known_coins(codes, name)
    rows: dict[str, dict[str, CoinPrice]] = {code: {} for code in coins}
    origins: list[Origin] = []
    failures: dict[str, str] = {}
    for currency, found in _use_cases.prices_in(currencies, list(coins.values())).items():
        if found.coins:
            origins.append(Origin.of(found))
        failures |= dict(found.failures)
        by_name = {coin.symbol: coin for coin in found.coins if coin.price is not None}
        for code, coin in coins.items():
            if coin.name in by_name:
                rows[code][currency] = by_name[coin.name]
    known = {code: prices for code, prices in rows.items() if prices}
    present(known or None, f"{', '.join(codes)} in {', '.join(currencies)}", failures)
    missing = [*(code for code in codes if code not in known), *(it for it in tsyms if it not in currencies)]
    missing += [f"{code}-{it}" for code, prices in known.items() for it in currencies if it not in prices]
    return Priced(known, origins, missing)


def _known_coins(codes: list[str], name: str) -> dict[str, RequestedPair]:
    """Return the coins of codes. Raises `InvalidRequest` for the first where none means a coin."""
    found: dict[str, RequestedPair] = {}
    refused: list[InvalidRequest] = []
    for code in codes:
        try:
            found[code] = coin_of(code, name)
        except InvalidRequest as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return found
