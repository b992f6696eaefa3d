"""Threads and greenlets: a native lock, cooperative loops, work off the event loop."""
