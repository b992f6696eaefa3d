"""How often `shared_app.py` publishes."""

EACH, AT_ONCE, BYTES = 0.05, 50, 340
"""Seconds between two moments, the prices that change at one, and the bytes of filling of each message."""
RATE = AT_ONCE / EACH
"""Messages a second."""
