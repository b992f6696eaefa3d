"""An idle start stays small."""

import sqlite3
from contextlib import closing
from pathlib import Path

from engine.catalogue.identity import Identities
from engine.config import Settings
from engine.history import sqlite_file
from engine.history.archive import FILE, Archive
from engine.history.job import Job
from engine.history.series import Cause
from engine.jobs.kept_bindings import KeptBindings
from tests.engine.history.kept import BTC, MINUTE, finding, kept
from tests.engine.history.kept import START as START_TIME
from tests.template import template

START = """
import sys
from engine import create_app
from engine.jobs.kept_bindings import KeptBindings
from engine.telemetry import tracing
from engine.web.services import services_of
services = services_of(create_app(history_enabled=True, data_dir=sys.argv[1], cache_warming_enabled=False))
tracing.start(services.settings)
services.archive.start()
bindings = KeptBindings(services.archive).load()
services.recording.tick()
services.backfilling.look()
services.backfilling.tick()
lazy = {"sqlalchemy", "alembic", "numpy", "pcodec", "pyarrow", "psycopg", "opentelemetry.exporter"}
print(sorted(lazy & sys.modules.keys()))
print(bindings)
"""


def _run(script: str, folder: Path) -> str:
    """Return what a script prints in a process that has imported the engine, and nothing else."""
    return template("plain").output("-c", script, f"{folder}")


def _started(folder: Path) -> list[str]:
    return _run(START, folder).splitlines()


def test_the_libraries_of_the_history_are_imported_on_first_use(tmp_path: Path) -> None:
    """A start with an empty history imports no library of the database, the codec and traces."""
    assert _started(tmp_path) == ["[]", "None"]


def test_a_start_with_a_history_reads_what_it_needs_without_these_libraries(tmp_path: Path) -> None:
    """A start learns what was kept of the catalogue, and that no job waits, from the file alone."""
    archive = _archive(tmp_path)
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    KeptBindings(archive).keep(Identities(), 1e9, lambda: None)
    archive.stop()

    imported, bindings = _started(tmp_path)

    assert imported == "[]"
    assert bindings.startswith("Identities(")


FIRST = """
import sys
from engine.config import Settings
from engine.history.archive import Archive
from engine.history.series import Cause
from tests.engine.history.kept import BTC, finding, kept
archive = Archive(Settings(data_dir=sys.argv[1], history_enabled=True))
archive.write(BTC, finding(*(kept(at) for at in range(1000))), Cause.REQUEST)
archive.stop()
print(sorted({"alembic", "mako", "sqlalchemy.orm", "pandas", "pyarrow", "numpy.ma"} & sys.modules.keys()))
"""


def test_the_first_candle_brings_no_more_libraries_than_the_next_start(tmp_path: Path) -> None:
    """A file is made without the library of migrations, and filled without all of numpy."""
    for _ in range(2):
        assert _run(FIRST, tmp_path) == "[]\n"


KEPT = """
import sys
from engine.catalogue.identity import Identities
from engine.config import Settings
from engine.history.archive import Archive
from engine.jobs.kept_bindings import KeptBindings
archive = Archive(Settings(data_dir=sys.argv[1], history_enabled=True))
archive.start()
KeptBindings(archive, lambda: False).keep(Identities(looked=5.0), 2e9, lambda: None)
print(sorted({"sqlalchemy", "alembic", "numpy"} & sys.modules.keys()))
"""


def test_bindings_are_kept_without_these_libraries(tmp_path: Path) -> None:
    """A server without clients keeps what it proves in a database that is there, and makes none."""
    alone = _run(KEPT, tmp_path)
    made = (tmp_path / FILE).exists()
    archive = _archive(tmp_path)
    KeptBindings(archive).keep(Identities(), 1e9, lambda: None)
    archive.stop()
    again = _run(KEPT, tmp_path)
    known = KeptBindings(_archive(tmp_path)).load()

    assert (alone, made, again) == ("[]\n", False, "[]\n")
    assert known is not None
    assert known.looked == 5.0


def test_a_database_of_another_release_gives_no_value(tmp_path: Path) -> None:
    """A value is kept in the tables of this release alone, and in no file that is missing."""
    archive = _archive(tmp_path)
    archive.keep_value("name", b"first")
    archive.stop()
    file = f"{tmp_path / FILE}"
    taken = sqlite_file.put(file, "name", b"second", 1.0)
    found = sqlite_file.rows(file, sqlite_file.VALUE, "name")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert (taken, found) == (True, [(b"second",)])
    assert not sqlite_file.put(file, "name", b"third", 1.0)
    assert not sqlite_file.put(f"{tmp_path / 'none'}", "name", b"third", 1.0)
    assert not (tmp_path / "none").exists()


def _archive(folder: Path) -> Archive:
    archive = Archive(Settings(data_dir=f"{folder}", history_enabled=True))
    archive.start()
    return archive


def test_a_query_of_a_file_of_another_release_returns_nothing(tmp_path: Path) -> None:
    """What another release has written is left to the check that migrates or refuses it."""
    archive = _archive(tmp_path)
    archive.write(BTC, finding(kept(0)), Cause.REQUEST)
    archive.stop()
    known = _archive(tmp_path).query_file(sqlite_file.OPEN_JOBS)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert known == []
    assert _archive(tmp_path).query_file(sqlite_file.OPEN_JOBS) is None


def test_a_query_of_the_file_finds_a_job_that_waits(tmp_path: Path) -> None:
    """A job that a process has left is found by the next start."""
    archive = _archive(tmp_path)
    job = Job("1", "desk", "BTCUSDT", BTC, START_TIME, START_TIME + MINUTE, START_TIME, 1)
    archive.change(lambda storage: storage.add_job(job))
    archive.stop()

    assert _archive(tmp_path).query_file(sqlite_file.OPEN_JOBS) == [(1,)]
