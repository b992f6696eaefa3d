"""A ready answer in HTTP's own words. Both ways to a client, through Flask and before it, end here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Response, request

from engine.cache import KEPT, Answer, Validity
from engine.web import compression

JSON = ("Content-Type", "application/json")
VARY = ("Vary", "Accept-Encoding")
ANSWER = "engine.answer"
SCOPE = "engine.scope"
"""Where a request's WSGI environment has the answer that was given, and the endpoint that gave it."""
Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    """What goes out."""

    status: str
    headers: Headers
    body: bytes


def reply(answer: Answer, now: float, environ: Mapping[str, Any]) -> Reply:
    """`answer` at `now` for a request, or 304 where the client has it already.

    The tag changes with the data and with becoming stale, not with the age: a client that has the data
    is told by `Age` how old it is.
    """
    age = answer.age(now)
    stale = answer.stale_at(age)
    coding = ""
    if len(answer.head) > compression.LEAST:
        coding = compression.choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f'"{answer.tag}{"-stale" if stale else ""}{"-" if coding else ""}{coding}"'
    headers = [*aged(answer, age, f", stale-if-error={int(KEPT)}"), ("ETag", tag), VARY]
    if matches(environ.get("HTTP_IF_NONE_MATCH"), tag):
        return Reply("304 NOT MODIFIED", headers, b"")
    body = compression.encoded(answer, now, coding) if coding else answer.body(now)
    headers += [JSON, ("Content-Length", f"{len(body)}")]
    if coding:
        headers.append(("Content-Encoding", coding))
    return Reply("200 OK", headers, body)


def aged(answer: Validity, age: float, when_failing: str = "") -> Headers:
    """What headers say of `answer` at this `age` (seconds): whether it was there, for how long it is fresh.

    `Cache-Status` is that of RFC 9211. `when_failing` is what a cache may do where it is given an error.
    """
    left = int(answer.lifetime - age)
    again = max(1, int(answer.lifetime))
    status = "engine; fwd=miss"
    if not answer.forwarded:
        status = f"engine; hit; ttl={left}" + ("; detail=stale" if answer.stale_at(age) else "")
    return [
        ("Cache-Control", f"public, max-age={max(0, left)}, stale-while-revalidate={again}{when_failing}"),
        ("Age", f"{int(age)}"),
        ("Cache-Status", status),
    ]


def matches(header: str | None, tag: str) -> bool:
    """Whether `If-None-Match` names the tag."""
    if header == tag:
        return True
    if not header:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))


def compress(response: Response) -> Response:
    """Compress what is no ready answer: it is made for each request, so this is done quickly."""
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    if response.content_length is None or response.content_length <= compression.LEAST:
        return response
    response.vary.add("Accept-Encoding")
    if coding := compression.choose(request.headers.get("Accept-Encoding", "")):
        response.set_data(compression.compress_once(response.get_data(), coding))
        response.headers["Content-Encoding"] = coding
    return response
