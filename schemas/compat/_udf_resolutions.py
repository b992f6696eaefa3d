"""The lengths of bars, as TradingView's library spells them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from providers import INTERVALS, Interval
from schemas._fields import CodedField, shorten

THREE_HOURS = Interval("3h", 3 * INTERVALS["1h"].length)
"""Bars that are made of those of an hour."""
EVERY = {**INTERVALS, "3h": THREE_HOURS}
MINUTES = {
    str(it.length // 60_000): it.code
    for it in sorted(EVERY.values(), key=lambda it: it.length)
    if it.code[-1] in "mh"
}
RESOLUTIONS = MINUTES | {"1D": "1d", "3D": "3d", "1W": "1w", "1M": "1M"}
"""The intervals by the protocol's names."""
HOURS = {code.upper(): code for code in EVERY if code[-1] == "h"}
OTHER_SPELLINGS = HOURS | {"D": "1d", "W": "1w", "M": "1M"}
SPELLINGS = RESOLUTIONS | OTHER_SPELLINGS | {code: code for code in EVERY}
"""Every accepted name. Minutes are in lower case, since `1M` is a month."""


class ResolutionField(CodedField):
    """An interval in the library's spelling, as an `Interval`."""

    error_code = "INVALID_INTERVAL"
    documented = {"pattern": f"^({'|'.join(SPELLINGS)})$"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Interval:
        if value in SPELLINGS:
            return EVERY[SPELLINGS[value]]
        raise ValidationError(f"{shorten(value)}: not one of {', '.join(RESOLUTIONS)}")
