"""The system's own lock, also under gevent, for a few steps that never wait.

gevent's locks allow waiting inside them, which makes them many times as slow; every cached answer takes
several locks. Code inside such a lock must not wait, log, or drop objects whose finalizers run code.
"""

from gevent.monkey import get_original

Lock = get_original("threading", "Lock")
