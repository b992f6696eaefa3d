"""Thousands of texts on a real server: one analysis runs at a time while other requests are served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.running import Engine
from tests.upstreams import StandIn

TEXTS = {"texts": [("no longer at risk of " * 250)[:5000]] * 40}


@pytest.fixture(scope="module")
def engine(stand_in: StandIn) -> Iterator[Engine]:
    """Yield a server without quotas."""
    settings = {"CACHE_WARMING_ENABLED": "false", "RATE_LIMIT_ENABLED": "false"}
    with Engine({**stand_in.base_urls(), **settings}) as engine:
        yield engine


def analyze(engine: Engine) -> requests.Response:
    """Request the analysis of many long texts."""
    return requests.post(f"{engine.url}/api/sentiment/analyze", json=TEXTS, timeout=60)


def test_others_are_served_while_texts_are_judged(engine: Engine) -> None:
    """Other requests are served in the hundreds of pauses of an analysis."""
    served = 0
    with ThreadPoolExecutor(1) as pool, requests.Session() as session:
        analysis = pool.submit(analyze, engine)
        while not analysis.done():
            assert session.get(f"{engine.url}/api/health", timeout=20).ok
            served += 1

    assert analysis.result().status_code == 200
    assert served >= 10


def test_many_analyses_are_refused_with_the_time_to_wait(engine: Engine) -> None:
    """A few of many analyses wait briefly, and the others are refused with the time to wait."""
    with ThreadPoolExecutor(24) as pool:
        answers = [*pool.map(lambda _: analyze(engine), range(24))]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(refused) >= 10
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert analyze(engine).status_code == 200
