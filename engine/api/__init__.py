"""The HTTP interface: one blueprint a resource. This tuple is the whole URL map."""

from flask import Blueprint

from engine.api import health, market, metrics, news, ohlcv, overview, prices, sentiment

BLUEPRINTS: tuple[Blueprint, ...] = (
    ohlcv.bp,
    prices.bp,
    sentiment.bp,
    news.bp,
    overview.bp,
    market.bp,
    health.bp,
    metrics.bp,
)
