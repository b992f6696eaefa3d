"""Interfaces of other services over the same use cases, so that their clients only change the base URL.

Each dialect is one file or package. It translates parameters and formats, and adds no cache, no provider and
no rule.
"""

from flask import Blueprint

from engine.web.compat import binance, coingecko, cryptocompare, dreammaker, udf
from engine.web.responses import compress_readably

BLUEPRINTS: tuple[Blueprint, ...] = (
    *dreammaker.BLUEPRINTS,
    cryptocompare.bp,
    binance.bp,
    udf.bp,
    coingecko.bp,
)
for bp in BLUEPRINTS:
    bp.after_request(compress_readably)
