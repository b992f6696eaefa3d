"""What gunicorn's configuration does for a start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT

START = """
import sys

loads = 0


def count(frame, event, argument):
    global loads
    if event == "call" and frame.f_code.co_name == "load_settings":
        loads += 1


from gunicorn.app.wsgiapp import run

sys.argv = ["gunicorn", "--config", "gunicorn.conf.py", "--check-config", "wsgi:app"]
sys.setprofile(count)
try:
    run()
except SystemExit as end:
    sys.setprofile(None)
    print(end.code, loads)
"""
"""gunicorn's own check: it runs the configuration, and makes the application as a worker does."""


def test_the_settings_are_read_once() -> None:
    """The settings are read once per process, by the configuration."""
    start = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )

    assert start.stdout.split() == ["0", "1"], start.stderr


PATCHING = """
import runpy
from gevent import monkey

configuration = runpy.run_path("gunicorn.conf.py")
print(configuration["worker_class"], monkey.is_module_patched("ssl"))
"""


@pytest.mark.parametrize(
    ("given", "kind"), [("", "Gevent"), (" ", "Gevent"), (" gevent ", "Gevent"), ("gthread", "Gthread")]
)
def test_gevent_patches_what_its_worker_uses(given: str, kind: str) -> None:
    """Modules are patched for gevent's worker alone, also where the setting is empty and so the default."""
    start = subprocess.run(
        [sys.executable, "-c", PATCHING],
        cwd=ROOT,
        env={**os.environ, "WORKER_CLASS": given},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert start.stdout.split() == [f"engine.server.{kind}", f"{kind == 'Gevent'}"]


COLLECTING = """
import gc
import os
import runpy

states = []
configuration = runpy.run_path("gunicorn.conf.py")
states.append(gc.isenabled())


class Worker:
    configuration["post_fork"](None, None)
    states.append(gc.isenabled())
    from wsgi import app as wsgi


configuration["post_worker_init"](Worker)
states.append(gc.isenabled())
print(*states, flush=True)
os._exit(0)  # without waiting for the work in the background that has begun
"""
"""The steps of an arbiter and of its worker, in one process."""


def test_the_garbage_collector_rests_while_the_application_is_made(tmp_path: Path) -> None:
    """It is off while a worker makes the application, and on in an arbiter and in a worker that serves."""
    own = {"DATA_DIR": f"{tmp_path}", "CATALOGUE_ENABLED": "false", "CACHE_WARMING_ENABLED": "false"}
    start = subprocess.run(
        [sys.executable, "-c", COLLECTING],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert start.stdout.split() == ["True", "False", "True"], start.stderr
