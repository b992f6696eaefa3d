"""The lock for a few steps in which nothing waits: the system's own, also where gevent has its greenlets.

gevent's locks may be held while one waits. That costs them many times as much, and every hit takes several.
Who holds one of these calls nobody back, logs nothing, and drops nothing that has something to do at its end.
"""

from gevent.monkey import get_original

Lock = get_original("threading", "Lock")
