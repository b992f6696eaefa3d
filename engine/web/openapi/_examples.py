"""Answers that the engine has really given, recorded by `make examples`."""

from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "examples"


def answer(operation: str) -> Any:
    """What the sample request of an operation was answered with, `None` where that was not recorded."""
    return _recorded(operation)


def failure(status: int) -> Any:
    """A failure with this status, `None` where none was recorded."""
    return _recorded(f"failure_{status}")


def _recorded(name: str) -> Any:
    file = FOLDER / f"{name}.json"
    return orjson.loads(file.read_bytes()) if file.exists() else None
