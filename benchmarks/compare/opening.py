"""The servers of both revisions in each round."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from benchmarks.compare.failures import Missing
from benchmarks.compare.losses import Reading
from benchmarks.compare.measures import KEY, STREAMS, Benchmark
from benchmarks.compare.rounds import Open, Side, Take
from benchmarks.compare.servers import Revision, Server, hosts
from tests.upstreams import StandIn

DELAY = 0.01
"""Seconds before the stand-in answers."""
APPS = Path(__file__).parent / "apps"
STREAMING = "benchmarks/streams/engine_app.py"
"""What a revision must have for the benchmarks of streams, since only it knows its own publisher."""
OF_REQUESTS = {"RATE_LIMIT_OHLCV": "1000000", "RATE_LIMIT_PRICES": "1000000", "CACHE_TTL_PRICES": "3600"}
"""Quotas that are on and large enough, and prices that stay fresh."""
OF_STREAMS = {
    "RATE_LIMIT_ENABLED": "false",
    "STREAM_MAX_CONNECTIONS": "5000",
    "CONNECTIONS_PER_ADDRESS": "0",
    "PYTHONPATH": str(APPS),
}


@contextmanager
def opening(revisions: Mapping[Side, Revision], benchmarks: Mapping[str, Benchmark]) -> Iterator[Open]:
    """Yield what begins a round. Both revisions have one stand-in, that of the working tree."""
    with StandIn(delay=DELAY) as stand_in, tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.write_text(f"bench:unlimited:{sha256(KEY.encode()).hexdigest()}\n")

        def settings(side: Side, app: str, number: int) -> dict[str, str]:
            return {
                **hosts(stand_in, revisions[side].tree),
                **(OF_STREAMS if app == STREAMS else OF_REQUESTS),
                "API_KEYS_FILE": str(keys),
                "DATA_DIR": str(Path(folder) / side.name),
                "PYTHONHASHSEED": str(number),  # the layout of memory differs between rounds, not sides
            }

        def start(stack: ExitStack, side: Side, app: str, number: int) -> Server:
            if app == STREAMS and not (revisions[side].tree / STREAMING).exists():
                raise Missing(STREAMING)
            log = stack.enter_context((Path(folder) / f"{side.name}.log").open("w+b"))
            return stack.enter_context(Server(revisions[side], settings(side, app, number), app, log))

        yield _rounds(benchmarks, start)


def _rounds(
    benchmarks: Mapping[str, Benchmark], start: Callable[[ExitStack, Side, str, int], Server]
) -> Open:
    """Return what begins a round, in which each server starts when it is first needed."""

    @contextmanager
    def open_round(number: int) -> Iterator[Take]:
        started: dict[tuple[Side, str], Server] = {}
        with ExitStack() as stack:

            def take(name: str, side: Side, turn: int) -> Reading:
                benchmark = benchmarks[name]
                if (side, benchmark.app) not in started:
                    started[side, benchmark.app] = start(stack, side, benchmark.app, number)
                return benchmark.measure(started[side, benchmark.app], turn)

            yield take

    return open_round
