"""`python -m benchmarks.scaling`: the tables of docs/scaling.md from measured costs.

Without an option the costs are those of `costs.json`. `--measure` measures them on this machine, and saves
them. `--check` measures those of one worker, runs profiles of `make load`, and compares what was predicted:
the exit status is 1 if the model is wrong by more than its factor.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.scaling.behaviour import Behaviour, usual
from benchmarks.scaling.costs import SAVED, Costs, load, save
from benchmarks.scaling.deployment import Host
from benchmarks.scaling.measuring import alone, bench, measure
from benchmarks.scaling.prediction import HEADER, Outcome, differences, predicted, row
from benchmarks.scaling.table import CLIENTS, cost_table, sizes, steps
from tests.load.profiles import PROFILES
from tests.running import ROOT


def main() -> int:
    """Print the tables, or the check, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("clients", nargs="*", type=int, default=CLIENTS, help="how many clients")
    parser.add_argument(
        "--measure", action="store_true", help=f"measure the costs, and save them in {SAVED.name}"
    )
    parser.add_argument("--check", nargs="*", metavar="PROFILE", help="compare with make load (stress, rush)")
    parser.add_argument("--per-minute", type=float, help="requests of a client a minute")
    parser.add_argument("--streaming", type=float, help="the share of clients with an open stream")
    parser.add_argument("--pace", type=float, help="messages a second of a channel")
    parser.add_argument("--cores", type=int, default=Host.cores, help="cores of a host")
    options = parser.parse_args()
    if options.check is not None:
        return check(options.check or ("stress", "rush"))
    if options.measure:
        save(measure(say))
    costs = load()
    given = {name: getattr(options, name) for name in ("per_minute", "streaming", "pace")}
    behaviour: Behaviour = replace(
        usual(costs), **{name: value for name, value in given.items() if value is not None}
    )
    host = Host(cores=options.cores)
    print(document(costs, behaviour, host, options.clients))
    return 0


def document(costs: Costs, behaviour: Behaviour, host: Host, clients: Sequence[int] = CLIENTS) -> str:
    """Return both tables."""
    return f"{sizes(steps(behaviour, costs, host, clients), costs, host)}\n\n{cost_table(costs)}"


def check(profiles: Sequence[str]) -> int:
    """Print what profiles cost as predicted and as measured, and return the exit status."""
    say("one worker with answers in memory")
    with bench(logged=False) as servers:
        costs = load().measured_anew(alone(servers))
    print(HEADER, flush=True)
    wrong = []
    for name in profiles:
        command = [sys.executable, "-m", "benchmarks.scaling.driving", name]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        measured, expected = Outcome(**json.loads(done.stdout)), predicted(PROFILES[name], costs)
        print(row(name, expected, measured), flush=True)
        wrong += differences(name, expected, measured)
    print("\n".join(wrong) or "the model holds", flush=True)
    return 1 if wrong else 0


def say(what: str) -> None:
    """Tell what is measured."""
    print(f"measuring {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
