"""The calls of Dreammaker and of newer clients of its family, as in their released code.

Their paths are at the root of the engine, and fail like its others: the clients take any 2xx as data.
"""

from flask import Blueprint

from engine.web.compat.dreammaker import coins, events, overview, sentiment, server

BLUEPRINTS: tuple[Blueprint, ...] = (
    server.health,
    server.bp,
    events.bp,
    coins.bp,
    overview.bp,
    sentiment.bp,
)
