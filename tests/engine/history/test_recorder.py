"""The queue of candles that wait to be written."""

import threading
import tracemalloc
from collections.abc import Callable
from typing import cast

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.errors import ArchiveUnreachable
from engine.history.recorder import Recorder
from engine.history.series import Cause, Finding, Gap, KeptCandle, SeriesKey
from engine.history.writing import Written
from providers import Candle
from tests.engine.history.kept import BTC, MINUTE, START, finding, kept

SECONDS = 0.2
"""How long a write gives another thread to overtake it."""


class Recorded:
    """An archive that notes the first minute of each finding, and does `meanwhile` in the first write."""

    enabled = usable = True

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self.opened: list[int] = []
        self.found: list[Finding] = []
        self.released = 0
        self._meanwhile: Callable[[], None] | None = meanwhile

    def write(self, key: SeriesKey, found: Finding, cause: Cause) -> Written:
        """Note a finding."""
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        self.opened.append(found.first)
        self.found.append(found)
        return Written(len(found.candles))

    def release(self) -> None:
        """Count the turns."""
        self.released += 1


FOUND = [finding(kept(minute)) for minute in range(6)]
OPENED = [it.first for it in FOUND]


def _recorder(meanwhile: Callable[[], None]) -> tuple[Recorder, Recorded]:
    archive = Recorded(meanwhile)
    return Recorder(cast(Archive, archive)), archive


def test_two_threads_that_write_at_once_write_each_finding_once_and_in_order() -> None:
    """A stop that writes what is left, while the background still writes, loses and doubles nothing."""
    other = threading.Thread(target=lambda: recorder.drain())

    def overtake() -> None:
        other.start()
        other.join(SECONDS)

    recorder, archive = _recorder(overtake)
    for found in FOUND:
        recorder.offer(BTC, found, Cause.REQUEST)

    recorder.drain()
    other.join()

    assert archive.opened == OPENED
    assert recorder.written == len(OPENED)


def test_a_finding_is_written_as_it_was_offered() -> None:
    """Figures that a provider lacks, origins and gaps are the same after a wait."""
    bare = KeptCandle(
        Candle(START, 0.1, 1e300, 5e-324, 2.0, None), "kraken", filled=True, revision=2, known=7
    )
    gap = Gap(START + MINUTE, START + 2 * MINUTE, "no_trades")
    offered = finding(bare, kept(2), gaps=(gap,))
    recorder, archive = _recorder(lambda: None)

    recorder.offer(BTC, offered, Cause.REQUEST)
    recorder.drain()

    [written] = archive.found
    assert [*written.candles] == [*offered.candles]
    assert [*written.gaps] == [gap]
    assert (written.first, written.until, written.known) == (offered.first, offered.until, offered.known)


def test_what_waits_is_smaller_than_its_objects() -> None:
    """Candles that wait for a slow database are bytes, which leave no room behind when they are written."""
    recorder, _ = _recorder(lambda: None)
    tracemalloc.start()
    found = [_varied() for _ in range(10)]
    objects = tracemalloc.get_traced_memory()[0]

    for one in found:
        recorder.offer(BTC, one, Cause.REQUEST)
    waiting = tracemalloc.get_traced_memory()[0] - objects
    tracemalloc.stop()

    assert waiting < 0.75 * objects


def _varied() -> Finding:
    """Return a thousand candles of which no two figures are the same."""
    rows = [
        (START + row * MINUTE, row / 7, row / 6, row / 5, row / 4, row / 3, row / 2) for row in range(1000)
    ]
    candles = [Candle(*row, trades=number) for number, row in enumerate(rows)]
    return finding(*(KeptCandle(candle, "binance", known=START) for candle in candles))


def test_findings_that_arrive_during_a_write_are_written_as_well() -> None:
    """A request that offers candles while others are written waits for nothing, and nothing is lost."""

    def offer() -> None:
        for found in FOUND[1:]:
            recorder.offer(BTC, found, Cause.REQUEST)

    recorder, archive = _recorder(offer)
    recorder.offer(BTC, FOUND[0], Cause.REQUEST)

    while recorder.drain():
        pass

    assert archive.opened == OPENED


def test_a_finding_that_could_not_be_written_stays_the_first() -> None:
    """What waits for a database keeps its place before findings that arrived meanwhile."""

    def fail() -> None:
        recorder.offer(BTC, FOUND[1], Cause.REQUEST)
        raise ArchiveUnreachable("gone")

    recorder, archive = _recorder(fail)
    recorder.offer(BTC, FOUND[0], Cause.REQUEST)

    assert recorder.drain() == 0
    assert recorder.drain() == 2
    assert archive.opened == OPENED[:2]


def test_a_finding_that_the_database_refuses_keeps_no_other_waiting(url: str) -> None:
    """A value that has no place in its column is dropped, and the history is used on."""
    archive = Archive(Settings(database_url=url, history_enabled=True))
    recorder = Recorder(archive)
    recorder.offer(SeriesKey("a" * 80, "USDT", "1m"), FOUND[0], Cause.REQUEST)
    recorder.offer(BTC, FOUND[1], Cause.REQUEST)

    while recorder.drain():
        pass
    kept_ones = archive.read(BTC, FOUND[1].first, FOUND[1].until).candles
    archive.stop()

    assert len(kept_ones) == 1
