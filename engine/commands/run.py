"""`python -m engine run`: serve, with the settings in `.env` and the environment."""

import os
import sys
from pathlib import Path

from engine.config import SettingsError
from engine.config.env_file import read_env_file

CONFIGURATION = Path(__file__).parents[2] / "gunicorn.conf.py"


def main(arguments: list[str]) -> int:
    """Replace this process by gunicorn, which reads the environment first. Return only if it cannot."""
    if arguments:
        sys.stderr.write("usage: python -m engine run\n")
        return 2
    try:
        read_env_file()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    command = (sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "wsgi:app")
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
