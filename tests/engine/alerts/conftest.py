"""Folders with a copy of an empty database. It is migrated once, since that is slower than most tests."""

import shutil
import time
from pathlib import Path

import pytest

from engine.alerts.keeping.access import Access
from engine.config import Settings
from engine.history.archive import FILE


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an empty database."""
    folder = tmp_path_factory.mktemp("migrated")
    access = Access(Settings(data_dir=str(folder)), time.time)
    access.run(lambda storage: storage.has_any())
    access.stop()
    return folder


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """Return a new folder with a copy of the empty database."""
    copy = tmp_path / "data"
    copy.mkdir()
    shutil.copy(migrated / FILE, copy / FILE)
    return copy
