"""The engine's own HTTP interface, with one blueprint for each resource. `BLUEPRINTS` is its URL map."""

from flask import Blueprint

from engine.web.api import (
    account,
    alert_rules,
    catalogue,
    export,
    health,
    history,
    indicators,
    metrics,
    news,
    ohlcv,
    ohlcv_batch,
    overview,
    past_prices,
    prices,
    reference,
    sentiment,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    ohlcv.bp,
    ohlcv_batch.bp,
    indicators.bp,
    past_prices.bp,
    prices.bp,
    sentiment.bp,
    news.bp,
    overview.bp,
    reference.bp,
    catalogue.bp,
    history.bp,
    export.bp,
    account.bp,
    alert_rules.bp,
    health.bp,
    metrics.bp,
)
