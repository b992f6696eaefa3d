"""Convert ready answers into HTTP responses, for Flask and for the fast path."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, request

from engine.cache import KEPT, Answer, Validity
from engine.cache.answers import Table
from engine.web import compression

JSON = ("Content-Type", "application/json")
TABLE = ("Content-Type", "text/csv; charset=utf-8; header=present")
VARY = ("Vary", "Accept-Encoding")
NEGOTIATED = ("Vary", "Accept, Accept-Encoding")
NOT_MODIFIED = "304 NOT MODIFIED"
ANSWER = "engine.answer"
SCOPE = "engine.scope"
"""Where a request's WSGI environment holds the answer, and the endpoint that gave it."""
ADD_TEXT = "engine.add_text"
"""Where it holds a function of the server that adds the text of `ConstantHeaders` to the answer's head."""
Headers = list[tuple[str, str]]


class ConstantHeaders(NamedTuple):
    """Headers that many responses have, and their lines, ready to be sent."""

    pairs: tuple[tuple[str, str], ...]
    text: str

    def __add__(self, other: "ConstantHeaders") -> "ConstantHeaders":  # type: ignore[override]
        """Return both together."""
        text = self.text + other.text if self.text and other.text else ""
        return ConstantHeaders(self.pairs + other.pairs, text)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "ConstantHeaders":
        """Write the lines; there is no text where a server has to check the headers first."""
        kept = tuple(pairs)
        plain = all(each.isascii() and each.isprintable() for pair in kept for each in pair)
        return cls(kept, "".join(f"{name}: {value}\r\n" for name, value in kept) if plain else "")


class Served(NamedTuple):
    """How cached data was found (`hit`, `miss` or `stale`), and its age in seconds, as `Age` has it."""

    outcome: str
    age: int


class Reply(NamedTuple):
    """A complete response: `headers` of its moment, and those that are the same each time.

    `written` are lines of headers that come first, ready to be sent.
    """

    status: str
    headers: Headers
    body: bytes
    constant: ConstantHeaders = ConstantHeaders((), "")
    served: Served | None = None
    written: str = ""

    def with_headers(self, more: Headers) -> "Reply":
        """Return the same with `more` headers of its moment."""
        headers = [*self.headers, *more]
        return Reply(self.status, headers, self.body, self.constant, self.served, self.written)


def reply(answer: Answer, now: float, environ: Mapping[str, Any]) -> Reply:
    """Return the response with `answer` at `now`, or 304 if the client has it.

    The tag changes with the data and when the answer becomes stale, but not with the age, which `Age` gives.
    """
    age = answer.age(now)
    stale = answer.stale_at(age)
    coding = ""
    if len(answer.head) > compression.LEAST:
        coding = compression.choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f'"{answer.tag}{"-stale" if stale else ""}{"-" if coding else ""}{coding}"'
    headers = aged(answer, age, f", stale-if-error={int(KEPT)}")
    served = Served("miss" if answer.forwarded else "stale" if stale else "hit", int(age))
    if answer.table is not None:
        headers += described(answer.table, age, stale)
    if matches(environ.get("HTTP_IF_NONE_MATCH"), tag):
        return Reply(NOT_MODIFIED, headers, b"", _constant(tag, answer.negotiable, None, ""), served)
    body = compression.encoded(answer, now, coding) if coding else answer.body(now)
    headers.append(("Content-Length", f"{len(body)}"))
    kind = JSON if answer.table is None else TABLE
    return Reply("200 OK", headers, body, _constant(tag, answer.negotiable, kind, coding), served)


@lru_cache(1024)
def _constant(tag: str, negotiable: bool, kind: tuple[str, str] | None, coding: str) -> ConstantHeaders:
    """Return the headers that an answer has as long as it is kept."""
    headers = [("ETag", tag), NEGOTIATED if negotiable else VARY]
    if kind is not None:
        headers.append(kind)
    if coding:
        headers.append(("Content-Encoding", coding))
    return ConstantHeaders.of(headers)


def described(table: Table, age: float, stale: bool) -> Headers:
    """Return the headers with what JSON has under `meta`: rows have no place for it."""
    headers = [
        ("X-Data-Source", ", ".join(table.sources)),
        ("X-Data-Stale", "true" if stale else "false"),
        ("X-Data-Age", f"{age:.1f}"),
        ("X-Data-Gaps", f"{table.gaps}"),
    ]
    return [*headers, ("X-Data-Quote", table.quote)] if table.quote else headers


def aged(answer: Validity, age: float, when_failing: str = "") -> Headers:
    """Return the headers about the `age` (seconds) and freshness of `answer`.

    `Cache-Status` follows RFC 9211. `when_failing` says what a cache may do when it receives an error.
    """
    left, again = int(answer.lifetime - age), max(1, int(answer.lifetime))
    return [*_aged(left, again, int(age), answer.forwarded, answer.stale_at(age), when_failing)]


@lru_cache(1024)
def _aged(left: int, again: int, age: int, forwarded: bool, stale: bool, when_failing: str) -> Headers:
    status = "engine; fwd=miss" if forwarded else f"engine; hit; ttl={left}"
    if stale and not forwarded:
        status += "; detail=stale"
    return [
        ("Cache-Control", f"public, max-age={max(0, left)}, stale-while-revalidate={again}{when_failing}"),
        ("Age", f"{age}"),
        ("Cache-Status", status),
    ]


def matches(header: str | None, tag: str) -> bool:
    """Return whether `If-None-Match` contains the tag."""
    if header == tag:
        return True
    if not header:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))


def compress_readably(response: Response) -> Response:
    """Compress a response for clients of other services, which can read gzip where they offer it."""
    return compress(response, compression.READABLE)


def compress(response: Response, preferred: tuple[str, ...] = compression.PREFERRED) -> Response:
    """Compress other responses than ready answers, quickly, because each is sent once."""
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    if response.content_length is None or response.content_length <= compression.LEAST:
        return response
    response.vary.add("Accept-Encoding")
    if coding := compression.choose(request.headers.get("Accept-Encoding", ""), preferred):
        response.set_data(compression.compress_once(response.get_data(), coding))
        response.headers["Content-Encoding"] = coding
    return response
