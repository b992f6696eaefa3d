"""What clients ask of Binance's public market data.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import validates_schema

from providers import INTERVALS
from schemas._schema import Schema
from schemas.compat._binance_fields import (
    ChoiceField,
    IdField,
    IntervalField,
    LimitField,
    NameField,
    NamesField,
    PermissionsField,
    refusal,
)
from schemas.compat._binance_times import DAY, TimeField, WindowField, ZoneField

MOST_SYMBOLS = 100
STATUSES = ("TRADING", "HALT", "BREAK")


class KlinesQuery(Schema):
    """The requested candles. Both times are open times in Unix milliseconds, inclusive."""

    symbol = NameField(required=True, metadata={"example": "BTCUSDT"})
    interval = IntervalField(required=True, metadata={"enum": list(INTERVALS), "example": "1h"})
    start = TimeField(data_key="startTime", load_default=None)
    end = TimeField(data_key="endTime", load_default=None)
    limit = LimitField(
        load_default=500,
        metadata={"description": "More than 1000 means 1000", "default": 500, "example": 3},
    )
    zone = ZoneField(
        data_key="timeZone",
        load_default=0,
        metadata={
            "description": "A time zone in which candles open at the same moments as in UTC",
            "default": "0",
        },
    )

    @validates_schema
    def _in_utc(self, data: Mapping[str, Any], **_: Any) -> None:
        """Accept a time zone only if its candles open at the same moments as those of UTC."""
        if data["zone"] % data["interval"].length:
            raise refusal(-1130, "Data sent for parameter 'timeZone' is not valid.", "timeZone")


class SymbolQuery(Schema):
    """The requested market."""

    symbol = NameField(required=True, metadata={"example": "BTCUSDT"})


class DepthQuery(SymbolQuery):
    """The order book of a market."""

    limit = LimitField(
        5000,
        load_default=100,
        metadata={"description": "More than 5000 means 5000", "default": 100, "example": 5},
    )
    status = ChoiceField(STATUSES, data_key="symbolStatus", load_default=None)


class TradesQuery(SymbolQuery):
    """The last trades of a market."""

    limit = LimitField(
        load_default=500, metadata={"description": "More than 1000 means 1000", "default": 500, "example": 2}
    )
    status = ChoiceField(STATUSES, data_key="symbolStatus", load_default=None)


class AggregatesQuery(TradesQuery):
    """Trades that belong together: the last ones, or those from an id or a time on."""

    since_id = IdField(data_key="fromId", load_default=None)
    start = TimeField(data_key="startTime", load_default=None)
    end = TimeField(data_key="endTime", load_default=None)

    @validates_schema
    def _one_beginning(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["since_id"] is not None and (data["start"] is not None or data["end"] is not None):
            raise refusal(-1128, "Combination of optional parameters invalid.", "fromId")


class SelectionQuery(Schema):
    """One market in `symbol`, several in `symbols`, or all of them."""

    alone: ClassVar[tuple[str, ...]] = ()
    """Parameters that exclude both `symbol` and `symbols`."""
    named: ClassVar[bool] = False
    """Whether markets have to be named, at most 100 of them."""

    symbol = NameField(load_default=None, metadata={"example": "BTCUSDT"})
    symbols = NamesField(load_default=None, metadata={"description": '`["BTCUSDT","ETHUSDT"]`'})
    status = ChoiceField(STATUSES, data_key="symbolStatus", load_default=None)

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        named = [name for name in ("symbol", "symbols") if data[name] is not None]
        if len(named) > 1 or (named and any(data[name] is not None for name in self.alone)):
            raise refusal(-1128, "Combination of optional parameters invalid.", named[0])
        if self.named and not named:
            raise refusal(-1128, "Combination of optional parameters invalid.", "symbols")
        if self.named and len(data["symbols"] or ()) > MOST_SYMBOLS:
            raise refusal(-1101, f"Too many parameters; expected '{MOST_SYMBOLS}'.", "symbols")


class PriceQuery(SelectionQuery):
    """The markets whose prices are requested."""


class DayQuery(SelectionQuery):
    """The markets whose 24 hours are requested."""

    kind = ChoiceField(("FULL", "MINI"), data_key="type", load_default="FULL")


class WindowQuery(SelectionQuery):
    """The markets, at most 100, and the length of the window up to now."""

    named = True

    kind = ChoiceField(("FULL", "MINI"), data_key="type", load_default="FULL")
    window = WindowField(
        data_key="windowSize",
        load_default=DAY,
        metadata={"description": "`1m` to `59m`, `1h` to `23h` or `1d` to `7d`", "default": "1d"},
    )


class TradingDayQuery(SelectionQuery):
    """The markets, at most 100, and the time zone of the day."""

    named = True

    kind = ChoiceField(("FULL", "MINI"), data_key="type", load_default="FULL")
    zone = ZoneField(data_key="timeZone", load_default=0, metadata={"default": "0"})


class ExchangeQuery(SelectionQuery):
    """The requested markets."""

    alone = ("status", "permissions")

    permissions = PermissionsField(load_default=None)
    sets = ChoiceField(("true", "false"), data_key="showPermissionSets", load_default="true")
