"""Compare the speed of the working tree with that of another revision, by the servers' processor time.

The exit status is 1 if a benchmark costs over 15 % more than in BASE, and 2 if there is no comparison.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import SubprocessError
from typing import NoReturn

from benchmarks.compare.environments import interpreter
from benchmarks.compare.failures import NotComparable
from benchmarks.compare.losses import LIMIT, Compared
from benchmarks.compare.measures import Benchmark, Sizes, benchmarks
from benchmarks.compare.opening import opening
from benchmarks.compare.revisions import checkout, commit, name_of_tree
from benchmarks.compare.rounds import MOST, Open, Side, compare
from benchmarks.compare.servers import Revision
from benchmarks.compare.table import machine, table
from tests.running import ROOT

ROUNDS = 5
LOST, NOT_COMPARED, INTERRUPTED = 1, 2, 130
Begin = Callable[[Mapping[Side, Revision], Mapping[str, Benchmark]], AbstractContextManager[Open]]


def main(arguments: Sequence[str], root: Path = ROOT, begin: Begin = opening) -> int:
    """Compare, print the table and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("base", metavar="BASE", help="a branch, a tag or a commit")
    parser.add_argument(
        "--rounds",
        type=_positive,
        default=ROUNDS,
        help=f"rounds with new servers ({ROUNDS}); up to {MOST} times as many where their spread is wide",
    )
    options = parser.parse_args(arguments)
    try:
        return _judged(_compared(options.base, options.rounds, root, begin))
    except (NotComparable, OSError, SubprocessError) as error:
        print(f"not compared: {error}", file=sys.stderr)
        return NOT_COMPARED
    except KeyboardInterrupt:
        print("interrupted: nothing is compared, and the worktree of BASE is removed", file=sys.stderr)
        return INTERRUPTED


def _compared(base: str, rounds: int, root: Path, begin: Begin) -> list[Compared]:
    name, current = commit(root, base), name_of_tree(root)
    what = f"BASE {name} ({base}) beside the working tree ({current})"
    print(f"{what}, {rounds} rounds", flush=True)
    all_of_them = benchmarks(Sizes())
    passes = {name: benchmark.passes for name, benchmark in all_of_them.items()}
    with checkout(root, name) as tree:
        python = interpreter(tree, root, Path(sys.prefix) / "bases", _say)
        revisions = {
            Side.BASE: Revision(tree, python),
            Side.CURRENT: Revision(root, Path(sys.executable)),
        }
        with begin(revisions, all_of_them) as open_round:
            compared = compare(passes, open_round, rounds, _say)
    units = {name: benchmark.unit for name, benchmark in all_of_them.items()}
    print(f"\nProcessor time of the server, {what}; {machine()}\n")
    print("\n".join(table(compared, units)), flush=True)
    return compared


def _judged(compared: Sequence[Compared]) -> int:
    """Say which benchmarks have lost, and return the exit status."""
    lost = [f"{one.name} ({one.ratio:.2f})" for one in compared if one.has_lost]
    print(f"\nmore than {LIMIT - 1:.0%} slower: {', '.join(lost)}" if lost else "\nno loss of speed")
    return LOST if lost else 0


def _say(text: str) -> None:
    print(text, flush=True)


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return number


def _terminate(*_: object) -> NoReturn:
    """End as after Ctrl-C, so that servers and the worktree are removed."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(main(sys.argv[1:]))
