"""What the model says of a profile of `make load`, and whether that is what was measured."""

from dataclasses import dataclass, replace

from benchmarks.scaling.behaviour import Data, of_load
from benchmarks.scaling.costs import Costs
from benchmarks.scaling.model import demand, refreshes, utilisation
from tests.load.mix import RARE, share
from tests.load.profiles import Profile

FACTOR = 2.0
"""How many times more or less than predicted may be measured."""
FEW = 10
"""Calls upstream that are too few to be compared by a factor: so many more or less are chance."""


@dataclass(frozen=True)
class Outcome:
    """What a profile caused: requests, seconds of the engine's processor time, and calls upstream."""

    requests: float
    processor: float
    calls: float


def predicted(profile: Profile, costs: Costs) -> Outcome:
    """Return what a profile should cause on one worker with answers in memory."""
    behaviour = of_load(costs, profile.per_minute / profile.users)
    steady = demand(profile.users, behaviour)
    count = sum(
        fetched(one, profile.per_second * one.share, profile.seconds) * one.calls for one in behaviour.data
    )
    count += sum(int(profile.seconds / one.period) * one.calls for one in behaviour.background)
    wanted = replace(steady, calls=count / profile.seconds)
    processor = utilisation(wanted, costs, 1, shared=False) * profile.seconds
    return Outcome(profile.per_second * profile.seconds, processor, count)


def fetched(data: Data, asked: float, seconds: float) -> float:
    """Return how often data is fetched in a time at whose beginning all frequent data is fresh."""
    if not data.lifetime or not asked:
        return 0.0
    often = refreshes(data, asked) * seconds
    is_rare = data.share <= share("rare") / len(RARE)
    return often if is_rare else float(int(often))


def differences(profile: str, expected: Outcome, measured: Outcome) -> list[str]:
    """Return what of a profile the model has not predicted within the factor."""
    found = []
    pairs = (
        ("seconds of processor time", expected.processor, measured.processor, 0.0),
        ("calls upstream", expected.calls, measured.calls, FEW),
    )
    for what, said, was, chance in pairs:
        if not said / FACTOR - chance <= was <= said * FACTOR + chance:
            found.append(f"{profile}: {was:.3g} {what}, but {said:.3g} were predicted")
    return found


def row(profile: str, expected: Outcome, measured: Outcome) -> str:
    """Return a row of the table of the check."""
    processor = f"{expected.processor:.2f} | {measured.processor:.2f}"
    return (
        f"| {profile} | {measured.requests:.0f} | {processor} | {expected.calls:.0f} | {measured.calls:.0f} |"
    )


HEADER = """\
| profile | requests | processor time, predicted | measured | calls upstream, predicted | measured |
|---|---|---|---|---|---|"""
