"""Batches: several answers in one, each with its own error where it failed."""

from collections.abc import Mapping, Sequence

import orjson

from engine.cache.answers import Answer, Validity
from engine.errors import ApiError
from engine.web.errors import error_of
from engine.web.services import current_services


def joined(results: Sequence[Answer | ApiError], named: Sequence[Mapping[str, object]]) -> Answer:
    """Join answers and errors in their order. Raises the gravest error if all failed.

    `named` has, for each of them, the members that say what was asked for; errors are shown with these.
    """
    answers = [result for result in results if isinstance(result, Answer)]
    if not answers:
        raise max((result for result in results if isinstance(result, ApiError)), key=lambda it: it.status)
    now, made = current_services().clock(), min(answer.made for answer in answers)
    validity = Validity(
        made=made,
        lifetime=min(answer.made + answer.lifetime for answer in answers) - made,
        forwarded=any(answer.forwarded for answer in answers),
    )
    rows = [
        orjson.Fragment(result.body(now))
        if isinstance(result, Answer)
        else {**asked, "error": error_of(result)}
        for result, asked in zip(results, named, strict=True)
    ]
    return Answer.with_body({"data": rows}, {}, validity)
