"""gunicorn's configuration and the application share one set of settings."""

import subprocess
import sys

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
