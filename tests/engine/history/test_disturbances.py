"""The archive survives jumping clocks, older releases, a second engine and a disk without room."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from engine.config import Settings
from engine.history import migrating, releases, writing
from engine.history.archive import Archive
from engine.history.database import Database
from engine.history.errors import WrongRelease
from engine.history.job import Job
from engine.history.recorder import Recorder
from engine.history.storage import Storage
from tests.clock import Clock
from tests.engine.history.conftest import PLENTY
from tests.engine.history.kept import BTC, ETH, MINUTE, START, Cause, finding, kept
from tests.running import ROOT

DAY = 86_400


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_stops_no_writer(tmp_path: Path, jump: int) -> None:
    """What a process has claimed before its clock jumped, and it was killed, is free within seconds."""
    url, clock = f"sqlite:///{tmp_path / 'history.sqlite'}", Clock()
    killed = Storage(Database(url), PLENTY, clock)
    killed.add_job(Job("0" * 32, "tester", "BTCUSDT", BTC, START, START + MINUTE, START, 1))
    killed.write(BTC, finding(kept(0)), Cause.JOB)
    assert killed.claim_job() is not None
    clock.advance(jump)

    other = Storage(Database(url), PLENTY, clock)
    other.write(BTC, finding(kept(1)), Cause.JOB)
    claimed = other.claim_job()
    piece = other.read(BTC, START, START + 2 * MINUTE)
    killed.close()
    other.close()

    assert claimed is not None
    assert (len(piece.candles), list(piece.gaps)) == (2, [])


def test_a_database_of_an_older_release_is_migrated(url: str) -> None:
    """All candles of an older release are there, and so are the tables that came later."""

    def first_release(connection: Connection) -> None:
        configuration = Config()
        configuration.set_main_option("script_location", f"{migrating.MIGRATIONS}")
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, releases.RELEASES[0])
        rows = finding(*(kept(minute) for minute in range(200)))
        writing.write(connection, BTC, rows, Cause.JOB, START / 1000)

    database = Database(url)
    database.write(first_release)
    storage = Storage(database, PLENTY)
    storage.put_value("note", b"new")

    assert len(storage.read(BTC, START, START + 200 * MINUTE).candles) == 200
    assert list(storage.jobs()) == []
    assert database.read(migrating.version) == releases.RELEASES[-1]
    database.close()


def test_a_new_file_has_the_tables_that_all_migrations_make(tmp_path: Path) -> None:
    """A SQLite file is created without Alembic, and differs in nothing from one that was migrated."""
    for name, work in (("created", migrating.migrate), ("migrated", migrating._upgrade)):
        database = Database(f"sqlite:///{tmp_path / name}")
        database.write(work)
        database.close()

    assert _contents(tmp_path / "created") == _contents(tmp_path / "migrated")


def test_a_file_that_is_not_empty_is_migrated(tmp_path: Path) -> None:
    """Alembic leaves its own table, empty, where it has undone all migrations."""
    database = Database(f"sqlite:///{tmp_path / 'undone'}")

    def undo(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")

    database.write(undo)
    database.write(migrating.migrate)
    assert database.read(migrating.version) == releases.RELEASES[-1]
    database.close()


def _contents(path: Path) -> list[str]:
    """Return what makes a file: its statements, without the spaces in which they differ."""
    with closing(sqlite3.connect(path)) as connection:
        dump = " ".join(" ".join(connection.iterdump()).split())
    return sorted(one.strip().replace("( ", "(").replace(" )", ")") for one in dump.split(";"))


def test_a_newer_release_leaves_the_engine_without_a_history(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The archive says once that its tables are of a newer release, and is not asked again."""
    settings = Settings(data_dir=f"{tmp_path}", history_enabled=True)
    archive = Archive(settings)
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    archive.run(
        lambda storage: storage.as_writer(
            lambda it: it.execute(text("UPDATE alembic_version SET version_num = '9999'")).close()
        )
    )
    archive.stop()
    again = Archive(settings)
    for _ in range(2):
        with pytest.raises(WrongRelease, match="newer release"):
            again.read(BTC, START, START + MINUTE)

    assert (again.usable, again.availability.state) == (False, "unavailable")
    assert caplog.text.count("newer release") == 1


def test_two_engines_write_to_one_file(tmp_path: Path) -> None:
    """Two engines whose requests bring candles at the same time keep all of them, each once."""
    settings = Settings(data_dir=f"{tmp_path}", history_enabled=True)
    engines = [Archive(settings) for _ in range(2)]

    def record(archive: Archive, first: int) -> None:
        recorder, rounds = Recorder(archive), 0
        for minute in range(first, 60, 2):
            recorder.offer(BTC, finding(kept(minute)), Cause.REQUEST)
            recorder.offer(ETH, finding(kept(minute // 2)), Cause.REQUEST)  # both have these
        while recorder.drain() and rounds < 10:
            rounds += 1

    threads = [threading.Thread(target=record, args=pair) for pair in zip(engines, (0, 1), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own, shared = (engines[0].read(key, START, START + 60 * MINUTE) for key in (BTC, ETH))
    for archive in engines:
        archive.stop()

    assert [it.candle.open_time for it in own.candles] == [START + at * MINUTE for at in range(60)]
    assert (len(shared.candles), {it.revision for it in shared.candles}) == (30, {0})


FULL = """
import math, os, sys
from contextlib import suppress
from engine.config import Settings
from engine.history.archive import Archive
from engine.history.errors import ArchiveFull
from tests.engine.history.kept import BTC, MINUTE, START, Cause, finding, kept

folder = sys.argv[1]
with open(folder + "/ballast", "wb") as ballast:
    ballast.write(bytes(400_000))
archive = Archive(Settings(data_dir=folder, history_enabled=True))
written, states = 0, []
def write():
    rows = [kept(minute, 100 + math.sin(minute * minute)) for minute in range(written, written + 1500)]
    archive.write(BTC, finding(*rows), Cause.REQUEST)
while archive.availability.state == "ok":
    try:
        write()
        written += 1500
    except ArchiveFull as error:
        print(error)
states.append(archive.availability.state)
with open(folder + "/rest", "wb", buffering=0) as rest:
    with suppress(OSError):
        while rest.write(bytes(512)):
            pass
for again in (archive, Archive(Settings(data_dir=folder, history_enabled=True))):
    with suppress(ArchiveFull):
        write()  # the connection that has failed is not used again
    assert len(again.read(BTC, START, START + written * MINUTE).candles) == written > 0
os.remove(folder + "/ballast")
os.remove(folder + "/rest")
write()
states.append(archive.availability.state)
assert len(archive.read(BTC, START, START + written * MINUTE + 1500 * MINUTE).candles) == written + 1500
print(*states)
"""


def test_a_disk_without_room_stops_writing_alone(tmp_path: Path) -> None:
    """On a real full disk candles are read and none is half written; once it has room, writing goes on."""
    run = f'mount -t tmpfs -o size=1200k tmpfs {tmp_path} && exec {sys.executable} -c "$0" {tmp_path}'
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"]).returncode:
        pytest.skip("may not mount a small disk")
    done = subprocess.run(["unshare", "-m", "sh", "-c", run, FULL], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["there is no room for the history on the disk", "full ok"]
