"""numpy and TA-Lib, which are imported at the first calculation: an idle engine does without their 22 MB."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
            found = getattr(import_module(self._name), attribute)
            setattr(self, attribute, found)
            return found

    np, talib = _Library("numpy"), _Library("talib")

__all__ = ["Array", "load", "np", "talib"]


def load() -> None:
    """Import both, which takes about 200 ms the first time."""
    import_module("numpy")
    import_module("talib")
