"""Requests keep a provider's rate limit."""

from providers import RateLimit
from tests.live.pace import Pace
from tests.live.test_live import Skipping


def test_a_call_waits_until_its_weight_fits() -> None:
    """Nine tenths of a limit of ten are used in a second; the next call waits for the end of that second."""
    time = Skipping()
    pace = Pace(RateLimit(10, 1), time, time.wait)
    began = []
    for weight in (5, 4, 1, 9):
        pace.take(weight)
        began.append(time())

    assert began == [0.0, 0.0, 1.0, 2.0]


def test_a_call_above_the_limit_waits_for_all_others() -> None:
    """A call that weighs more than the limit is made when nothing else counts."""
    time = Skipping()
    pace = Pace(RateLimit(2, 60), time, time.wait)
    for _ in range(2):
        pace.take(5)

    assert time() == 60.0
