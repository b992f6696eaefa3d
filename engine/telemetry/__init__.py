"""Request ids, logs, events and metrics."""
