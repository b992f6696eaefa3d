"""Fill a part of a series from many venues, chunk by chunk."""

from engine.jobs.filling.chunks import Chunk, ChunkFailed
from engine.jobs.filling.running import Filling, new_job
from engine.jobs.filling.venue import has_market

__all__ = ["Chunk", "ChunkFailed", "Filling", "has_market", "new_job"]
