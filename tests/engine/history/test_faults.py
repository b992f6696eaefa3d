"""The archive survives killed writers, full disks, other releases, and servers that vanish."""

import itertools
import math
import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from engine.config import Settings
from engine.history import migrating
from engine.history.archive import Archive
from engine.history.database import GONE_SECONDS, Database
from engine.history.errors import ArchiveFull, ArchiveUnreachable, Busy, WrongRelease
from engine.history.recorder import Recorder
from engine.history.storage import Storage
from tests.engine.history.conftest import PLENTY
from tests.engine.history.kept import BTC, MINUTE, START, Cause, finding, kept
from tests.postgres_server import PostgresServer
from tests.template import template
from tests.waiting import eventually

Open = Callable[..., Storage]
WRITERS = """
import os, signal, sys, time
from engine.history.database import Database
from engine.history.storage import Storage
from tests.engine.history.kept import BTC, Cause, finding, kept

def rows(first):
    return finding(*(kept(minute, 100 + minute % 7) for minute in range(first, first + 200)))

written = 0
Storage(Database("sqlite:///" + sys.argv[3]), 1 << 30).write(BTC, rows(0), Cause.JOB)
for kill in range(int(sys.argv[2])):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # each writer's clock is past the lease of the one before
        storage = Storage(Database(sys.argv[1]), 1 << 30, lambda: time.time() + 60 * kill)
        while True:
            storage.write(BTC, rows(written), Cause.JOB)
            written += 200
            os.write(writing, b".")
    os.close(writing)
    os.read(reading, 1)
    time.sleep(kill % 5 / 1000)
    os.kill(child, signal.SIGKILL)
    written += 200
    while more := os.read(reading, 4096):
        written += 200 * len(more)
    os.close(reading)
    os.waitpid(child, 0)
print(written)
"""
"""Kills writers one after the other, and prints how many candles they have written."""
KILLS = 25


def test_a_killed_writer_loses_nothing_that_it_has_written(tmp_path: Path) -> None:
    """After each of 25 kills in the middle of writing, all written candles are there, without a gap."""
    url = f"sqlite:///{tmp_path / 'history.sqlite'}"
    database = Database(url)
    Storage(database, 1 << 30).release()
    database.close()
    written = int(template("plain").output("-c", WRITERS, url, f"{KILLS}", f"{tmp_path / 'other'}"))
    database = Database(url)
    piece = Storage(database, 1 << 30).read(BTC, START, START + written * MINUTE)
    database.close()

    assert written >= KILLS * 200
    assert list(piece.gaps) == []
    assert len(piece.candles) == written


def test_a_file_that_another_process_writes_to_can_be_opened_and_read(tmp_path: Path) -> None:
    """Opening a file that has its tables writes nothing: other writers are not waited for."""
    file = tmp_path / "history.sqlite"
    Storage(Database(f"sqlite:///{file}"), PLENTY).write(BTC, finding(kept(0)), Cause.REQUEST)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        storage = Storage(Database(f"sqlite:///{file}"), PLENTY)

        assert len(storage.read(BTC, START, START + MINUTE).candles) == 1


def test_a_full_disk_stops_writing_alone(tmp_path: Path) -> None:
    """On a full disk the archive is readable, reports it, and writes again once there is room."""
    database = Database(f"sqlite:///{tmp_path / 'history.sqlite'}")
    storage = Storage(database, 1 << 30)
    storage.write(BTC, finding(kept(0)), Cause.REQUEST)

    def limit(pages: int) -> None:
        database.read(lambda it: it.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close())

    limit(1)  # SQLite reports it like a disk without room
    many = [kept(minute, 100 + math.sin(minute * minute)) for minute in range(1, 5000)]
    with pytest.raises(ArchiveFull):
        storage.write(BTC, finding(*many), Cause.REQUEST)
    assert storage.read(BTC, START, START + MINUTE).candles
    limit(1_000_000)
    storage.write(BTC, finding(*(kept(minute) for minute in range(6000, 6200))), Cause.REQUEST)
    database.close()


def test_a_database_of_a_newer_release_is_refused(url: str) -> None:
    """A database of a newer release is unchanged, and the message has the reason."""
    database = Database(url)
    Storage(database, 1 << 30)
    database.write(lambda it: it.execute(text("UPDATE alembic_version SET version_num = '9999'")).close())

    with pytest.raises(WrongRelease, match="newer release"):
        Storage(database, 1 << 30)
    assert database.read(migrating.version) == "9999"
    database.close()


def test_two_processes_create_the_tables_once(url: str) -> None:
    """Two processes that start on an empty database at the same time both work."""
    failures: list[BaseException] = []

    def start() -> None:
        database = Database(url)
        try:
            Storage(database, 1 << 30).summaries()
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_server_that_comes_back_is_used_again(caplog: pytest.LogCaptureFixture) -> None:
    """PostgreSQL vanishes under reads and writes: the archive reports it, and later nothing is missing."""
    with PostgresServer() as server:
        archive = Archive(Settings(database_url=server.database(), history_enabled=True))
        recorder, over, minute = Recorder(archive), threading.Event(), itertools.count()
        archive.write(BTC, finding(kept(next(minute))), Cause.REQUEST)

        def ask() -> None:
            while not over.wait(0.01):
                with suppress(ArchiveUnreachable):
                    archive.read(BTC, START, START + MINUTE)

        def offer() -> None:
            while not over.wait(0.01 if archive.usable else 0.1):  # each candle takes its time to be written
                recorder.offer(BTC, finding(kept(next(minute))), Cause.REQUEST)
                with suppress(ArchiveUnreachable):  # from the release after the last write
                    recorder.drain()

        threads = [threading.Thread(target=work) for work in (ask, ask, offer)]
        for thread in threads:
            thread.start()
        eventually(lambda: recorder.written > 3)
        server.stop()
        eventually(lambda: not archive.usable)
        assert "does not answer" in (archive.availability.reason or "")
        server.start()
        before = recorder.written
        eventually(lambda: recorder.written > before)
        over.set()
        for thread in threads:
            thread.join()
        while recorder.drain():
            pass
        count = next(minute)
        piece = archive.read(BTC, START, START + count * MINUTE)

        assert (len(piece.candles), list(piece.gaps)) == (count, [])
        assert archive.availability.reason is None
        archive.stop()


def test_a_locked_table_holds_no_reader(postgres: PostgresServer) -> None:
    """While another program has locked the tables, the archive reports it, and serves again afterwards."""
    url = postgres.database()
    archive = Archive(Settings(database_url=url, history_enabled=True))
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    other = create_engine(url)
    with other.begin() as connection:
        connection.execute(text("LOCK TABLE history_series, history_page IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(ArchiveUnreachable, match="LockNotAvailable"):
            archive.read(BTC, START, START + MINUTE)
        assert not archive.usable
    other.dispose()
    eventually(lambda: archive.usable)

    assert len(archive.read(BTC, START, START + MINUTE).candles) == 1
    archive.stop()


def test_a_host_that_vanishes_frees_its_threads(postgres: PostgresServer) -> None:
    """Work waits for a host without a sign of life for seconds. The system's limits are hours."""
    database = Database(postgres.database())

    def options(connection: Connection) -> tuple[int, int]:
        descriptor = os.dup(connection.connection.driver_connection.fileno())  # type: ignore[union-attr]
        with socket.socket(fileno=descriptor) as its:
            get = partial(its.getsockopt, socket.IPPROTO_TCP)
            probes = get(socket.TCP_KEEPCNT) * get(socket.TCP_KEEPINTVL)
            return get(socket.TCP_USER_TIMEOUT), get(socket.TCP_KEEPIDLE) + probes

    unanswered, idle = database.read(options)
    database.close()

    assert (unanswered, idle) == (GONE_SECONDS * 1000, GONE_SECONDS)


@pytest.mark.usefixtures("hurried")
def test_another_program_that_writes_stops_writing_alone(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While a lock is held for long, what is kept can be read, and what is new waits."""
    archive = Archive(Settings(database_url=url, data_dir=f"{tmp_path}", history_enabled=True))
    recorder = Recorder(archive)
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    archive.release()
    other = Database(url)

    def meanwhile(connection: Connection) -> None:
        connection.execute(text("UPDATE history_lease SET until = 0"))
        with pytest.raises(Busy):
            archive.write(BTC, finding(kept(1)), Cause.REQUEST)
        recorder.offer(BTC, finding(kept(1)), Cause.REQUEST)
        assert (recorder.drain(), recorder.waits) == (0, True)
        assert archive.usable
        assert len(archive.read(BTC, START, START + MINUTE).candles) == 1
        assert archive.availability.state == "unavailable"
        assert "another program writes" in (archive.availability.reason or "")

    other.write(meanwhile)
    other.close()

    assert recorder.drain() == 1
    assert archive.availability.state == "ok"
    assert len(archive.read(BTC, START, START + 2 * MINUTE).candles) == 2
    assert caplog.text.count("serving the history read-only until it ends") == 1
    archive.stop()


def test_a_writer_tries_again_while_another_program_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock of a few seconds fails no change, also where the database waits for it less long."""
    monkeypatch.setattr("engine.history.database.BUSY_SECONDS", 0.01)
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    with closing(sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=archive.write, args=(BTC, finding(kept(1)), Cause.REQUEST))
        writer.start()
        eventually(lambda: archive.availability.held)
    writer.join()

    assert len(archive.read(BTC, START, START + 2 * MINUTE).candles) == 2
    assert archive.availability.state == "ok"
    archive.stop()


@pytest.mark.usefixtures("hurried")
def test_a_note_of_another_program_holds_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is written afterwards, the state does not speak of another program for good."""
    monkeypatch.setattr("engine.history.availability.HELD", 0)
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    archive.release()

    def meanwhile(connection: Connection) -> None:
        with pytest.raises(Busy):
            archive.write(BTC, finding(kept(1)), Cause.REQUEST)

    other = Database(f"sqlite:///{tmp_path}/history.sqlite")
    other.write(meanwhile)
    other.close()

    assert archive.availability.state == "ok"
    assert archive.availability.reason is None
    archive.stop()


@pytest.mark.usefixtures("hurried")
def test_one_writer_at_a_time_has_a_thread(tmp_path: Path) -> None:
    """One that waits for another program leaves the other thread to readers, whatever else is written."""
    archive = Archive(Settings(data_dir=f"{tmp_path}", history_enabled=True))
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)

    def meanwhile(storage: Storage) -> int:
        with pytest.raises(ArchiveUnreachable):
            archive.write(BTC, finding(kept(1)), Cause.REQUEST)
        return len(archive.read(BTC, START, START + MINUTE).candles)

    assert archive.change(meanwhile) == 1
    archive.write(BTC, finding(kept(1)), Cause.REQUEST)
    archive.stop()


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """For a folder that cannot be written, the log names the setting, and the archive raises its error."""
    (tmp_path / "file").write_text("no folder")
    archive = Archive(Settings(data_dir=f"{tmp_path / 'file' / 'data'}", history_enabled=True))

    archive.start()

    assert not archive.usable
    assert archive.availability.reason == "DATA_DIR cannot be written"
    assert "serving without a history" in caplog.text


def test_what_is_kept_is_counted_seldom_while_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count reads all new candles: a process that neither reads nor writes leaves it to those that do."""
    monkeypatch.setattr("engine.history.archive.COUNTING", 0)
    settings = Settings(data_dir=f"{tmp_path}", history_enabled=True)
    archive, other = Archive(settings), Archive(settings)

    def counted() -> int:
        archive.count()
        assert archive.sizes is not None
        return archive.sizes.candles

    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    archive.release()
    first = counted()
    other.write(BTC, finding(kept(1)), Cause.REQUEST)
    other.release()
    idle = counted()
    archive.read(BTC, START, START + MINUTE)
    after_a_read = counted()
    archive.stop()
    other.stop()

    assert (first, idle, after_a_read) == (1, 1, 2)
