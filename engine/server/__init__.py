"""gunicorn's workers, with limits for slow, broken and greedy clients."""

from engine.server._gevent import Gevent
from engine.server._gthread import Gthread

__all__ = ["Gevent", "Gthread"]
