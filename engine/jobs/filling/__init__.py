"""Fill a part of a series from many venues, chunk by chunk."""

from engine.jobs.filling.chunks import Chunk, ChunkFailed
from engine.jobs.filling.running import Filling, new_job

__all__ = ["Chunk", "ChunkFailed", "Filling", "new_job"]
