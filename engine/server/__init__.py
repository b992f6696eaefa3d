"""gunicorn's workers, with bounds for whoever is slow, broken or greedy."""

from engine.server._gevent import Gevent
from engine.server._gthread import Gthread

__all__ = ["Gevent", "Gthread"]
