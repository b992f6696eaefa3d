"""What the model says of `make load`, and when it is wrong."""

import pytest

from benchmarks.scaling.prediction import Outcome, differences, predicted
from tests.benchmarks.scaling.costs import COSTS
from tests.load.profiles import PROFILES, Profile

EXPECTED = Outcome(requests=1000, processor=2.0, calls=50)


def test_a_profile_is_predicted_from_its_requests_and_refreshes() -> None:
    """A minute of requests costs what each of them costs; data that stays fresh for it is not fetched."""
    said = predicted(Profile("some", users=10, per_minute=600, seconds=60), COSTS)

    assert said.requests == 600
    assert said.processor == pytest.approx(600 * 310e-6 + said.calls * 5e-3 + 60 * 0.001, rel=0.05)
    assert said.calls == pytest.approx(
        8 + 2 * 8 + 600 / 500, abs=0.2
    )  # prices, behind as well, and rare candles


def test_a_longer_profile_has_more_calls() -> None:
    """Twice the clients in the same time cause about the same calls, and a longer time more of them."""
    short, long = predicted(PROFILES["peak"], COSTS), predicted(PROFILES["normal"], COSTS)

    assert long.requests < short.requests
    assert long.calls > short.calls


@pytest.mark.parametrize(
    ("measured", "what"),
    [
        (EXPECTED, []),
        (Outcome(1000, 3.9, 105), []),
        (Outcome(1000, 4.1, 50), ["some: 4.1 seconds of processor time, but 2 were predicted"]),
        (Outcome(1000, 2.0, 10), ["some: 10 calls upstream, but 50 were predicted"]),
    ],
)
def test_the_model_is_wrong_beyond_its_factor(measured: Outcome, what: list[str]) -> None:
    """More than twice and less than half of what was predicted is a difference, but not a few calls."""
    assert differences("some", EXPECTED, measured) == what
