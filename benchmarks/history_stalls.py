"""`python -m benchmarks.history_stalls [days]`: how long the archive's work holds the event loop.

A greenlet wants to run every millisecond while others export, read and resample minutes of one coin.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - gevent comes first, as in the server
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import gevent  # noqa: E402

from benchmarks.history import DAY, FORMATS, MINUTE, START, exported, findings  # noqa: E402
from engine.config import Settings  # noqa: E402
from engine.history.archive import Archive  # noqa: E402
from engine.history.exports import Export  # noqa: E402
from engine.history.resampled import resampled  # noqa: E402
from engine.history.series import Cause, SeriesKey  # noqa: E402

DAYS = 180
TICK = 0.001
KEY, HOURS = SeriesKey("coin0", "USDT", "1m"), SeriesKey("coin0", "USDT", "1h")


def stalls(work: Callable[[], object]) -> list[float]:
    """Return by how many seconds each tick was late while `work` ran, in ascending order."""
    late: list[float] = []
    running = gevent.spawn(work)
    while not running.dead:
        start = time.perf_counter()
        gevent.sleep(TICK)
        late.append(time.perf_counter() - start - TICK)
    running.get()
    return sorted(late)


def main(days: int) -> None:
    """Print the longest stall, and that of one tick in a hundred."""
    end = START + days * DAY
    with TemporaryDirectory() as folder:
        archive = Archive(Settings(data_dir=folder, history_enabled=True, history_max_bytes=1 << 40))
        found = list(findings(0, days))
        archive.write(KEY, found[0], Cause.JOB)  # imports the libraries

        def write() -> None:
            for finding in found[1:]:
                archive.write(KEY, finding, Cause.JOB)

        def read() -> None:
            for begin in range(START, end - 1000 * MINUTE, 10 * DAY):
                archive.read(KEY, begin, begin + 1000 * MINUTE)

        exports = [Export(KEY, START, end, end, form, None, str) for form in FORMATS]
        works: dict[str, Callable[[], object]] = {
            "write a week at a time": write,
            "read 1000 candles": read,
            "resample to hours": lambda: resampled(archive, HOURS, START, end),
            **{f"export {it.format}": lambda it=it: exported(archive, it) for it in exports},  # type: ignore[misc]
        }
        for name, work in works.items():
            if name.startswith("export"):
                work()  # imports the libraries
            late = stalls(work)
            print(
                f"{name}: at most {late[-1] * 1000:.1f} ms, p99 {late[len(late) * 99 // 100] * 1000:.1f} ms"
            )
        archive.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DAYS)
