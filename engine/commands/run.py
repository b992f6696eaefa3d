"""`python -m engine run`: serve, with the settings in `.env` and the environment."""

import os
import sys
from pathlib import Path

from engine.config import SettingsError, load_settings
from engine.config.address import refusal, url
from engine.config.env_file import read_env_file

CONFIGURATION = Path(__file__).parents[2] / "gunicorn.conf.py"
FAILED, WRONG = 1, 2


def main(arguments: list[str]) -> int:
    """Say where to open it, and replace this process by gunicorn. Return only if it cannot serve."""
    if arguments:
        sys.stderr.write("usage: python -m engine run\n")
        return WRONG
    try:
        read_env_file()  # gunicorn reads the environment before it imports anything
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    if reason := refusal(settings.host, settings.port):
        sys.stderr.write(f"{reason}\n")
        return FAILED
    sys.stdout.write(welcome("Serving market data of real providers.", url(settings.host, settings.port)))
    sys.stdout.flush()
    command = (sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "wsgi:app")
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted


def welcome(what: str, address: str) -> str:
    """Return the lines for the person at the terminal: what is served, where to open it, how to end it."""
    return f"{what} Ctrl+C ends it.\nOpen {address} for the market, or {address}docs for all requests.\n"
