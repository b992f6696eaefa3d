"""Flask with patterns of `werkzeug` that are compiled on first use. It is imported here first."""

from engine.importing import patterns_on_first_use

with patterns_on_first_use("werkzeug"):
    import flask

__all__ = ["flask"]
