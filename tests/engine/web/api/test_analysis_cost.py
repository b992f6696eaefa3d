"""The analysis of texts spends as much of a client's quota as it costs the engine."""

from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from engine.web.access import quotas
from engine.web.access.counters import SlidingWindowStorage
from engine.web.api._analysing import UNIT
from schemas import ErrorAnswer
from tests.engine.web.api.answers import held
from tests.engine.web.conftest import Make

PATH = "/api/sentiment/analyze"
TEXT = "no longer at risk of "


def ask(client: FlaskClient, characters: int, key: str = "") -> tuple[int, str]:
    """Return the status of an analysis of so many characters, and the rest of the quota."""
    texts = [TEXT.ljust(5000, ".")] * (characters // 5000) + ["x" * (characters % 5000)] * (
        characters % 5000 > 0
    )
    headers = {"X-API-Key": key} if key else {}
    answer = client.post(PATH, json={"texts": texts}, headers=headers)
    return answer.status_code, answer.headers.get("X-RateLimit-Remaining", "")


def test_ten_thousand_characters_count_as_one_request(make: Make) -> None:
    """A short analysis counts like any other request."""
    client = make(rate_limit_enabled=True)

    assert client.post(PATH, json={"text": "BTC soars"}).headers["X-RateLimit-Remaining"] == "29"
    assert ask(client, UNIT) == (200, "28")
    assert ask(client, UNIT + 1) == (200, "26")
    assert ask(client, 5 * UNIT) == (200, "21")
    assert client.get("/api/sentiment").headers["X-RateLimit-Remaining"] == "29", "another endpoint"


def test_too_little_left_is_refused_with_the_time_to_wait(make: Make) -> None:
    """An analysis beyond the rest of the quota is refused with the time to wait, and a smaller one works."""
    client = make(rate_limit_enabled=True, rate_limit_sentiment=10)
    assert ask(client, 6 * UNIT) == (200, "4")
    refused = client.post(PATH, json={"texts": ["x" * 5000] * 10})
    error = held(ErrorAnswer, refused.json)["error"]

    assert refused.status_code == 429
    assert error["code"] == "RATE_LIMITED"
    assert 0 < error["retryAfter"] <= 120
    assert refused.headers["Retry-After"] == str(error["retryAfter"])
    assert refused.headers["X-RateLimit-Remaining"] == "3"
    assert f"t={error['retryAfter']}" in refused.headers["RateLimit"]
    assert ask(client, 3 * UNIT) == (200, "0")


def test_no_request_costs_more_than_the_quota(make: Make) -> None:
    """With a small quota a long analysis takes all of it instead of never being served."""
    client = make(rate_limit_enabled=True, rate_limit_sentiment=3)

    assert ask(client, 20 * UNIT) == (200, "0")
    assert ask(client, 1)[0] == 429


def test_a_caller_without_a_quota_pays_nothing(make: Make, tmp_path: Path) -> None:
    """A caller with a larger quota pays nothing for a longer analysis."""
    file = tmp_path / "keys"
    tiers = {"one": "pro", "two": "unlimited"}
    file.write_text("".join(f"{it}:{tier}:{sha256(it.encode()).hexdigest()}\n" for it, tier in tiers.items()))
    client = make(rate_limit_enabled=True, rate_limit_sentiment=3, api_keys_file=str(file))

    assert ask(client, 20 * UNIT, "one") == (200, "10")
    assert ask(client, 20 * UNIT, "two") == (200, "")
    assert ask(make(rate_limit_sentiment=3), 20 * UNIT) == (200, "")


@pytest.mark.parametrize("storage", [SlidingWindowStorage, MemoryStorage])
@pytest.mark.parametrize("amount", [1, 4, 10])
def test_the_wait_is_long_enough_and_no_longer(
    monkeypatch: pytest.MonkeyPatch, storage: type[Storage], amount: int
) -> None:
    """A request is served after the given time to wait, and is refused a second earlier."""
    now = 1_700_000_040.0
    monkeypatch.setattr("time.time", lambda: now)
    item, strategy = RateLimitItemPerMinute(10), SlidingWindowCounterRateLimiter(storage())
    for pause in (0, 3, 20, 31, 0, 59, 7, 100, 1, 1, 1, 1):
        now += pause
        strategy.hit(item, quotas.PREFIX, "a", "scope", cost=3)
        left = strategy.get_window_stats(item, quotas.PREFIX, "a", "scope").remaining
        seconds = quotas.until(strategy, item, "a", "scope", amount)
        assert (seconds == 0) == (left >= amount)
        if seconds:
            then = now
            now = then + seconds + 0.01
            assert strategy.test(item, quotas.PREFIX, "a", "scope", cost=amount)
            now = then + max(0, seconds - 1)
            assert not strategy.test(item, quotas.PREFIX, "a", "scope", cost=amount)
            now = then
