"""numpy and TA-Lib, which are imported at the first calculation: an idle engine does without their 22 MB.

TA-Lib imports pandas and polars wherever they are installed, which takes 110 MB. The engine gives it arrays.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.importing import as_if_missing

if TYPE_CHECKING:
    import numpy as np
    import talib
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = Any

    class _Library:
        """A module that is imported when one of its names is needed."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            load()
            found = getattr(import_module(self._name), attribute)
            setattr(self, attribute, found)
            return found

    np, talib = _Library("numpy"), _Library("talib")

__all__ = ["Array", "load", "np", "talib"]


def load() -> None:
    """Import both, which takes about 200 ms the first time."""
    import_module("numpy")
    with as_if_missing("pandas", "polars"):
        import_module("talib")
