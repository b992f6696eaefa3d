"""Lines that wait a moment, and are written together."""

import select
from collections.abc import Callable
from threading import Event, Thread, get_ident

import pytest

from engine.telemetry import batched_lines
from engine.telemetry.batched_lines import MOST, PAUSE, BatchedLines, pieces


class Sink:
    """Keeps each text that is flushed."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text = ""

    def write(self, text: str) -> None:
        """Keep a text until it is flushed."""
        self._text += text

    def flush(self) -> None:
        """Note what was written at once."""
        self.texts.append(self._text)
        self._text = ""


class Threads:
    """Starts no thread, and keeps what each would do."""

    def __init__(self) -> None:
        self.works: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None], arguments: tuple[()]) -> None:
        """Note a thread."""
        self.works.append(work)


@pytest.fixture
def sink() -> Sink:
    """Return where lines are written to."""
    return Sink()


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    """Return the threads, none of which sleeps."""
    monkeypatch.setattr(batched_lines, "_sleep", lambda seconds: None)
    return Threads()


def test_lines_wait_and_are_written_together(sink: Sink, threads: Threads) -> None:
    """Lines wait for one thread, which writes all of them."""
    stream = BatchedLines(sink, threads, clock=lambda: 1.0)
    for line in ("one\n", "two\n", "three\n"):
        stream.add(line)
    assert (sink.texts, len(threads.works)) == ([], 1)
    threads.works[0]()

    assert sink.texts == ["one\ntwo\nthree\n"]


def test_a_line_after_the_pause_has_its_own_thread(sink: Sink, threads: Threads) -> None:
    """The thread of earlier lines may be over when the pause is, so that the next line starts another."""
    now = 1.0
    stream = BatchedLines(sink, threads, clock=lambda: now)
    stream.add("one\n")
    now += PAUSE * 0.9
    stream.add("two\n")
    assert len(threads.works) == 1
    now += PAUSE * 0.1
    stream.add("three\n")

    assert len(threads.works) == 2


def test_other_lines_keep_the_order(sink: Sink, threads: Threads) -> None:
    """A line that is written at once follows those that wait."""
    stream = BatchedLines(sink, threads)
    stream.add("one\n")
    stream.write("two\n")
    stream.flush()
    stream.add("three\n")
    threads.works[0]()

    assert "".join(sink.texts) == "one\ntwo\nthree\n"


def test_few_lines_wait(sink: Sink, threads: Threads) -> None:
    """So many lines wait at most; then all are written."""
    stream = BatchedLines(sink, threads)
    for number in range(MOST):
        assert not sink.texts
        stream.add(f"{number}\n")

    assert "".join(sink.texts) == "".join(f"{number}\n" for number in range(MOST))


def test_what_is_written_at_once_has_whole_lines() -> None:
    """Each piece has whole lines, in bytes as many as the system keeps together, or one longer line."""
    lines = ["a" * 1000 + "\n", "…" * 1000 + "\n", "b\n" * 40, "c" * 9000 + "\n", "d\n"] * 3
    found = list(pieces(lines))

    assert "".join(found) == "".join(lines)
    assert all(piece.endswith("\n") for piece in found)
    assert all(len(piece.encode()) <= select.PIPE_BUF or piece in lines for piece in found)
    assert len(found) < len(lines)


def test_a_line_that_is_logged_while_lines_are_written_waits_for_nothing(threads: Threads) -> None:
    """A finalizer that logs within the thread that writes does not wait for itself, and its line follows."""

    class Logging(Sink):
        def write(self, text: str) -> None:
            super().write(text)
            if text == "one\n":
                stream.write("two\n")
                stream.flush()

    sink = Logging()
    stream = BatchedLines(sink, threads)
    stream.write("one\n")
    stream.flush()

    assert "".join(sink.texts) == "one\ntwo\n"


def test_a_flush_waits_for_another_thread(threads: Threads) -> None:
    """After a flush everything is written, also what another thread had begun with."""
    begun, may_end = Event(), Event()

    class Slow(Sink):
        def flush(self) -> None:
            if get_ident() == other.ident:
                begun.set()
                may_end.wait(20)
            super().flush()

    sink = Slow()
    stream = BatchedLines(sink, threads)
    stream.add("one\n")
    other = Thread(target=threads.works[0])
    other.start()
    begun.wait(20)
    stream.add("two\n")
    last = Thread(target=stream.flush)
    last.start()
    assert last.is_alive()
    may_end.set()
    last.join(20)

    assert "".join(sink.texts) == "one\ntwo\n"


def test_a_full_disk_fails_no_request(threads: Threads) -> None:
    """Lines that cannot be written are dropped, and fail neither their thread nor a request."""

    class Full(Sink):
        def flush(self) -> None:
            raise OSError("No space left on device")

    stream = BatchedLines(Full(), threads)
    for number in range(MOST):
        stream.add(f"{number}\n")
    threads.works[0]()

    stream.write("one\n")
    with pytest.raises(OSError, match="space"):
        stream.flush()


def test_a_real_thread_writes(sink: Sink) -> None:
    """A line is written without another line, and without a flush."""
    written = Event()

    class Noting(Sink):
        def flush(self) -> None:
            super().flush()
            written.set()

    noting = Noting()
    BatchedLines(noting).add("one\n")

    assert written.wait(20)
    assert noting.texts == ["one\n"]
