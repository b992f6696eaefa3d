"""pybreaker is imported without the parts that the engine does not use."""

import importlib
import sys

import pybreaker
import pytest

from engine.upstream import _breakers
from engine.upstream._breakers import as_if_missing

LIBRARY = "this"
"""A library that is imported nowhere else, as its import prints a poem."""


def test_a_library_is_missing_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import fails within, and works afterwards."""
    monkeypatch.delitem(sys.modules, LIBRARY, raising=False)

    with as_if_missing(LIBRARY), pytest.raises(ImportError):
        importlib.import_module(LIBRARY)

    assert importlib.import_module(LIBRARY).__name__ == LIBRARY


def test_an_imported_library_stays() -> None:
    """A library that is imported already is in use, and is found within."""
    with as_if_missing("json"):
        assert importlib.import_module("json") is sys.modules["json"]


def test_it_is_the_same_pybreaker() -> None:
    """There is one pybreaker, with the states and errors that circuits use."""
    assert _breakers.pybreaker is pybreaker
