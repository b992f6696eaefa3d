"""gunicorn's workers, with bounds for whoever is slow, broken or greedy."""

from engine.workers._gevent import Gevent
from engine.workers._gthread import Gthread

__all__ = ["Gevent", "Gthread"]
