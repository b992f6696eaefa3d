"""Request ids, logs, events, metrics and traces."""
