"""pybreaker without its storage in Redis, which the engine does not use.

pybreaker imports redis-py wherever it is installed, and that takes a tenth of a start and several megabytes.
"""

from engine.importing import as_if_missing

with as_if_missing("redis"):
    import pybreaker

__all__ = ["pybreaker"]
