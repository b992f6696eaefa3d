"""The names of indicators as a pattern for documents."""

from engine.analysis.indicators import INDICATORS, Indicator, Parameter

FROM_10 = "[1-9][0-9]|[1-4][0-9]{2}|500"
"""The periods from 10 to 500."""


def pattern() -> str:
    """Return a pattern of the names with parameters, without what contradicts each other."""
    return f"({'|'.join(_named(indicator) for indicator in INDICATORS.values())})"


def _named(indicator: Indicator) -> str:
    written = ""
    for parameter in reversed(indicator.parameters):
        written = f"(:{_number(parameter)}{written})?"
    return indicator.name + written


def _number(parameter: Parameter) -> str:
    if parameter.fractional:
        return r"[0-9]{1,2}(\.[0-9]{1,6})?"
    return f"([{max(0, int(parameter.least))}-9]|{FROM_10})"
