"""One sequence of messages for all workers that share a Redis.

One worker leads: it feeds the channels that any worker wants, and appends their messages to the sequence.
Every worker reads the sequence, the leader too, so that clients get a message only after Redis has stored it.
While Redis is unavailable, each worker feeds the channels of its clients, in a separate sequence.
"""

from engine.streaming.sharing.assignment import FED, Assignment, Coordinator, SingleWorker
from engine.streaming.sharing.shared import Sharing

__all__ = ["FED", "Assignment", "Coordinator", "Sharing", "SingleWorker"]
