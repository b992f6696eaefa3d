"""Indicators: what each declares, how its name is read, and its values for candles. Pure functions.

Each module without an underscore is one family of indicators, and is found by its place.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from engine.analysis.indicators._bars import Bars
from engine.analysis.indicators._calculating import Values, calculate
from engine.analysis.indicators._declaring import Indicator, Parameter
from engine.analysis.indicators._libraries import load
from engine.analysis.indicators._naming import RequestedIndicator, Unreadable, read

__all__ = [
    "INDICATORS",
    "Bars",
    "Indicator",
    "Parameter",
    "RequestedIndicator",
    "Unreadable",
    "Values",
    "calculate",
    "discover",
    "load",
    "read",
]


def discover() -> dict[str, Indicator]:
    """Return the indicators of all families by name."""
    families = sorted(found.name for found in iter_modules(__path__) if not found.name.startswith("_"))
    declared = (import_module(f"{__name__}.{family}").INDICATORS for family in families)
    return {indicator.name: indicator for family in declared for indicator in family}


INDICATORS: Mapping[str, Indicator] = discover()
"""All indicators by name."""
