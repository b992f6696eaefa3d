"""One sequence of messages over all workers that share a Redis.

One worker leads: it feeds the channels that any worker wants, and appends their messages to the sequence.
Every worker reads it, the leader too: a message exists once it is in Redis. While Redis is away each worker
feeds its own clients, in a sequence of its own.
"""

from engine.streaming.sharing.assignment import FED, Assignment, Coordinator, SingleWorker
from engine.streaming.sharing.shared import Sharing

__all__ = ["FED", "Assignment", "Coordinator", "Sharing", "SingleWorker"]
