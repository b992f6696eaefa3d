"""What OpenAPI 3.0 cannot say of parameters that depend on each other: such requests are left out."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """One name of a parameter at a time, and a window that does not end before it begins."""
    query = case.query or {}
    start, end = query.get("startTime"), query.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return False
    return not {"interval", "timeframe"} <= set(query)
