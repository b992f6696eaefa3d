"""One sequence of messages in Redis: one worker writes it, and every worker reads it.

Importing its values needs no client of Redis; `sequence.py` and `places.py` do.
"""

from engine.store.sequence.values import Batch, Loaded, Place, Refused, Sent, SequenceStatus, Unavailable

__all__ = ["Batch", "Loaded", "Place", "Refused", "Sent", "SequenceStatus", "Unavailable"]
