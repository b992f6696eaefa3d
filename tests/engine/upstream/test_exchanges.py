"""Requests to providers' hosts as spans."""

import pytest

from engine.store import Store
from engine.store.memory import MemoryCache
from engine.upstream import Upstream
from engine.upstream.exchanges import safe
from providers import Http, Provider, ProviderError, RateLimit
from tests.recorded_spans import Recorder, recorder
from tests.running import free_port

__all__ = ["recorder"]
KEY = "k3y" * 10


class Plain(Provider):
    """A provider with nothing of its own."""

    name = "plain"
    base_urls = ("http://127.0.0.1:1",)
    rate_limit = RateLimit(1000, 60)


def test_a_failure_without_a_status_has_its_cause(recorder: Recorder) -> None:
    """A call has the reason, and its request to a host the cause; a password of the address is in neither."""
    provider = Plain(Http(), base_url=f"http://user:{KEY}@127.0.0.1:{free_port()}/{KEY}")
    upstream = Upstream(provider, Store(MemoryCache()))
    with pytest.raises(ProviderError):
        upstream.call(lambda: provider.ask("/api/v3/klines", key=KEY))
    call, request = recorder.spans

    assert (call.name, request.name, request.parent) == ("call plain", "GET 127.0.0.1", call)
    assert call.failure == request.failure == ("Connection failed", "127.0.0.1: the connection was refused")
    assert request.attributes == {
        "request_id": "",
        "provider": "plain",
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "url.path": "/api/v3/klines",
    }
    assert KEY not in repr(recorder.spans)


@pytest.mark.parametrize(
    ("path", "recorded"),
    [
        ("/api/v3/klines", "/api/v3/klines"),
        ("/api/v3/klines?key=1", "/api/v3/klines"),
        (f"/v2/{KEY}/candles", "/v2/…/candles"),
    ],
)
def test_a_path_has_no_key(path: str, recorded: str) -> None:
    """A path is recorded without its query and without words that may be keys."""
    assert safe(path) == recorded
