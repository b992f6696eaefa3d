"""Other services' interfaces over the same use cases, so that their clients need another base URL only.

One file a dialect. It translates parameters and shapes: it has no cache, no provider and no rule of its own.
"""

from flask import Blueprint

from engine.web.compat import binance, coingecko, cryptocompare, dreammaker, udf

BLUEPRINTS: tuple[Blueprint, ...] = (
    *dreammaker.BLUEPRINTS,
    cryptocompare.bp,
    binance.bp,
    udf.bp,
    coingecko.bp,
)
