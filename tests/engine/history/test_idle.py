"""An idle start stays small."""

import subprocess
import sys
from pathlib import Path

from tests.running import ROOT

START = """
import sys
from engine import create_app
from engine.web.services import services_of
services = services_of(create_app(history_enabled=True, data_dir=sys.argv[1], cache_warming_enabled=False))
services.archive.start()
services.recording.tick()
services.backfilling.tick()
print(sorted({"sqlalchemy", "alembic", "pcodec", "pyarrow", "psycopg"} & sys.modules.keys()))
"""


def test_the_libraries_of_the_history_are_imported_on_first_use(tmp_path: Path) -> None:
    """A start with an empty history imports neither the database's nor the codec's libraries."""
    run = [sys.executable, "-c", START, f"{tmp_path}"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
