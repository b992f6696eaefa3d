"""TA-Lib as the engine has it: without pandas and polars, which it imports where they are installed."""

import sys

UNUSED = [name for name in ("pandas", "polars") if name not in sys.modules]
sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type] # None says that there is no such module

import talib  # noqa: E402 - what changes imports comes before them

for name in UNUSED:
    del sys.modules[name]

__all__ = ["talib"]
