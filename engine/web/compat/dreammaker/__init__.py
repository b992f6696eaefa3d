"""The calls of Dreammaker and of newer clients of its family, as their released code makes them.

They lie at the engine's own root, and fail as everything there fails: its clients take any 2xx as data.
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
