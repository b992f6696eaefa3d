"""`make run`: serve, with the settings in `.env` and the environment."""

import os
import sys
from pathlib import Path

from engine.config import SettingsError
from engine.config.env_file import read_env_file

CONFIGURATION = Path(__file__).parents[2] / "gunicorn.conf.py"


def main() -> None:
    """Replace this process by gunicorn, which reads the environment first."""
    try:
        read_env_file()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    command = (sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "wsgi:app")
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
