"""Libraries are imported without the optional ones that the engine does not use."""

import importlib
import subprocess
import sys

import pybreaker
import pytest

from engine.importing import as_if_missing
from engine.upstream import _breakers
from tests.running import ROOT

LIBRARIES = ("this", "antigravity")
"""Libraries that are imported nowhere else, since an import prints a poem or opens a browser."""
CALCULATE = """
import sys
from engine.market.indicators import load
load()
print(*{"pandas", "polars"} & {*sys.modules})
"""


def test_libraries_are_missing_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports fail within, and one works afterwards."""
    for library in LIBRARIES:
        monkeypatch.delitem(sys.modules, library, raising=False)

    with as_if_missing(*LIBRARIES):
        for library in LIBRARIES:
            with pytest.raises(ImportError):
                importlib.import_module(library)

    assert not {*LIBRARIES} & {*sys.modules}
    assert importlib.import_module(LIBRARIES[0]).__name__ == LIBRARIES[0]


def test_an_imported_library_stays() -> None:
    """A library that is imported already is in use, and is found within and afterwards."""
    import json

    with as_if_missing("json"):
        assert importlib.import_module("json") is json
    assert sys.modules["json"] is json


def test_it_is_the_same_pybreaker() -> None:
    """There is one pybreaker, with the states and errors that circuits use."""
    assert _breakers.pybreaker is pybreaker


def test_indicators_need_no_tables() -> None:
    """TA-Lib comes without pandas and polars, although both are installed for tests."""
    done = subprocess.run(
        [sys.executable, "-c", CALCULATE], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "\n"
