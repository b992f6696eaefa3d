"""The engine's own HTTP interface, with one blueprint for each resource. `BLUEPRINTS` is its URL map."""

from flask import Blueprint

from engine.web.api import (
    catalogue,
    health,
    indicators,
    metrics,
    news,
    ohlcv,
    overview,
    prices,
    reference,
    sentiment,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    ohlcv.bp,
    indicators.bp,
    prices.bp,
    sentiment.bp,
    news.bp,
    overview.bp,
    reference.bp,
    catalogue.bp,
    health.bp,
    metrics.bp,
)
