"""Read `.env`, for users of `make run` and `python -m engine`.

Docker and systemd read such files themselves, and tests have other settings, so that no other code reads it.
"""

from pathlib import Path

from dotenv import load_dotenv
from dotenv.parser import parse_stream

from engine.config import SettingsError


def read_env_file(path: Path = Path(".env")) -> None:
    """Add the file's settings to the environment, which wins. Do nothing if there is no file.

    Values are taken literally: a `$` in a password is a `$`. Raises `SettingsError`.
    """
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8") as file:
            wrong = [str(line.original.line) for line in parse_stream(file) if line.error]
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    if wrong:
        raise SettingsError(f"{path} is invalid in line {', '.join(wrong)}: NAME=value is expected")
    load_dotenv(path, interpolate=False)
