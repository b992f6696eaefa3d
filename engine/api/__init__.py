"""The HTTP interface: one blueprint a resource. This tuple is the whole URL map."""

from flask import Blueprint

from engine.api import health, market, ohlcv, prices

BLUEPRINTS: tuple[Blueprint, ...] = (ohlcv.bp, prices.bp, market.bp, health.bp)
