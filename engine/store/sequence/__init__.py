"""One sequence of messages in Redis, which one worker of all writes and every worker reads.

Its values need no client of Redis; `sequence.py` and `places.py` do.
"""

from engine.store.sequence.values import Batch, Loaded, Place, Refused, Sent, Standing, Unavailable

__all__ = ["Batch", "Loaded", "Place", "Refused", "Sent", "Standing", "Unavailable"]
