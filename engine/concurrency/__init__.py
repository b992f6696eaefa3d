"""Threads and greenlets: a native lock, yielding to others, work off the event loop."""
