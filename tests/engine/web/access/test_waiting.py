"""Few requests wait briefly until their quota has room."""

from engine.web.access.waiting import LONGEST, OF_ONE, SHORTEST, Waiting


class Quota:
    """A quota that has room at the time `free_at`; `sleep` lets time pass."""

    def __init__(self, free_at: float) -> None:
        self.now = 0.0
        self.free_at = free_at
        self.looks = 0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def attempt(self) -> float:
        """Return the seconds until there is room."""
        self.looks += 1
        return max(0.0, self.free_at - self.now)


def test_a_request_within_its_quota_does_not_wait() -> None:
    """Where there is room, no time passes."""
    quota = Quota(0)

    assert Waiting(quota.sleep).spend("client", quota.attempt) == 0
    assert (quota.now, quota.looks) == (0, 1)


def test_a_request_waits_until_there_is_room() -> None:
    """A request waits as long as its quota says, then counts."""
    quota = Quota(2.5)

    assert Waiting(quota.sleep).spend("client", quota.attempt) == 0
    assert (quota.now, quota.looks) == (2.5, 2)


def test_a_request_waits_ten_seconds_at_most() -> None:
    """After ten seconds a request is refused with the seconds that are left."""
    quota = Quota(42)

    assert Waiting(quota.sleep).spend("client", quota.attempt) == 32
    assert quota.now == LONGEST == 10


def test_looks_have_a_distance() -> None:
    """A quota that always says that it has room at once is not asked without a pause."""
    looks: list[int] = []
    slept: list[float] = []

    def attempt() -> float:
        looks.append(1)
        return 1e-9

    Waiting(slept.append).spend("client", attempt)

    assert len(looks) == round(LONGEST / SHORTEST) + 1
    assert set(slept[:-1]) == {SHORTEST}


def test_four_requests_of_a_client_wait_and_others_do_not_suffer() -> None:
    """The fifth request of a client is refused at once, while another client may wait."""
    refused: list[float] = []
    others: list[float] = []
    quota = Quota(5)
    waiting = Waiting(lambda seconds: ask(depth + 1))
    depth = 0

    def ask(level: int) -> None:
        nonlocal depth
        depth = level
        if level <= OF_ONE:
            refused.append(waiting.spend("client", quota.attempt))
        elif level == OF_ONE + 1:
            assert waiting.spend("client", quota.attempt) == 5
            others.append(Waiting(quota.sleep).spend("other", quota.attempt))

    ask(1)

    assert len(refused) == OF_ONE
    assert others == [0]
    assert waiting.spend("client", quota.attempt) == 0
