"""Real answers of the engine, recorded by `make examples`."""

from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "examples"


def answer(operation: str) -> Any:
    """Return the recorded answer to the sample request of an operation, `None` if there is none."""
    return _recorded(operation)


def failure(status: int) -> Any:
    """Return the recorded failure with this status, `None` if there is none."""
    return _recorded(f"failure_{status}")


def _recorded(name: str) -> Any:
    file = FOLDER / f"{name}.json"
    return orjson.loads(file.read_bytes()) if file.exists() else None
