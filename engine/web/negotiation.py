"""Choose between JSON and CSV, where an answer can be had in both."""

from functools import lru_cache

from flask import request

JSON, CSV, PROBLEM = "application/json", "text/csv", "application/problem+json"
LONGEST = 200
"""Characters of an `Accept` whose result is remembered."""


def wants_csv(accept: str) -> bool:
    """Return whether a client prefers CSV to JSON, by its `Accept` (RFC 9110). `*/*` is JSON."""
    if "text/" not in accept.lower():
        return False
    return _preferred(accept) if len(accept) <= LONGEST else _preferred.__wrapped__(accept)


def is_csv(format_: str | None) -> bool:
    """Return whether to answer the current request with CSV. The parameter `format` wins over `Accept`."""
    return wants_csv(request.headers.get("Accept", "")) if format_ is None else format_ == "csv"


def wants_problem(accept: str) -> bool:
    """Return whether a client asks for failures as RFC 9457 describes them, at least as much as for JSON."""
    if PROBLEM not in accept.lower():
        return False
    weights = _weights(accept)
    return weights[PROBLEM] > 0 and weights[PROBLEM] >= weights.get(JSON, 0.0)


@lru_cache(256)
def _preferred(accept: str) -> bool:
    weights = _weights(accept)
    return _weight_of(CSV, weights) > _weight_of(JSON, weights)


def _weights(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weights[kind] = max(_weight(parameters), weights.get(kind, 0.0))
    return weights


def _weight_of(media: str, weights: dict[str, float]) -> float:
    """Return the weight of the most specific range that contains `media`, 0 without one."""
    ranges = (media, media.partition("/")[0] + "/*", "*/*")
    return next((weights[each] for each in ranges if each in weights), 0.0)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
