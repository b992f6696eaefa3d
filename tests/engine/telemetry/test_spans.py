"""Spans: which are below which, what they say of failures, and what is left of them without a collector."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import InvalidRequest
from engine.telemetry import spans
from engine.telemetry.request_id import begin, with_new_id, with_request_id
from engine.telemetry.spans import UNRECORDED, Caller, is_recording, note, span
from providers import Unavailable
from tests.recorded_spans import Recorder, recorder

__all__ = ["recorder"]


def test_nothing_is_recorded_without_a_collector() -> None:
    """Without a tracer a span takes everything and keeps nothing."""
    with span("request") as opened:
        opened.set({"a": 1})
        opened.rename("other")
        opened.fail("kind")
        opened.close()
        note({"b": 2})

        assert opened is UNRECORDED
        assert spans.current() is None
    assert not is_recording()


def test_spans_nest_and_have_the_request_id(recorder: Recorder) -> None:
    """A span is below the one that is open, and below the caller's without one."""
    caller = Caller(1, 2)
    begin("one")
    with span("request", caller=caller):
        with span("cache", {"keys": 3}, caller=caller):
            note({"waited": 1})
        with span("other"):
            pass
    request, cache, other = recorder.spans

    assert (request.parent, cache.parent, other.parent) == (caller, request, request)
    assert cache.attributes == {"request_id": "one", "keys": 3, "waited": 1}
    assert not any(one.is_open for one in recorder.spans)
    assert spans.current() is None


def test_spans_follow_a_request_into_pools(recorder: Recorder) -> None:
    """Work in a pool is below the span that submitted it; work with a new id has a link to it at most."""

    def work(name: str, link: object | None = None) -> None:
        with span(name, link=link):
            pass

    with ThreadPoolExecutor(1) as pool, span("request"):
        pool.submit(with_request_id(work, "call")).result()
        pool.submit(with_new_id("refresh", work, "behind", spans.current())).result()
        pool.submit(work, "none").result()
    request, call, behind, none = recorder.spans

    assert call.parent is request
    assert (behind.parent, behind.link) == (None, request)
    assert str(behind.attributes["request_id"]).startswith("refresh-")
    assert none.parent is None


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            Unavailable("kraken.com: HTTP 500", reason="HTTP 500"),
            ("HTTP 500", "kraken.com: HTTP 500"),
        ),
        (InvalidRequest("Not a coin: <what a client sent>"), ("INVALID_PARAMETER", "")),
        (ValueError("<anything>"), ("ValueError", "")),
    ],
)
def test_an_exception_is_the_failure(recorder: Recorder, error: Exception, failure: tuple[str, str]) -> None:
    """A failure has its reason, and the text of an exception only if it is one of a provider."""
    with pytest.raises(type(error)), span("call"):
        raise error

    assert recorder.spans[0].failure == failure
    assert not recorder.spans[0].is_open
