"""Texts by the thousand on a real server: one analysis at a time, and everybody else is served in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.running import Engine
from tests.upstreams import StandIn

TEXTS = {"texts": [("no longer at risk of " * 250)[:5000]] * 40}


@pytest.fixture(scope="module")
def engine(stand_in: StandIn) -> Iterator[Engine]:
    """The server as it comes, without quotas."""
    settings = {"CACHE_WARMING_ENABLED": "false", "RATE_LIMIT_ENABLED": "false"}
    with Engine({**stand_in.base_urls(), **settings}) as engine:
        yield engine


def analyze(engine: Engine) -> requests.Response:
    """Have many long texts judged."""
    return requests.post(f"{engine.url}/api/sentiment/analyze", json=TEXTS, timeout=60)


def test_others_are_served_while_texts_are_judged(engine: Engine) -> None:
    """Not after them: there are hundreds of slices in which they have their turn."""
    served = 0
    with ThreadPoolExecutor(1) as pool, requests.Session() as session:
        analysis = pool.submit(analyze, engine)
        while not analysis.done():
            assert session.get(f"{engine.url}/api/health", timeout=20).ok
            served += 1

    assert analysis.result().status_code == 200
    assert served >= 10


def test_a_crowd_of_analyses_is_told_to_come_again(engine: Engine) -> None:
    """A few wait, briefly; the memory and the time of all others are not taken."""
    with ThreadPoolExecutor(24) as pool:
        answers = [*pool.map(lambda _: analyze(engine), range(24))]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(refused) >= 10
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert analyze(engine).status_code == 200
