"""The real server over the stand-in."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from engine import create_app
from tests.documented import Document
from tests.running import Engine
from tests.upstreams import StandIn


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """All providers, in this process."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module", params=["gevent", "gthread"])
def engine(request: pytest.FixtureRequest, stand_in: StandIn) -> Iterator[Engine]:
    """The server as `make run` starts it, under each kind of worker."""
    settings = {
        **stand_in.base_urls(),
        "WORKER_CLASS": request.param,
        "RATE_LIMIT_ENABLED": "false",
        "CACHE_WARMING_ENABLED": "false",
    }
    with Engine(settings, command=("make", "run")) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _well(stand_in: StandIn) -> Iterator[None]:
    """Each test begins with healthy providers and no calls."""
    stand_in.calls.forget()
    yield
    stand_in.heal()


ENOUGH = 10
"""How many answers of a kind are held against the document in one test."""


@pytest.fixture(scope="session")
def document() -> Document:
    """What the engine says of itself."""
    return Document(create_app(cache_warming_enabled=False).test_client().get("/openapi.json").get_json())


@pytest.fixture(autouse=True)
def _documented(document: Document, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every answer that a test gets from a server is one that the document describes."""
    send = requests.Session.send
    seen: Counter[tuple[str | None, int]] = Counter()
    mistakes: list[str] = []

    def watched(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        response = send(self, request, **options)
        path = urlsplit(str(request.url)).path
        kind = (document.path(str(request.method), path), response.status_code)
        seen[kind] += 1
        if kind[0] and seen[kind] <= ENOUGH:
            body = response.json() if response.content else None
            told = document.mistakes(str(request.method), path, kind[1], response.headers, body)
            mistakes.extend(told)
        return response

    monkeypatch.setattr(requests.Session, "send", watched)
    yield
    assert mistakes == []
