"""The number, rate and duration of clients, and the requirements for the engine meanwhile."""

from dataclasses import dataclass

LEAST_SUCCESS = 0.999
LEAST_HITS = 0.90
MOST_MILLISECONDS = 100.0
"""What 99 of 100 answers have to stay below while one provider hangs."""
LEAST_PACE = 0.95
"""The share of a profile's pace that has to be reached: who waits for answers asks more seldom."""


@dataclass(frozen=True)
class Profile:
    """`users` who make `per_minute` requests together, for `seconds`."""

    name: str
    users: int
    per_minute: int
    seconds: int

    @property
    def per_second(self) -> float:
        """Return the intended number of requests per second."""
        return self.per_minute / 60


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("normal", users=10, per_minute=100, seconds=600),
        Profile("peak", users=50, per_minute=500, seconds=300),
        Profile("stress", users=100, per_minute=1000, seconds=120),
        Profile("rush", users=100, per_minute=30_000, seconds=60),
        Profile("short", users=20, per_minute=3000, seconds=15),
    )
}


@dataclass(frozen=True)
class Figures:
    """The results of a profile: counts of requests, and milliseconds."""

    profile: str
    requests: int
    failures: int
    hits: int
    cached: int
    """How many of the answers may come from the cache, and so may be hits."""
    per_second: float
    wanted: float
    """How many a second there should have been."""
    p50: float
    p95: float
    p99: float

    @property
    def success(self) -> float:
        """Return the share of requests with the right answer."""
        return 1 - self.failures / self.requests if self.requests else 0.0

    @property
    def hit_rate(self) -> float:
        """Return the share of hits among cached answers."""
        return self.hits / self.cached if self.cached else 0.0

    def missed(self, *, timed: bool = True) -> list[str]:
        """Return the requirements that do not hold, without those in milliseconds unless `timed`."""
        missed = []
        if self.success <= LEAST_SUCCESS:
            missed.append(f"success {self.success:.2%} is not over {LEAST_SUCCESS:.1%}")
        if self.hit_rate <= LEAST_HITS:
            missed.append(f"hit rate {self.hit_rate:.1%} is not over {LEAST_HITS:.0%}")
        if timed and self.per_second < self.wanted * LEAST_PACE:
            missed.append(f"{self.per_second:.0f} a second are not the {self.wanted:.0f} of the profile")
        if timed and self.p99 >= MOST_MILLISECONDS:
            missed.append(f"p99 {self.p99:.0f} ms is not under {MOST_MILLISECONDS:.0f} ms")
        return missed

    def row(self) -> str:
        """Return a row of the report's table."""
        return (
            f"| {self.profile} | {self.requests} | {self.per_second:.1f} | {self.success:.2%} "
            f"| {self.hit_rate:.1%} | {self.p50:.0f} | {self.p95:.0f} | {self.p99:.0f} |"
        )


HEADER = """\
| profile | requests | a second | success | hits | p50 ms | p95 ms | p99 ms |
|---|---|---|---|---|---|---|---|"""
