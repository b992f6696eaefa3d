"""What follows a piece of work through pools and greenlets: the id of its request, and its open span."""

from contextvars import ContextVar

REQUEST: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the current request, empty outside of requests."""
SPAN: ContextVar[object | None] = ContextVar("span", default=None)
"""The innermost open span, `None` without one. `engine/telemetry/spans.py` opens and closes it."""
