"""The stand-in is no part of what is measured."""

import pytest


@pytest.fixture(autouse=True)
def _untraced(untraced: None) -> None:
    """Run each test without the tracer."""
